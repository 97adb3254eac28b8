"""Tokens: looked up for each request, so that a revoked one stops working immediately."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import Id, new_id
from everpost.domain.people.tokens import MAX_TOKEN_NAME, Scope, Token, digest
from everpost.domain.people.users import Role, UserChange
from everpost.errors import Conflict, NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, numbered, register, tokens_of
from tests.contract.refusals import describe, raises

DAY = timedelta(days=1)


class TokenFields(TypedDict, total=False):
    """The fields of a token that a test may set."""

    id: Id
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def a_token(user_id: Id, **fields: Unpack[TokenFields]) -> Token:
    token_id = fields.get("id", new_id())
    plain = Token(
        id=token_id,
        user_id=user_id,
        name="Laptop",
        scopes=frozenset({Scope.POSTS_WRITE}),
        digest=digest(token_id),
        created_at=MOMENT,
    )
    return replace(plain, **fields)


async def keep(store: Store, user_id: Id, **fields: Unpack[TokenFields]) -> Token:
    """Add a token to the store."""
    token = a_token(user_id, **fields)
    await store.tokens.add(token)
    return token


@pytest.mark.parametrize(
    "fields",
    [
        TokenFields(),
        TokenFields(scopes=frozenset(Scope), expires_at=LATEST, last_used_at=EARLIEST),
        TokenFields(scopes=frozenset(), created_at=EARLIEST, expires_at=LATER),
        TokenFields(name="\U0010ffff" * MAX_TOKEN_NAME),
        TokenFields(name=" '; -- "),
    ],
    ids=["plain", "all scopes", "no scopes", "longest name", "unusual name"],
)
async def test_a_token_is_read_as_written_with_its_owner(store: Store, fields: TokenFields) -> None:
    user = await register(store, role=Role.EDITOR, password_hash="hash")
    token = await keep(store, user.id, **fields)
    assert await store.tokens.find(token.digest) == (token, user)
    assert await tokens_of(store, user.id) == [token]


async def test_an_unknown_digest_finds_nothing(store: Store) -> None:
    token = await keep(store, (await register(store)).id)
    for unknown in (digest("unknown"), token.digest[::-1], token.digest[:-1], ""):
        assert await store.tokens.find(unknown) is None


async def test_the_owner_is_current_and_expired_tokens_are_found(store: Store) -> None:
    user = await register(store)
    await store.users.save(user.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    token = await keep(store, user.id, expires_at=MOMENT + timedelta(milliseconds=1))
    change = UserChange(updated_at=LATER, name="New", role=Role.ADMIN)
    changed = await store.users.save(user.id, change, match=None)
    assert await store.tokens.find(token.digest) == (token, changed)
    assert await tokens_of(store, user.id) == [token]


async def test_a_change_of_tokens_is_no_change_of_their_owner(store: Store) -> None:
    user = await register(store)
    token = await keep(store, user.id)
    await store.tokens.mark_used(token.id, MOMENT)
    await keep(store, user.id)
    await store.tokens.remove(token.id, user_id=user.id)
    assert await store.users.get(user.id) == user


async def test_tokens_of_a_user_come_the_oldest_first(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    moments = [LATER, MOMENT, LATEST, EARLIEST]
    tokens = [await keep(store, ada.id, created_at=moment) for moment in moments]
    of_bob = await keep(store, bob.id)
    in_order = sorted(tokens, key=lambda token: token.created_at)
    assert await tokens_of(store, ada.id) == in_order
    assert await tokens_of(store, bob.id) == [of_bob]
    assert await tokens_of(store, new_id()) == []


async def test_the_last_use_of_each_user_is_that_of_any_token(store: Store) -> None:
    ada, bob, idle, without = [await register(store) for _ in range(4)]
    for moment in (MOMENT, LATER, None):
        await keep(store, ada.id, last_used_at=moment)
    await keep(store, bob.id, last_used_at=EARLIEST)
    await keep(store, idle.id)
    ids = [ada.id, bob.id, idle.id, without.id, new_id(), ada.id]
    assert await store.tokens.last_uses(ids) == {ada.id: LATER, bob.id: EARLIEST}
    assert await store.tokens.last_uses([]) == {}
    many = [new_id() for _ in range(99)]
    assert await store.tokens.last_uses([*many, ada.id]) == {ada.id: LATER}


async def test_a_token_has_an_owner(store: Store) -> None:
    user = await register(store)
    taken = await keep(store, user.id)
    for refused in (
        a_token(new_id()),
        a_token(new_id(), id=taken.id),
        a_token(taken.id, digest=taken.digest),
    ):
        with raises(NotFound, "user"):
            await store.tokens.add(refused)
    assert await tokens_of(store, user.id) == [taken]


async def test_a_taken_id_or_digest_is_a_conflict_for_every_user(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    taken = await keep(store, ada.id)
    for user_id in (ada.id, bob.id):
        for refused in (
            a_token(user_id, id=taken.id, digest=digest("other")),
            a_token(user_id, digest=taken.digest),
        ):
            with raises(Conflict, "token", "id"):
                await store.tokens.add(refused)
    assert await store.tokens.find(taken.digest) == (taken, ada)
    assert await tokens_of(store, bob.id) == []


@pytest.mark.parametrize("same", ["id", "digest"])
async def test_of_concurrent_tokens_with_one_name_one_is_stored(store: Store, same: str) -> None:
    users = [await register(store) for _ in range(3)]
    token_id = new_id()
    tokens = [
        a_token(users[number % 3].id, id=token_id, digest=digest(str(number)))
        if same == "id"
        else a_token(users[number % 3].id, digest=digest("same"))
        for number in range(6)
    ]
    outcomes = await asyncio.gather(*(store.tokens.add(token) for token in tokens), return_exceptions=True)
    assert sorted(map(describe, outcomes)) == ["Conflict token id"] * 5 + ["NoneType"]
    kept = [token for user in users for token in await tokens_of(store, user.id)]
    assert kept == [tokens[outcomes.index(None)]]


async def test_a_new_token_deletes_the_expired_ones_of_its_owner(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    expired = await keep(store, ada.id, expires_at=MOMENT + DAY)
    of_bob = await keep(store, bob.id, expires_at=MOMENT + DAY)
    valid = await keep(store, ada.id, id=numbered(1), expires_at=MOMENT + 3 * DAY)
    lasting = await keep(store, ada.id, id=numbered(2))
    assert await store.tokens.find(expired.digest) is not None
    new = await keep(store, ada.id, created_at=MOMENT + 2 * DAY)
    assert await store.tokens.find(expired.digest) is None
    assert await tokens_of(store, ada.id) == [valid, lasting, new]
    assert await store.tokens.find(of_bob.digest) == (of_bob, bob)


async def test_a_token_is_removed_by_its_owner_or_an_admin(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    first, second, third = [await keep(store, ada.id, id=numbered(number)) for number in range(3)]
    for token_id, user_id in ((first.id, bob.id), (first.id, new_id()), (new_id(), ada.id), (new_id(), None)):
        with raises(NotFound, "token"):
            await store.tokens.remove(token_id, user_id=user_id)
    assert await tokens_of(store, ada.id) == [first, second, third]
    await store.tokens.remove(first.id, user_id=ada.id)
    await store.tokens.remove(second.id, user_id=None)
    assert [await store.tokens.find(token.digest) for token in (first, second)] == [None, None]
    assert await tokens_of(store, ada.id) == [third]
    with raises(NotFound, "token"):
        await store.tokens.remove(first.id, user_id=ada.id)
    await store.tokens.add(first)


async def test_tokens_are_removed_with_their_owner(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    token = await keep(store, ada.id)
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    assert await store.tokens.find(token.digest) is None
    for user_id in (ada.id, bob.id):
        assert await tokens_of(store, user_id) == []
    for owner_id in (None, ada.id, bob.id):
        with raises(NotFound, "token"):
            await store.tokens.remove(token.id, user_id=owner_id)
    await store.tokens.mark_used(token.id, MOMENT)
    with raises(NotFound, "user"):
        await store.tokens.add(token)
    again = await keep(store, bob.id, id=token.id, digest=token.digest)
    assert await store.tokens.find(token.digest) == (again, bob)


async def test_the_latest_day_of_use_is_kept(store: Store) -> None:
    user = await register(store)
    token, other = await keep(store, user.id), await keep(store, user.id)
    for day, latest in (
        (MOMENT, MOMENT),
        (MOMENT - DAY, MOMENT),
        (MOMENT + DAY, MOMENT + DAY),
        (MOMENT, MOMENT + DAY),
    ):
        await store.tokens.mark_used(token.id, day)
        assert await store.tokens.find(token.digest) == (replace(token, last_used_at=latest), user)
    days = [MOMENT + number * DAY for number in (4, 9, 2, 7)]
    await asyncio.gather(*(store.tokens.mark_used(token.id, day) for day in days))
    found = await store.tokens.find(token.digest)
    assert found is not None
    assert found[0].last_used_at == MOMENT + 9 * DAY
    assert await store.tokens.find(other.digest) == (other, user)
    await store.tokens.mark_used(new_id(), MOMENT)
