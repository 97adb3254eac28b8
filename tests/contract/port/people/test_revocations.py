"""Changes that revoke tokens, and the maximum number of tokens of a user."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.ids import Id, new_id
from everpost.domain.people.tokens import (
    MAX_NAMED_TOKENS,
    MAX_TOKENS,
    Token,
    TokenConditions,
    TokenKind,
    TokenQuery,
    digest,
)
from everpost.domain.people.users import Revocation, Role, User, UserChange
from everpost.errors import Conflict, NotFound, Stale, TooManyTokens
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, numbered, register, tokens_of
from tests.contract.refusals import describe, raises

LOGIN, OTHER_LOGIN, OF_LOGIN, OF_OTHER, NAMED, OTHER_NAMED, FIRST, RESET = map(numbered, range(1, 9))
EVERY = {LOGIN, OTHER_LOGIN, OF_LOGIN, OF_OTHER, NAMED, OTHER_NAMED, FIRST, RESET}


def a_token(
    user: User, id: Id, kind: TokenKind = TokenKind.NAMED, login_id: Id | None = None, *, minute: int = 0
) -> Token:
    return Token(
        id=id,
        user_id=user.id,
        name="A token",
        scopes=frozenset(),
        digest=digest(id),
        created_at=MOMENT + timedelta(minutes=minute),
        kind=kind,
        login_id=login_id,
    )


async def with_tokens(store: Store) -> User:
    """A user with a token of every kind."""
    user = await register(store, role=Role.EDITOR, password_hash="old")
    for token in (
        a_token(user, LOGIN, TokenKind.LOGIN),
        a_token(user, OTHER_LOGIN, TokenKind.LOGIN),
        a_token(user, OF_LOGIN, login_id=LOGIN),
        a_token(user, OF_OTHER, login_id=OTHER_LOGIN),
        a_token(user, NAMED),
        a_token(user, OTHER_NAMED),
        a_token(user, FIRST, TokenKind.FIRST),
        a_token(user, RESET, TokenKind.RESET),
    ):
        await store.tokens.add(token)
    return user


async def ids_of(store: Store, user: User) -> set[Id]:
    return {token.id for token in await tokens_of(store, user.id)}


REVOCATIONS: Sequence[tuple[UserChange, Collection[Id]]] = [
    (UserChange(updated_at=LATER, name="New", password_hash="new"), EVERY),
    (UserChange(updated_at=LATER, revocation=Revocation()), {NAMED, OTHER_NAMED}),
    (
        UserChange(updated_at=LATER, password_hash="new", revocation=Revocation(kept_id=LOGIN)),
        {LOGIN, OF_LOGIN, NAMED, OTHER_NAMED},
    ),
    (
        UserChange(updated_at=LATER, revocation=Revocation(kept_id=OF_OTHER)),
        {OF_OTHER, NAMED, OTHER_NAMED},
    ),
    (UserChange(updated_at=LATER, revocation=Revocation(kept_id=NAMED)), {NAMED, OTHER_NAMED}),
    (UserChange(updated_at=LATER, revocation=Revocation(kept_id=FIRST)), {NAMED, OTHER_NAMED}),
    (UserChange(updated_at=LATER, revocation=Revocation(named=True)), set()),
    (UserChange(updated_at=LATER, revocation=Revocation(named=True, kept_id=LOGIN)), {LOGIN}),
    (UserChange(updated_at=LATER, revocation=Revocation(named=True, kept_id=NAMED)), {NAMED}),
    (UserChange(updated_at=LATER, revocation=Revocation(named=True, kept_id=FIRST)), set()),
    (UserChange(updated_at=LATER, is_disabled=True, revocation=Revocation(kept_id=LOGIN)), set()),
    (UserChange(updated_at=LATER, role=Role.AUTHOR), {NAMED, OTHER_NAMED}),
    (UserChange(updated_at=LATER, role=Role.EDITOR), EVERY),
    (
        UserChange(updated_at=LATER, role=Role.AUTHOR, revocation=Revocation(kept_id=LOGIN)),
        {LOGIN, OF_LOGIN, NAMED, OTHER_NAMED},
    ),
    (UserChange(updated_at=LATER, role=Role.AUTHOR, is_disabled=True), set()),
    (UserChange(updated_at=LATER, is_disabled=False), EVERY),
    (
        UserChange(updated_at=LATER, is_disabled=False, revocation=Revocation(kept_id=LOGIN)),
        {LOGIN, OF_LOGIN, NAMED, OTHER_NAMED},
    ),
]
"""What is changed, and what stays."""


async def test_a_change_revokes_the_documented_tokens(store: Store, subtests: pytest.Subtests) -> None:
    other = await register(store)
    await store.tokens.add(a_token(other, numbered(20), TokenKind.LOGIN))
    for number, (change, stay) in enumerate(REVOCATIONS):
        with subtests.test(number=number):
            user = await with_tokens(store)
            saved = await store.users.save(user.id, change, match=None)
            assert await ids_of(store, user) == stay
            assert await ids_of(store, other) == {numbered(20)}
            assert await store.users.get(user.id) == saved
            await store.users.remove(user.id, heir_id=None, match=None)


async def test_a_refused_change_revokes_no_token(store: Store) -> None:
    user, other = await with_tokens(store), await register(store)
    revocation = Revocation(named=True)
    stale = UserChange(updated_at=LATER, is_disabled=True, revocation=revocation)
    with raises(Stale, "user"):
        await store.users.save(user.id, stale, match=frozenset())
    taken = UserChange(updated_at=LATER, email=other.email, revocation=revocation)
    with raises(Conflict, "user", "email"):
        await store.users.save(user.id, taken, match=None)
    assert await ids_of(store, user) == EVERY


async def test_a_user_who_is_enabled_again_has_no_token(store: Store) -> None:
    user = await register(store)
    await store.users.save(user.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    await store.tokens.add(a_token(user, NAMED))
    await store.users.save(user.id, UserChange(updated_at=LATER, is_disabled=False), match=None)
    assert await ids_of(store, user) == set()


async def test_tokens_created_during_a_login_end_with_it(store: Store) -> None:
    user = await with_tokens(store)
    await store.tokens.remove(OF_OTHER, user_id=user.id)
    await store.tokens.remove(LOGIN, user_id=None)
    assert await ids_of(store, user) == {OTHER_LOGIN, NAMED, OTHER_NAMED, FIRST, RESET}


@pytest.mark.parametrize("limit", [1, 3, 7, 8])
async def test_pages_give_every_token_once_the_oldest_first(store: Store, limit: int) -> None:
    user = await register(store)
    tokens = [a_token(user, numbered(9 - number), minute=number // 3) for number in range(7)]
    for token in tokens:
        await store.tokens.add(token)
    assert await tokens_of(store, user.id, limit=limit) == sorted(tokens, key=lambda token: token.position)
    page = await store.tokens.page(TokenQuery(user_id=user.id, limit=limit))
    assert (len(page.rows), page.has_more) == (min(limit, 7), limit < 7)


async def test_a_token_is_created_only_while_its_preconditions_hold(store: Store) -> None:
    user = await with_tokens(store)
    disabled = await register(store, password_hash="old")
    await store.users.save(disabled.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    for owner, conditions in (
        (user, TokenConditions(token_id=new_id())),
        (user, TokenConditions(password_hash="new")),
        (user, TokenConditions(token_id=new_id(), password_hash="old")),
        (disabled, TokenConditions(password_hash="old")),
        (disabled, TokenConditions(token_id=LOGIN)),
    ):
        with raises(Stale, "user"):
            await store.tokens.add(a_token(owner, new_id()), conditions=conditions)
    with raises(NotFound, "user"):
        await store.tokens.add(
            replace(a_token(user, new_id()), user_id=new_id()), conditions=TokenConditions()
        )
    assert await ids_of(store, user) == EVERY
    for conditions in (
        TokenConditions(),
        TokenConditions(token_id=LOGIN),
        TokenConditions(password_hash="old"),
    ):
        await store.tokens.add(a_token(user, new_id()), conditions=conditions)
    assert len(await ids_of(store, user)) == 11


async def test_no_login_with_the_old_password_outlives_a_new_one(store: Store) -> None:
    """Whichever of the two is executed first."""
    user = await register(store, password_hash="old")
    change = UserChange(updated_at=LATER, password_hash="new", revocation=Revocation())
    logins = [a_token(user, numbered(number), TokenKind.LOGIN) for number in range(8)]
    conditions = TokenConditions(password_hash="old")
    outcomes = await asyncio.gather(
        *(store.tokens.add(token, conditions=conditions) for token in logins[:4]),
        store.users.save(user.id, change, match=None),
        *(store.tokens.add(token, conditions=conditions) for token in logins[4:]),
        return_exceptions=True,
    )
    assert {*map(describe, outcomes)} <= {"NoneType", "Stale user", "User"}
    assert await ids_of(store, user) == set()


async def fill(store: Store, user: User, kind: TokenKind, count: int) -> None:
    for number in range(count):
        await store.tokens.add(a_token(user, numbered(number), kind, minute=number))


async def test_a_new_login_replaces_the_oldest_one(store: Store) -> None:
    user = await register(store)
    await fill(store, user, TokenKind.LOGIN, MAX_TOKENS - 1)
    await store.tokens.add(a_token(user, numbered(500), login_id=numbered(0), minute=500))
    logins = [a_token(user, numbered(1000 + number), TokenKind.LOGIN, minute=1000) for number in range(5)]
    await asyncio.gather(*map(store.tokens.add, logins))
    there = await ids_of(store, user)
    assert len(there) <= MAX_TOKENS
    assert {login.id for login in logins} <= there
    assert not {numbered(number) for number in range(4)} & there
    assert numbered(500) not in there
    assert numbered(6) in there


async def test_the_number_of_tokens_is_limited_except_for_logins(store: Store) -> None:
    user = await register(store)
    await fill(store, user, TokenKind.NAMED, MAX_NAMED_TOKENS - 2)
    named = [a_token(user, numbered(1000 + number), minute=1000) for number in range(5)]
    outcomes = await asyncio.gather(*map(store.tokens.add, named), return_exceptions=True)
    assert sorted(map(describe, outcomes)) == ["NoneType"] * 2 + ["TooManyTokens token name"] * 3
    logins = [a_token(user, numbered(2000 + number), TokenKind.LOGIN, minute=2000) for number in range(3)]
    await asyncio.gather(*map(store.tokens.add, logins))
    there = await ids_of(store, user)
    assert len(there) == MAX_TOKENS
    assert len({login.id for login in logins} & there) == 1
    with raises(TooManyTokens, "token", "name"):
        await store.tokens.add(a_token(user, new_id(), minute=3000))
