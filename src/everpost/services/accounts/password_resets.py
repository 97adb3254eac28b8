"""Links with which users set a password, once: invitations, and links for those who forgot theirs."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, Token, TokenKind, digest, is_well_formed
from everpost.domain.people.users import Revocation, User, UserChange, checked_name
from everpost.errors import Forbidden, NotFound, Stale, Unauthenticated
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.passwords import hash_new_password
from everpost.services.accounts.tokens import Provenance, TokenDraft, issue_token
from everpost.services.accounts.users import UserDraft, add_user
from everpost.services.security_events import (
    LOGIN_FAILED,
    RESET_LINK_CREATED,
    USER_CHANGED,
    record,
    record_from,
)
from everpost.stores.port import Store

RESET_LIFETIME = timedelta(days=1)
INVITATION_LIFETIME = timedelta(days=7)
_REFUSED = "The link is invalid, has expired or has been used."


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetLink:
    """A link to the page on which the user sets a password."""

    user: User
    secret: str = field(repr=False)
    expires_at: datetime

    @property
    def path(self) -> str:
        """The path and the fragment, below the home page of the blog. Browsers do not send the fragment."""
        page = "invitation" if self.user.password_hash is None else "reset"
        return f"/desk/{page}#{self.secret}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The choices of a user who has opened a link."""

    secret: str = field(repr=False)
    password: str = field(repr=False)
    name: str | None = None
    """None: the name stays."""


async def create_reset(store: Store, actor: Actor, user_id: Id) -> ResetLink:
    """Create a link that sets the user's password, once, in place of earlier ones. It works for a day or, if
    it sets the first password, as long as an invitation. Raises Unauthenticated, Forbidden (also if the user
    is disabled, or the actor), NotFound.
    """
    actor.require_all(Scope.ADMIN)
    if user_id == actor.id:
        raise Forbidden("You cannot create a link for yourself: change your password instead.")
    user = await store.users.get(user_id)
    if user.disabled_at is not None:
        raise Forbidden("The user is disabled. Enable the account first.")
    lifetime = INVITATION_LIFETIME if user.password_hash is None else RESET_LIFETIME
    expires_at = now() + lifetime
    draft = TokenDraft(name="Password reset", scopes=frozenset(), expires_at=expires_at)
    secret, token = await issue_token(store, user, draft, Provenance(kind=TokenKind.RESET))
    record(RESET_LINK_CREATED, user=user.id, token=token.id, by=actor.id)
    return ResetLink(user=user, secret=secret, expires_at=expires_at)


async def invite(store: Store, actor: Actor, draft: UserDraft) -> ResetLink:
    """Add a user, and create a link with which the user chooses a name and a password. If the link cannot be
    created, the user stays, and `create_reset` creates another. Raises as `add_user` does.
    """
    user = await add_user(store, actor, replace(draft, password=None))
    return await create_reset(store, actor, user.id)


async def reset_password(
    store: Store, given: Acceptance, login: Login, lifetime: timedelta
) -> tuple[str, Token]:
    """Set the password of the link's user, and the name if one is given, and log the user in. Returns the
    login's secret and token. The write that sets the password revokes all logins and links of the user.
    Raises Unauthenticated; Invalid.

    The user must not have changed since the link was checked; otherwise, it is checked again. So one of
    several attempts succeeds.
    """
    try:
        user = await _save_password(store, given)
    except Unauthenticated:
        await record_from(store, login.address, LOGIN_FAILED, user=None)
        raise
    try:
        return await start_login(store, user, login, lifetime, password_hash=user.password_hash)
    except (Stale, NotFound):  # the user has been changed or removed since
        raise Unauthenticated(_REFUSED) from None


async def _find_owner(store: Store, secret: str) -> User:
    """The user whose password this secret sets. Raises Unauthenticated."""
    found = await store.tokens.find(digest(secret)) if is_well_formed(secret) else None
    if found is None:
        raise Unauthenticated(_REFUSED)
    token, user = found
    if token.kind is not TokenKind.RESET or token.is_expired(now()) or user.disabled_at is not None:
        raise Unauthenticated(_REFUSED)
    return user


async def _save_password(store: Store, given: Acceptance) -> User:
    name = given.name
    while True:
        user = await _find_owner(store, given.secret)
        change = UserChange(
            updated_at=now(),
            name=None if name is None else checked_name(name),
            password_hash=await hash_new_password(given.password, name or user.name, user.email),
            revocation=Revocation(),
        )
        try:
            saved = await store.users.save(user.id, change, match=frozenset({user.revision}))
        except (Stale, NotFound):
            continue
        changed = ["password"] if name is None else ["name", "password"]
        record(USER_CHANGED, user=user.id, changed=changed, by=user.id)
        return saved
