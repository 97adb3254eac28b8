"""Setting up a blog, in one transaction, on every store."""

import asyncio

import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.ids import new_id
from everpost.domain.people.passkeys import Passkey
from everpost.domain.people.tokens import Token, TokenKind, digest, new_secret
from everpost.domain.people.users import Revocation, User, UserChange
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, register, tokens_of
from tests.contract.port.people.test_passkeys import a_passkey
from tests.contract.refusals import attempt, raises

CHANGE = UserChange(
    updated_at=LATER, name="Ada", email="ada@new.example", password_hash="x", revocation=Revocation()
)
TITLE = BlogChange(updated_at=LATER, title="A blog")


async def state(store: Store, user: User) -> tuple[object, ...]:
    """Everything that a setup changes."""
    return (
        await store.users.get(user.id),
        await store.blog.get(),
        list(await store.passkeys.of_user(user.id)),
        await tokens_of(store, user.id),
    )


async def give_token(store: Store, user: User) -> None:
    token = Token(
        id=new_id(),
        user_id=user.id,
        name="First start",
        scopes=frozenset(),
        digest=digest(new_secret()),
        created_at=MOMENT,
        kind=TokenKind.FIRST,
    )
    await store.tokens.add(token)


@pytest.mark.parametrize("with_passkey", [True, False])
async def test_it_changes_the_user_the_settings_and_the_passkeys(store: Store, with_passkey: bool) -> None:
    user = await register(store)
    await give_token(store, user)
    key: Passkey | None = a_passkey(user.id) if with_passkey else None
    before = await store.blog.get()
    saved = await store.users.set_up(
        user.id, CHANGE, blog=TITLE, passkey=key, match=frozenset({user.revision})
    )
    assert (saved.name, saved.email, saved.password_hash, saved.version) == ("Ada", "ada@new.example", "x", 2)
    blog = await store.blog.get()
    assert (blog.title, blog.version) == ("A blog", before.version + 1)
    assert await state(store, user) == (saved, blog, [] if key is None else [key], [])


async def test_a_refused_setup_changes_nothing(store: Store) -> None:
    user, other = await register(store), await register(store, email="bob@example.org")
    await give_token(store, user)
    taken = a_passkey(other.id, "taken")
    await store.passkeys.add(taken)
    before = await state(store, user)
    key = a_passkey(user.id)
    seen = frozenset({user.revision})
    same_email = UserChange(updated_at=LATER, email="BOB@example.org")
    with raises(Conflict, "passkey", "id"):
        await store.users.set_up(user.id, CHANGE, blog=TITLE, passkey=a_passkey(user.id, "taken"), match=seen)
    with raises(Conflict, "user", "email"):
        await store.users.set_up(user.id, same_email, blog=TITLE, passkey=key, match=seen)
    with raises(Stale, "user"):
        await store.users.set_up(user.id, CHANGE, blog=TITLE, passkey=key, match=frozenset({other.revision}))
    with raises(NotFound, "user"):
        await store.users.set_up(new_id(), CHANGE, blog=TITLE, passkey=None, match=None)
    assert await state(store, user) == before


async def test_one_of_several_concurrent_setups_wins(store: Store) -> None:
    user = await register(store)
    seen = frozenset({user.revision})
    outcomes = await asyncio.gather(
        *[
            attempt(
                store.users.set_up(
                    user.id,
                    CHANGE,
                    blog=BlogChange(updated_at=LATER, title=f"Blog {number}"),
                    passkey=a_passkey(user.id, f"key {number}"),
                    match=seen,
                )
            )
            for number in range(4)
        ]
    )
    assert sorted(outcomes) == ["Stale user"] * 3 + ["done"]
    won = outcomes.index("done")
    assert (await store.blog.get()).title == f"Blog {won}"
    assert list(await store.passkeys.of_user(user.id)) == [a_passkey(user.id, f"key {won}")]
