"""What one does with tokens."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from everpost.domain.actors import Actor
from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.tokens import (
    MAX_TOKEN_NAME,
    ROLE_SCOPES,
    Scope,
    Token,
    digest,
    is_well_formed,
    new_secret,
)
from everpost.domain.users import User
from everpost.errors import EverpostError, Forbidden, Invalid, Unauthenticated
from everpost.services.security_events import (
    TOKEN_CREATED,
    TOKEN_REFUSED,
    TOKEN_REVOKED,
    record,
    record_bounded,
)
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """A token to be made."""

    name: str
    scopes: frozenset[Scope] | None = None
    """None: all that its maker has."""
    expires_at: datetime | None = None


async def identify(store: Store, secret: str) -> Actor:
    """Who shows this token, with what it allows. Unauthenticated: it is malformed, unknown or expired,
    or its owner is disabled; which of these is not told.
    """
    found = await store.tokens.find(digest(secret)) if is_well_formed(secret) else None
    moment = now()
    if found is not None and not _is_good(*found, moment):
        record_bounded(TOKEN_REFUSED, found[0].id, token=found[0].id, user=found[1].id)
    if found is None or not _is_good(*found, moment):
        raise Unauthenticated("This token is not good, or no longer.", is_bad_token=True)
    token, user = found
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if token.last_used_at is None or token.last_used_at < day:
        with suppress(EverpostError):  # nobody is kept out for that
            await store.tokens.mark_used(token.id, day)
    return Actor.of(user, token.scopes)


def _is_good(token: Token, user: User, moment: datetime) -> bool:
    return user.disabled_at is None and (token.expires_at is None or moment < token.expires_at)


async def create_token(store: Store, actor: Actor, draft: TokenDraft) -> tuple[str, Token]:
    """The secret of a new token of the actor's, which is nowhere else, and the token. Unauthenticated,
    Forbidden (it would allow more than the one that asks for it), Invalid.
    """
    user = actor.require(Scope.ACCOUNT)
    if draft.scopes is not None and not draft.scopes <= actor.scopes:
        raise Forbidden("A token cannot allow more than the one with which you make it.")
    return await issue_token(store, user, draft, most=actor.scopes)


async def issue_token(
    store: Store, user: User, draft: TokenDraft, *, most: frozenset[Scope] | None = None
) -> tuple[str, Token]:
    """The secret of a new token of this user's, and the token; with no scopes beyond `most` and those
    of the role. Forbidden (it asks for one that the role does not have), Invalid, NotFound.
    """
    of_role = ROLE_SCOPES[user.role]
    if draft.scopes is not None and not draft.scopes <= of_role:
        raise Forbidden(f"The role {user.role} does not have all these scopes.")
    moment = now()
    if draft.expires_at is not None and draft.expires_at <= moment:
        raise Invalid("expires_at", "is not in the future")
    secret = new_secret()
    token = Token(
        id=new_id(),
        user_id=user.id,
        name=_checked_name(draft.name),
        scopes=(of_role if draft.scopes is None else draft.scopes) & (of_role if most is None else most),
        digest=digest(secret),
        created_at=moment,
        expires_at=draft.expires_at,
    )
    await store.tokens.add(token)
    record(
        TOKEN_CREATED,
        token=token.id,
        user=user.id,
        scopes=sorted(token.scopes),
        expires_at=token.expires_at and token.expires_at.isoformat(),
    )
    return secret, token


async def list_tokens(store: Store, actor: Actor, user_id: Id | None = None) -> Sequence[Token]:
    """The tokens of the actor, or those of a user, the oldest first. Unauthenticated, Forbidden,
    NotFound.
    """
    owner_id = _owner_id(actor, user_id)
    if owner_id != actor.id:
        await store.users.get(owner_id)
    return await store.tokens.of_user(owner_id)


async def revoke(store: Store, actor: Actor, id: Id) -> None:
    """Make the token, the actor's own, or anybody's for an admin, useless from now on. Unauthenticated,
    Forbidden, NotFound.
    """
    user = actor.require(Scope.ACCOUNT)
    await store.tokens.remove(id, user_id=None if Scope.ADMIN in actor.scopes else user.id)
    record(TOKEN_REVOKED, token=id, by=actor.id)


def _owner_id(actor: Actor, user_id: Id | None) -> Id:
    """Whose tokens it is about."""
    if user_id is not None and user_id != actor.id:
        actor.require(Scope.ADMIN)
        return user_id
    return actor.require(Scope.ACCOUNT).id


def _checked_name(text: str) -> str:
    name = text.strip()
    if not name:
        raise Invalid("name", "is empty")
    if len(name) > MAX_TOKEN_NAME:
        raise Invalid("name", f"has more than {MAX_TOKEN_NAME} characters")
    return name
