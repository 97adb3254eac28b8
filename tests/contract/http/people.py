"""The users of the blogs in these tests: one of each role, and a second author."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from everpost.domain.ids import Id
from everpost.domain.people.tokens import ROLE_SCOPES, Scope, Token, digest, new_secret
from everpost.domain.people.users import Role, User
from everpost.stores.port import Store

Who = Literal["nobody", "author", "other author", "editor", "admin"]

JOINED = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A user, and the secret of a token with all scopes of the role."""

    user: User
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"}

    def token(self, number: int, secret: str, scopes: frozenset[Scope]) -> Token:
        """A token of this person."""
        return Token(
            id=Id(f"{number:024x}"),
            user_id=self.user.id,
            name="A token",
            scopes=scopes,
            digest=digest(secret),
            created_at=JOINED,
            # As if it had been used already: no call of a test writes that down.
            last_used_at=datetime(9999, 1, 1, tzinfo=UTC),
        )


def _person(number: int, name: str, role: Role) -> Person:
    email = f"{name.replace(' ', '.').lower()}@blog.example"
    user = User(
        id=Id(f"{number:024x}"), name=name, email=email, role=role, created_at=JOINED, updated_at=JOINED
    )
    return Person(user, new_secret())


PEOPLE: dict[Who, Person] = {
    "author": _person(0xE1, "Ann Author", Role.AUTHOR),
    "other author": _person(0xE2, "Otto Other", Role.AUTHOR),
    "editor": _person(0xE3, "Edda Editor", Role.EDITOR),
    "admin": _person(0xE4, "Ada Admin", Role.ADMIN),
}


async def add_people(store: Store) -> None:
    """Add everyone in PEOPLE to an empty blog."""
    for number, person in enumerate(PEOPLE.values(), 0xD1):
        await store.users.add(person.user)
        await store.tokens.add(person.token(number, person.secret, ROLE_SCOPES[person.user.role]))


def headers_of(who: Who) -> dict[str, str]:
    """The headers that they send with each request."""
    return {} if who == "nobody" else PEOPLE[who].headers
