"""Creating, listing, checking and revoking tokens."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import (
    MAX_TOKEN_NAME,
    MAX_TOKENS,
    ROLE_SCOPES,
    Scope,
    Token,
    TokenConditions,
    TokenKind,
    TokenQuery,
    digest,
    is_well_formed,
    new_secret,
)
from everpost.domain.people.users import User
from everpost.errors import EverpostError, Forbidden, Invalid, NotFound, Stale, Unauthenticated
from everpost.services.accounts.reauthentication import Proof, require_password
from everpost.services.security_events import (
    TOKEN_CREATED,
    TOKEN_REFUSED,
    TOKEN_REVOKED,
    record,
    record_bounded,
)
from everpost.stores.port import Store

_REFUSED = "The token is invalid, expired or revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """A token to create."""

    name: str
    scopes: frozenset[Scope] | None = None
    """None: all scopes of its creator."""
    expires_at: datetime | None = None
    """None: never, or with the token that is used to create it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a token is created."""

    kind: TokenKind = TokenKind.NAMED
    login_id: Id | None = None
    conditions: TokenConditions | None = None


async def identify(store: Store, secret: str) -> Actor:
    """The actor of a token. Raises Unauthenticated if the token is malformed, unknown or expired, or its
    owner is disabled; the message does not say which.
    """
    found = await store.tokens.find(digest(secret)) if is_well_formed(secret) else None
    moment = now()
    if found is not None and not _is_valid(*found, moment):
        record_bounded(TOKEN_REFUSED, found[0].id, token=found[0].id, user=found[1].id)
    if found is None or not _is_valid(*found, moment):
        raise Unauthenticated(_REFUSED, is_bad_token=True)
    token, user = found
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if token.last_used_at is None or token.last_used_at < day:
        with suppress(EverpostError):  # the request succeeds even if the use cannot be recorded
            await _record_use(store, token, user, day)
    return Actor.of(user, token.scopes, token)


def _is_valid(token: Token, user: User, moment: datetime) -> bool:
    is_usable = token.kind is not TokenKind.RESET
    return is_usable and user.disabled_at is None and not token.is_expired(moment)


async def _record_use(store: Store, token: Token, user: User, day: datetime) -> None:
    """Record that the token is used. The first use of a token with all scopes and no expiry revokes the first
    start's token.
    """
    is_way_in = token.expires_at is None and token.scopes == ROLE_SCOPES[user.role]
    if token.last_used_at is None and is_way_in and token.kind is not TokenKind.FIRST:
        others = await store.tokens.page(TokenQuery(user_id=token.user_id, limit=MAX_TOKENS))
        for other in others.rows:
            if other.kind is TokenKind.FIRST:
                await store.tokens.remove(other.id, user_id=token.user_id)
    await store.tokens.mark_used(token.id, day)


async def create_token(
    store: Store, actor: Actor, draft: TokenDraft, proof: Proof | None = None
) -> tuple[str, Token]:
    """Create a token for the actor. Returns its secret, which is not stored, and the token.

    With the current password, the token may have all scopes of the role, and never expire. Without it, the
    token has no more scopes than the token of the request, expires no later, and, if that is a login, is
    revoked with it. Raises Unauthenticated, Forbidden, Invalid, TooManyTokens, TooMany.
    """
    user = actor.require(Scope.ACCOUNT)
    try:
        if proof is not None and proof.current_password is not None:
            password_hash = await require_password(
                store, user, proof, reason="is required to create this token"
            )
            provenance = Provenance(conditions=TokenConditions(password_hash=password_hash))
            return await issue_token(store, user, draft, provenance)
        return await issue_token(store, user, _bounded(draft, actor), _provenance(actor))
    except (NotFound, Stale):  # the user, the password or the token of the request has changed
        raise Unauthenticated(_REFUSED, is_bad_token=True) from None


def _bounded(draft: TokenDraft, actor: Actor) -> TokenDraft:
    """The draft, limited to the scopes and the expiry of the actor's token. Raises Forbidden."""
    if draft.scopes is not None and not draft.scopes <= actor.scopes:
        raise Forbidden(
            "A new token can have more scopes than yours only if you also send your current_password."
        )
    latest = None if actor.token is None else actor.token.expires_at
    if latest is not None and draft.expires_at is not None and draft.expires_at > latest:
        raise Forbidden(
            "A new token can expire later than yours only if you also send your current_password."
        )
    scopes = actor.scopes if draft.scopes is None else draft.scopes
    return replace(draft, scopes=scopes, expires_at=draft.expires_at or latest)


def _provenance(actor: Actor) -> Provenance:
    if actor.token is None:
        return Provenance()
    shown = actor.token
    login_id = shown.id if shown.kind is TokenKind.LOGIN else shown.login_id
    return Provenance(login_id=login_id, conditions=TokenConditions(token_id=shown.id))


async def issue_token(
    store: Store,
    user: User,
    draft: TokenDraft,
    provenance: Provenance | None = None,
    *,
    moment: datetime | None = None,
) -> tuple[str, Token]:
    """Create a token for this user, by default now. Returns its secret and the token. Raises Forbidden (the
    role does not include a requested scope), Invalid, NotFound, Stale, TooManyTokens.
    """
    of_role, provenance = ROLE_SCOPES[user.role], provenance or Provenance()
    if draft.scopes is not None and not draft.scopes <= of_role:
        raise Forbidden(f"The role {user.role} does not include all of these scopes.")
    moment = moment or now()
    if draft.expires_at is not None and draft.expires_at <= moment:
        raise Invalid("expires_at", "should be in the future")
    secret = new_secret()
    token = Token(
        id=new_id(),
        user_id=user.id,
        name=_checked_name(draft.name),
        scopes=of_role if draft.scopes is None else draft.scopes,
        digest=digest(secret),
        created_at=moment,
        expires_at=draft.expires_at,
        kind=provenance.kind,
        login_id=provenance.login_id,
    )
    await store.tokens.add(token, conditions=provenance.conditions)
    record(
        TOKEN_CREATED,
        token=token.id,
        user=user.id,
        scopes=" ".join(sorted(token.scopes)),
        expires_at=token.expires_at and token.expires_at.isoformat(),
    )
    return secret, token


async def page_tokens(
    store: Store, actor: Actor, user_id: Id | None = None, *, limit: int, after: Position | None = None
) -> Page[Token]:
    """A page of the actor's tokens or, for admins, of those of a user, oldest first. Raises Unauthenticated,
    Forbidden, NotFound.
    """
    owner_id = _owner_id(actor, user_id)
    if owner_id != actor.id:
        await store.users.get(owner_id)
    return await store.tokens.page(TokenQuery(user_id=owner_id, limit=limit, after=after))


async def read_last_uses(store: Store, actor: Actor, user_ids: Sequence[Id]) -> Mapping[Id, datetime]:
    """The day on which each of these users, at most 100, last used a token, if that token still exists.
    Raises Unauthenticated, Forbidden.
    """
    actor.require(Scope.ADMIN)
    return await store.tokens.last_uses(user_ids)


async def revoke(store: Store, actor: Actor, id: Id) -> None:
    """Revoke a token: the actor's own or, for admins, that of any user. Raises Unauthenticated, Forbidden,
    NotFound.
    """
    user = actor.require(Scope.ACCOUNT)
    await store.tokens.remove(id, user_id=None if Scope.ADMIN in actor.scopes else user.id)
    record(TOKEN_REVOKED, token=id, by=actor.id)


async def revoke_shown(store: Store, actor: Actor) -> None:
    """Revoke the token of the request, whatever its scopes. Raises Unauthenticated."""
    if actor.token is None:
        raise Unauthenticated
    with suppress(NotFound):  # it was revoked concurrently
        await store.tokens.remove(actor.token.id, user_id=actor.id)
        record(TOKEN_REVOKED, token=actor.token.id, by=actor.id)


def _owner_id(actor: Actor, user_id: Id | None) -> Id:
    """The owner of the tokens to list."""
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
