"""Authentication with tokens, on every store."""

from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, Token, digest, new_secret
from everpost.domain.people.users import Role, User, UserChange
from everpost.errors import Forbidden, Invalid, NotFound, Unauthenticated
from everpost.services.accounts.tokens import (
    TokenDraft,
    create_token,
    identify,
    issue_token,
    page_tokens,
    revoke,
)
from everpost.stores.port import Store
from tests.contract.refusals import raises
from tests.contract.services.people import add_user, secret_of


async def token_with(store: Store, secret: str) -> Token:
    found = await store.tokens.find(digest(secret))
    assert found is not None
    return found[0]


async def assert_invalid(store: Store, secret: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await identify(store, secret)
    assert refused.value.is_bad_token


async def actor_of(store: Store, user: User) -> Actor:
    return await identify(store, await secret_of(store, user))


async def test_a_token_identifies_its_owner_and_scopes(store: Store) -> None:
    user = await add_user(store, Role.EDITOR)
    scopes = frozenset({Scope.POSTS_WRITE})
    secret, _ = await issue_token(store, user, TokenDraft(name="One", scopes=scopes))
    assert await identify(store, secret) == Actor(user, scopes)


async def test_unknown_and_revoked_tokens_and_those_of_disabled_users_are_invalid(store: Store) -> None:
    user = await add_user(store)
    secret = await secret_of(store, user)
    await assert_invalid(store, new_secret())
    await store.users.save(user.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    await assert_invalid(store, secret)
    await store.users.save(user.id, UserChange(updated_at=now(), is_disabled=False), match=None)
    await assert_invalid(store, secret)
    secret = await secret_of(store, user)
    await revoke(store, await actor_of(store, user), (await token_with(store, secret)).id)
    await assert_invalid(store, secret)


async def test_an_expired_token_is_invalid(store: Store) -> None:
    user = await add_user(store)
    secret, moment = new_secret(), now() - timedelta(hours=1)
    token = Token(
        id=user.id,
        user_id=user.id,
        name="Old",
        scopes=frozenset(),
        digest=digest(secret),
        created_at=moment,
        expires_at=moment + timedelta(minutes=1),
    )
    await store.tokens.add(token)
    await assert_invalid(store, secret)


async def test_a_token_allows_no_more_than_the_current_role(store: Store) -> None:
    user, _other = await add_user(store, Role.ADMIN), await add_user(store, Role.ADMIN)
    secret = await secret_of(store, user)
    await store.users.save(user.id, UserChange(updated_at=now(), role=Role.AUTHOR), match=None)
    assert Scope.ADMIN not in (await identify(store, secret)).scopes


async def test_the_day_of_use_is_kept(store: Store) -> None:
    secret = await secret_of(store, await add_user(store))
    assert (await token_with(store, secret)).last_used_at is None
    await identify(store, secret)
    day = (await token_with(store, secret)).last_used_at
    assert day is not None
    assert day == day.replace(hour=0, minute=0, second=0, microsecond=0)
    assert timedelta() <= now() - day < timedelta(days=1, minutes=1)


async def test_a_token_creates_no_token_with_more_scopes(store: Store) -> None:
    user = await add_user(store, Role.ADMIN)
    scopes = frozenset({Scope.ACCOUNT, Scope.POSTS_WRITE})
    actor = Actor.of(user, scopes)
    _, token = await create_token(store, actor, TokenDraft(name="The same"))
    assert token.scopes == scopes
    with raises(Forbidden, match="more scopes than yours"):
        await create_token(store, actor, TokenDraft(name="More", scopes=frozenset({Scope.ADMIN})))
    with raises(Forbidden, match="scope"):
        await create_token(store, Actor.of(user, frozenset({Scope.ADMIN})), TokenDraft(name="Any"))


async def test_a_token_for_more_than_the_role_is_refused(store: Store) -> None:
    with raises(Forbidden, match="does not include all of these scopes"):
        await issue_token(
            store, await add_user(store), TokenDraft(name="More", scopes=frozenset({Scope.ADMIN}))
        )


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (TokenDraft(name=" "), "name"),
        (TokenDraft(name="a" * 101), "name"),
        (TokenDraft(name="Late", expires_at=now() - timedelta(milliseconds=1)), "expires_at"),
    ],
)
async def test_an_invalid_name_or_expiry_is_refused(store: Store, draft: TokenDraft, field: str) -> None:
    with raises(Invalid, field=field):
        await issue_token(store, await add_user(store), draft)


async def test_only_an_admin_can_access_the_tokens_of_others(store: Store) -> None:
    anna, ben = await add_user(store), await add_user(store)
    of_ben = await token_with(store, await secret_of(store, ben))
    actor = await actor_of(store, anna)
    with raises(Forbidden):
        await page_tokens(store, actor, ben.id, limit=10)
    with raises(NotFound, "token"):
        await revoke(store, actor, of_ben.id)
    admin = await actor_of(store, await add_user(store, Role.ADMIN))
    assert [token.id for token in (await page_tokens(store, admin, ben.id, limit=10)).rows] == [of_ben.id]
    await revoke(store, admin, of_ben.id)
    assert (await page_tokens(store, admin, ben.id, limit=10)).rows == ()
