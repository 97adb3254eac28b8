"""The first admin of a new blog, and the token with which the admin can log in."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import MAX_LIMIT, Position
from everpost.domain.people.tokens import (
    ROLE_SCOPES,
    Token,
    TokenKind,
    TokenQuery,
    digest,
    is_well_formed,
    new_secret,
)
from everpost.domain.people.users import Role, User, UserQuery
from everpost.errors import Conflict, Misconfigured, NotFound, TooManyTokens
from everpost.services.security_events import ADMIN_TOKEN_CHANGED, FIRST_ADMIN_CREATED, record
from everpost.stores.port import Store

FIRST_NAME = "Admin"
FIRST_EMAIL = "admin@localhost"
FIRST_TOKEN_LIFETIME = timedelta(days=7)
_GIVEN = "EVERPOST_ADMIN_TOKEN"
_ALL = 10_000
"""More tokens than a user can have, even if they were created before there was a limit."""


async def keep_given_token(store: Store, secret: str) -> None:
    """Make this a token of the oldest admin or, if there are no users, of a new one. A previously configured
    token is revoked. Raises Misconfigured if the secret is malformed, or there are users but no admin.
    """
    if not is_well_formed(secret):
        raise Misconfigured(
            "EVERPOST_ADMIN_TOKEN is not a valid token. Generate one with: everpost token generate"
        )
    found = await store.tokens.find(digest(secret))
    if found is not None:
        token, owner = found
        if owner.is_enabled_admin:
            return
        with suppress(NotFound):  # its owner is no admin any more: an admin gets it below
            await store.tokens.remove(token.id, user_id=owner.id)
    moment = now()
    admin = await _oldest_admin(store) or await _add_first(store, moment) or await _oldest_admin(store)
    if admin is None:
        raise Misconfigured(
            "EVERPOST_ADMIN_TOKEN belongs to an admin, but no user of the blog is one."
            " Add one with: everpost user add --role admin"
        )
    given = _token(new_id(), admin, _GIVEN, secret, moment)
    try:
        await store.tokens.add(given)
        record(ADMIN_TOKEN_CHANGED, user=admin.id, token=given.id)
    except TooManyTokens:
        raise Misconfigured(
            f"{admin.email} already has the maximum number of tokens: revoke one to use {_GIVEN}."
        ) from None
    except Conflict:  # a server that starts concurrently has added it
        pass
    for token in await _tokens_of(store, admin):
        if token.name == _GIVEN and token.created_at < moment and token.digest != digest(secret):
            with suppress(NotFound):
                await store.tokens.remove(token.id, user_id=admin.id)


async def make_first_token(store: Store) -> str | None:
    """Create a token for the first admin, and the admin too if there are no users. Returns the secret; None
    if there are other users, the admin can log in, or a server that starts concurrently creates the token.

    The token has the id of the admin, so only one of several servers can add it. It is revoked after seven
    days, when the admin sets up the blog or sets a first password, or when another of the admin's tokens that
    has all scopes and does not expire is first used.
    """
    moment = now()
    only = UserQuery(limit=1)
    users = await store.users.page(only)
    if not users.rows:
        await _add_first(store, moment)
        users = await store.users.page(only)
    first = users.rows[0] if users.rows else None
    if first is None or users.has_more or not await _is_locked_out(store, first):
        return None
    secret = new_secret()
    try:
        token = _token(first.id, first, "First start", secret, moment)
        ending = replace(token, kind=TokenKind.FIRST, expires_at=moment + FIRST_TOKEN_LIFETIME)
        await store.tokens.add(ending)
    except (Conflict, NotFound):
        return None
    return secret


async def _is_locked_out(store: Store, user: User) -> bool:
    """Whether this admin cannot log in: the first start was interrupted before there was a token, or the
    token has expired.
    """
    if not user.is_enabled_admin or user.password_hash is not None:
        return False
    if await store.passkeys.of_user(user.id):
        return False
    return all(token.is_expired(now()) for token in await _tokens_of(store, user))


async def _tokens_of(store: Store, user: User) -> Sequence[Token]:
    return (await store.tokens.page(TokenQuery(user_id=user.id, limit=_ALL))).rows


async def _add_first(store: Store, moment: datetime) -> User | None:
    """Add the first user, and return it; None if there is a user already."""
    new = User(
        id=new_id(),
        name=FIRST_NAME,
        email=FIRST_EMAIL,
        role=Role.ADMIN,
        created_at=moment,
        updated_at=moment,
    )
    try:
        user = await store.users.add(new, is_first=True)
    except Conflict:
        return None
    record(FIRST_ADMIN_CREATED, user=user.id)
    return user


async def has_admin(store: Store) -> bool:
    """Whether there is an enabled admin."""
    return await _oldest_admin(store) is not None


async def _oldest_admin(store: Store) -> User | None:
    after: Position | None = None
    while True:
        page = await store.users.page(UserQuery(limit=MAX_LIMIT, after=after))
        for user in page.rows:
            if user.is_enabled_admin:
                return user
        if not page.has_more:
            return None
        after = page.rows[-1].position


def _token(id: Id, user: User, name: str, secret: str, moment: datetime) -> Token:
    return Token(
        id=id,
        user_id=user.id,
        name=name,
        scopes=ROLE_SCOPES[user.role],
        digest=digest(secret),
        created_at=moment,
    )
