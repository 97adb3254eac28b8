"""Logins: a token in exchange for an email address and a password."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import ROLE_SCOPES, Scope, Token, TokenConditions, TokenKind
from everpost.domain.people.users import User, UserChange, email_key
from everpost.errors import Busy, EverpostError, NotFound, Stale, Unauthenticated
from everpost.services.accounts.login_throttling import ThrottleRules, throttled_attempt
from everpost.services.accounts.passwords import hash_password, is_outdated, is_right
from everpost.services.accounts.reauthentication import Proof, require_password
from everpost.services.accounts.tokens import Provenance, TokenDraft, issue_token, revoke_shown
from everpost.services.security_events import (
    LOGIN_FAILED,
    LOGIN_SUCCEEDED,
    address_hash,
    record,
    record_from,
)
from everpost.stores.port import Store

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRules(ThrottleRules):
    """Limits on logins, and the lifetime of their tokens."""

    lifetime: timedelta
    """Of a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login to start."""

    address: str
    """The network address of the client."""
    scopes: frozenset[Scope] | None = None
    """The scopes of the token; None: all of the role."""
    name: str = "Login"
    """The name of the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials(Login):
    """A login with an email address and a password."""

    email: str
    password: str = field(repr=False)


async def log_in(store: Store, given: Credentials, rules: LoginRules) -> tuple[str, Token]:
    """Create a token that expires, with the requested scopes that the role includes, and return its secret
    and the token. Raises Unauthenticated if there is no such user, the user has no password or is disabled,
    or the password is wrong, without saying which; TooMany, Busy.
    """
    async with throttled_attempt(store, email_key(given.email), given.address, rules) as attempt:
        for _ in range(_ATTEMPTS):
            user, password_hash = await _find(store, given, by_stranger=not attempt.is_known)
            attempt.is_right = True
            with suppress(Stale, NotFound):  # the user has changed since: check the password again
                return await start_login(store, user, given, rules.lifetime, password_hash=password_hash)
            attempt.is_right = False
        raise Busy


async def _find(store: Store, given: Credentials, *, by_stranger: bool) -> tuple[User, str]:
    """The user with this password, and the stored hash. Raises Unauthenticated."""
    user = await store.users.find(given.email)
    password_hash = None if user is None or user.disabled_at is not None else user.password_hash
    right = await is_right(given.password, password_hash, by_stranger=by_stranger)
    if not right or user is None or password_hash is None:
        await record_from(store, given.address, LOGIN_FAILED, user=None if user is None else user.id)
        raise Unauthenticated("The email address or the password is wrong.")
    if is_outdated(password_hash):
        password_hash = await _rehash(store, user, given.password) or password_hash
    return user, password_hash


async def start_login(
    store: Store, user: User, login: Login, lifetime: timedelta, *, password_hash: str | None = None
) -> tuple[str, Token]:
    """Create the token of a login by this user, who has already been authenticated, and return its secret and
    the token. Raises NotFound; and Stale if the stored hash of the password, if one is given, has changed.
    """
    of_role, moment = ROLE_SCOPES[user.role], now()
    draft = TokenDraft(
        name=login.name,
        scopes=of_role if login.scopes is None else of_role & login.scopes,
        expires_at=moment + lifetime,
    )
    conditions = None if password_hash is None else TokenConditions(password_hash=password_hash)
    provenance = Provenance(kind=TokenKind.LOGIN, conditions=conditions)
    secret, token = await issue_token(store, user, draft, provenance, moment=moment)
    record(
        LOGIN_SUCCEEDED,
        user=user.id,
        token=token.id,
        address=await address_hash(store, login.address),
    )
    return secret, token


async def log_in_again(
    store: Store, actor: Actor, proof: Proof, login: Login, lifetime: timedelta
) -> tuple[str, Token]:
    """Replace the login of the actor with a new one, given the current password. Raises Unauthenticated;
    Invalid("current_password"), TooMany, Busy; Stale if the password has changed since.
    """
    if actor.user is None:
        raise Unauthenticated
    password_hash = await require_password(store, actor.user, proof, reason="is required")
    secret, token = await start_login(store, actor.user, login, lifetime, password_hash=password_hash)
    await revoke_shown(store, actor)
    return secret, token


async def _rehash(store: Store, user: User, password: str) -> str | None:
    with suppress(EverpostError):  # the next login tries again
        change = UserChange(updated_at=now(), password_hash=await hash_password(password))
        return (await store.users.save(user.id, change, match=frozenset({user.revision}))).password_hash
    return None
