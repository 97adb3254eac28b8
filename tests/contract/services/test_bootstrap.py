"""How a new blog gets its first admin, on every store."""

import asyncio

import pytest
from structlog.testing import capture_logs

from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.tokens import Scope, digest, new_secret
from everpost.domain.people.users import Role, User, UserChange, UserQuery
from everpost.errors import Misconfigured, Unauthenticated
from everpost.services.accounts import bootstrap
from everpost.services.accounts.bootstrap import (
    FIRST_EMAIL,
    FIRST_TOKEN_LIFETIME,
    keep_given_token,
    make_first_token,
)
from everpost.services.accounts.tokens import TokenDraft, create_token, identify, issue_token
from everpost.services.accounts.users import UserEdit, change_account
from everpost.stores.port import Store
from tests.contract.port.examples import tokens_of
from tests.contract.services.people import add_user, secret_of

PASSWORD = "correct horse battery"


async def users_of(store: Store) -> tuple[User, ...]:
    return (await store.users.page(UserQuery(limit=MAX_LIMIT))).rows


async def test_an_empty_blog_gets_one_admin_with_a_token_that_is_shown_once(store: Store) -> None:
    secret = await make_first_token(store)
    assert secret is not None
    actor = await identify(store, secret)
    assert actor.scopes == frozenset(Scope)
    assert [(user.email, user.role) for user in await users_of(store)] == [(FIRST_EMAIL, Role.ADMIN)]
    assert await make_first_token(store) is None


async def test_the_first_token_ends_with_the_first_password(store: Store) -> None:
    secret = await make_first_token(store)
    assert secret is not None
    actor = await identify(store, secret)
    assert actor.token is not None
    assert actor.token.expires_at == actor.token.created_at + FIRST_TOKEN_LIFETIME
    await change_account(store, actor, UserEdit(name="Ada"), match=None)
    await change_account(store, await identify(store, secret), UserEdit(password=PASSWORD), match=None)
    with pytest.raises(Unauthenticated):
        await identify(store, secret)
    assert await make_first_token(store) is None


async def test_the_first_token_ends_when_another_way_in_is_used(store: Store) -> None:
    secret = await make_first_token(store)
    assert secret is not None
    actor = await identify(store, secret)
    other, token = await create_token(store, actor, TokenDraft(name="Other"))
    assert actor.token is not None
    assert (token.expires_at, token.login_id) == (actor.token.expires_at, None)
    admin = (await users_of(store))[0]
    narrow = frozenset({Scope.ACCOUNT, Scope.ADMIN})
    less, _ = await issue_token(store, admin, TokenDraft(name="Narrow", scopes=narrow))
    for way in (other, less, secret):
        assert (await identify(store, way)).id == admin.id
    lasting = await secret_of(store, admin)
    for way in (secret, lasting, lasting):
        await identify(store, way)
    with pytest.raises(Unauthenticated):
        await identify(store, secret)


async def test_a_first_token_that_expired_unused_is_replaced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = now() - 2 * FIRST_TOKEN_LIFETIME
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "now", lambda: begun)
        secret = await make_first_token(store)
    assert secret is not None
    with pytest.raises(Unauthenticated):
        await identify(store, secret)
    again = await make_first_token(store)
    assert again is not None
    await identify(store, again)
    assert await make_first_token(store) is None


async def test_of_servers_that_start_concurrently_one_shows_a_token(store: Store) -> None:
    results = await asyncio.gather(*(make_first_token(store) for _ in range(5)))
    secrets = [secret for secret in results if secret is not None]
    assert len(secrets) == 1
    assert (await identify(store, secrets[0])).id == (await users_of(store))[0].id
    assert len(await users_of(store)) == 1


async def test_a_server_stopped_before_creating_the_token_creates_it_at_the_next_start(store: Store) -> None:
    moment = now()
    admin = User(
        id=new_id(),
        name="Admin",
        email=FIRST_EMAIL,
        role=Role.ADMIN,
        created_at=moment,
        updated_at=moment,
    )
    await store.users.add(admin, is_first=True)
    secrets = [
        secret for secret in await asyncio.gather(*(make_first_token(store) for _ in range(3))) if secret
    ]
    assert len(secrets) == 1
    assert (await identify(store, secrets[0])).id == admin.id


async def test_an_admin_with_a_way_in_gets_no_token_unasked(store: Store) -> None:
    admin = await add_user(store, Role.ADMIN, password_hash="a hash")
    assert await make_first_token(store) is None
    assert not await tokens_of(store, admin.id)


async def test_a_blog_with_more_users_gets_no_token_unasked(store: Store) -> None:
    for role in (Role.ADMIN, Role.AUTHOR):
        await add_user(store, role)
    assert await make_first_token(store) is None


async def test_a_sole_author_gets_no_token(store: Store) -> None:
    await add_user(store, Role.AUTHOR)
    assert await make_first_token(store) is None


async def test_a_given_token_is_that_of_the_first_admin_at_each_start(store: Store) -> None:
    secret = new_secret()
    for _ in range(2):
        await asyncio.gather(*(keep_given_token(store, secret) for _ in range(4)))
        actor = await identify(store, secret)
        assert actor.scopes == frozenset(Scope)
        assert [user.email for user in await users_of(store)] == [FIRST_EMAIL]
    assert await make_first_token(store) is None


async def test_a_given_token_goes_to_the_oldest_admin_who_is_not_disabled(store: Store) -> None:
    oldest = await add_user(store, Role.ADMIN, days_ago=3)
    await add_user(store, Role.EDITOR, days_ago=2)
    admin = await add_user(store, Role.ADMIN, days_ago=1)
    await store.users.save(oldest.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    await add_user(store, Role.ADMIN)
    secret = new_secret()
    await keep_given_token(store, secret)
    assert (await identify(store, secret)).id == admin.id


async def test_a_given_token_that_was_revoked_is_back_after_the_next_start(store: Store) -> None:
    secret = new_secret()
    await keep_given_token(store, secret)
    found = await store.tokens.find(digest(secret))
    assert found is not None
    await store.tokens.remove(found[0].id, user_id=None)
    await keep_given_token(store, secret)
    await identify(store, secret)


async def test_a_given_token_moves_to_an_admin_if_its_owner_no_longer_is_one(store: Store) -> None:
    secret = new_secret()
    await keep_given_token(store, secret)
    (owner,) = await users_of(store)
    admin = await add_user(store, Role.ADMIN)
    await store.users.save(owner.id, UserChange(updated_at=now(), role=Role.AUTHOR), match=None)
    await keep_given_token(store, secret)
    assert (await identify(store, secret)).id == admin.id


async def test_a_new_given_token_replaces_only_the_previous_one(store: Store) -> None:
    before, after = new_secret(), new_secret()
    await keep_given_token(store, before)
    own = await secret_of(store, (await users_of(store))[0])
    await asyncio.sleep(0.002)
    await keep_given_token(store, after)
    for secret in (own, after):
        await identify(store, secret)
    with pytest.raises(Unauthenticated):
        await identify(store, before)


async def test_a_malformed_given_token_is_refused_with_a_hint(store: Store) -> None:
    with pytest.raises(Misconfigured) as refused:
        await keep_given_token(store, "secret")
    assert "everpost token generate" in refused.value.message
    assert await users_of(store) == ()


async def test_a_given_token_without_an_admin_is_refused(store: Store) -> None:
    await secret_of(store, await add_user(store, Role.EDITOR))
    with pytest.raises(Misconfigured):
        await keep_given_token(store, new_secret())


async def test_the_first_admin_and_a_token_that_is_given_are_logged(store: Store) -> None:
    secret = new_secret()
    with capture_logs() as lines:
        await keep_given_token(store, secret)
        await keep_given_token(store, secret)
    assert [line["event"] for line in lines] == ["admin.created", "admin.token_changed"]
    assert secret not in repr(lines)
