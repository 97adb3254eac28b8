"""Logging in, on every store."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from everpost.domain.clock import now
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Role, UserChange
from everpost.domain.rate_limits import Limit
from everpost.errors import TooMany, Unauthenticated
from everpost.services.accounts.logins import Credentials, LoginRules, log_in
from everpost.services.accounts.passwords import hash_password, is_outdated, is_right
from everpost.services.accounts.tokens import identify
from everpost.services.rate_limits import Allowance, count_attempt
from everpost.stores.port import Store
from tests.contract.services.people import add_user

PASSWORD = "correct horse battery"
RULES = LoginRules(lifetime=timedelta(hours=12), failures_per_hour=3)


def given(email: str, password: str = PASSWORD, *, address: str = "192.0.2.1") -> Credentials:
    return Credentials(email=email, password=password, address=address)


async def test_the_right_password_gives_a_token_that_expires(store: Store) -> None:
    user = await add_user(store, Role.EDITOR, password_hash=await hash_password(PASSWORD))
    secret, token = await log_in(store, given(user.email.upper()), RULES)
    assert token.expires_at is not None
    assert timedelta(hours=11) < token.expires_at - now() <= timedelta(hours=12)
    actor = await identify(store, secret)
    assert actor.user == user
    assert actor.scopes == frozenset(Scope) - {Scope.ADMIN}


async def test_a_login_can_request_fewer_scopes_than_the_role_but_not_more(store: Store) -> None:
    user = await add_user(store, password_hash=await hash_password(PASSWORD))
    wanted = Credentials(
        email=user.email,
        password=PASSWORD,
        address="",
        scopes=frozenset({Scope.POSTS_WRITE, Scope.ADMIN}),
    )
    secret, _ = await log_in(store, wanted, RULES)
    assert (await identify(store, secret)).scopes == {Scope.POSTS_WRITE}


async def test_every_failed_login_has_the_same_error(store: Store) -> None:
    kept = await hash_password(PASSWORD)
    anna, ben = await add_user(store, password_hash=kept), await add_user(store)
    disabled = await add_user(store, password_hash=kept)
    await store.users.save(disabled.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    messages = set()
    tries = [
        (anna.email, "another"),
        (ben.email, PASSWORD),
        (disabled.email, PASSWORD),
        ("nobody@blog.example", PASSWORD),
    ]
    for number, (email, password) in enumerate(tries):
        with pytest.raises(Unauthenticated) as refused:
            await log_in(store, given(email, password, address=f"192.0.2.{number}"), RULES)
        messages.add(refused.value.message)
        assert not refused.value.is_bad_token
    assert len(messages) == 1


async def test_failed_logins_are_limited_and_successful_ones_are_not(store: Store) -> None:
    user = await add_user(store, password_hash=await hash_password(PASSWORD))
    for _ in range(RULES.failures_per_hour + 1):
        await log_in(store, given(user.email), RULES)
    for _ in range(RULES.failures_per_hour):
        with pytest.raises(Unauthenticated):
            await log_in(store, given(user.email, "another"), RULES)
    with pytest.raises(TooMany) as refused:
        await log_in(store, given(user.email), RULES)
    assert 3500 < refused.value.retry_after <= 3600
    await log_in(store, given(user.email, address="192.0.2.2"), RULES)


async def test_an_outdated_hash_is_replaced(store: Store) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    user = await add_user(store, password_hash=weak)
    await log_in(store, given(user.email), RULES)
    kept = (await store.users.get(user.id)).password_hash
    assert kept is not None
    assert not is_outdated(kept)
    assert await is_right(PASSWORD, kept)


async def test_attempts_of_different_kinds_are_counted_separately(store: Store) -> None:
    one, another = (Allowance(Limit(kind, 2), f"Too many of {kind}.") for kind in ("one", "another"))
    for allowance in (one, another):
        for _ in range(2):
            await count_attempt(store, [allowance])
    with pytest.raises(TooMany) as refused:
        await count_attempt(store, [one, another])
    assert refused.value.message == "Too many of one."
