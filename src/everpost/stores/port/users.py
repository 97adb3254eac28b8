"""The users of a blog."""

from typing import Protocol

from everpost.domain.blog import BlogChange
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.passkeys import Passkey
from everpost.domain.people.users import User, UserChange, UserQuery
from everpost.domain.revisions import ExpectedRevisions


class Users(Protocol):
    """Email addresses are compared by `email_key`. A changed name appears wherever the name is read."""

    async def get(self, id: Id) -> User:
        """Return the user. Raises NotFound."""
        ...

    async def find(self, email: str) -> User | None:
        """Return the user with this email address."""
        ...

    async def page(self, query: UserQuery) -> Page[User]:
        """Return a page, oldest first, by `(created_at, id)`."""
        ...

    async def add(self, user: User, *, is_first: bool = False) -> User:
        """Add a new user, and return it as stored. Raises Conflict("id"), Conflict("email"). With `is_first`,
        raises Conflict("id") also if any user exists.
        """
        ...

    async def save(self, id: Id, change: UserChange, *, match: ExpectedRevisions) -> User:
        """Change the fields that the change contains, revoke the tokens that it revokes, and increment the
        version. Raises NotFound, Stale, Conflict("email"), LastAdmin (no enabled admin would be left).
        """
        ...

    async def set_up(
        self,
        id: Id,
        change: UserChange,
        *,
        blog: BlogChange,
        passkey: Passkey | None,
        match: ExpectedRevisions,
    ) -> User:
        """As `save`, and in the same transaction change the settings of the blog, and add the passkey if one
        is given. Also raises Conflict("id") if there is such a passkey.
        """
        ...

    async def remove(self, id: Id, *, heir_id: Id | None, match: ExpectedRevisions) -> None:
        """Remove the user and all of the user's tokens, atomically. The heir, if one is given, becomes the
        author of the user's posts; the user's comments no longer have an author. The version and `updated_at`
        of posts stay. Raises NotFound, Stale, Invalid("heir_id") (no such user, or the user to be removed),
        LastAdmin.
        """
        ...
