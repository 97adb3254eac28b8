"""How a person gets a token."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.tokens import ROLE_SCOPES, Scope, Token
from everpost.domain.users import User, UserChange
from everpost.errors import EverpostError, Unauthenticated
from everpost.services.limits import count_try, forgive_try
from everpost.services.passwords import hash_password, is_outdated, is_right
from everpost.services.security_events import (
    LOGIN_FAILED,
    LOGIN_SUCCEEDED,
    address_hash,
    record,
    record_from,
)
from everpost.services.tokens import TokenDraft, issue_token
from everpost.stores.port import Store

_KIND = "login"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRules:
    """What a login may and gives."""

    lifetime: timedelta
    """Of the token."""
    failures_per_hour: int
    """From one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody says to be let in."""

    email: str
    password: str = field(repr=False)
    address: str
    """Where they are."""
    scopes: frozenset[Scope] | None = None
    """What they want the token for; None: for everything."""


async def log_in(store: Store, given: Credentials, rules: LoginRules) -> tuple[str, Token]:
    """The secret of a new token that expires, and the token; with those of the scopes asked for that
    the role has. Unauthenticated: there is no such user, or without a password, or disabled, or the
    password is wrong; which of these is not told. TooMany.
    """
    await count_try(
        store,
        _KIND,
        given.address,
        rules.failures_per_hour,
        "There were too many failed logins. Come back later.",
    )
    user = await store.users.find(given.email)
    password_hash = None if user is None or user.disabled_at is not None else user.password_hash
    if not await is_right(given.password, password_hash) or user is None or password_hash is None:
        await record_from(store, given.address, LOGIN_FAILED, user=None if user is None else user.id)
        raise Unauthenticated("The email or the password is wrong.")
    await forgive_try(store, _KIND, given.address)
    if is_outdated(password_hash):
        await _hash_anew(store, user, given.password)
    of_role = ROLE_SCOPES[user.role]
    draft = TokenDraft(
        name="Login",
        scopes=of_role if given.scopes is None else of_role & given.scopes,
        expires_at=now() + rules.lifetime,
    )
    secret, token = await issue_token(store, user, draft)
    record(
        LOGIN_SUCCEEDED,
        user=user.id,
        token=token.id,
        address=await address_hash(store, given.address),
    )
    return secret, token


async def _hash_anew(store: Store, user: User, password: str) -> None:
    with suppress(EverpostError):  # the next login tries again
        change = UserChange(updated_at=now(), password_hash=await hash_password(password))
        await store.users.save(user.id, change, match=frozenset({user.revision}))
