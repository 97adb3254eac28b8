"""Password resets: a link with which a user sets a new password without the old one."""

from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, TokenKind, digest, is_well_formed
from everpost.domain.people.users import Revocation, User, UserChange, checked_name
from everpost.errors import Forbidden, NotFound, Stale, Unauthenticated
from everpost.services.accounts.passwords import hash_new_password
from everpost.services.accounts.tokens import Provenance, TokenDraft, issue_token
from everpost.services.security_events import USER_CHANGED, record
from everpost.stores.port import Store

RESET_LIFETIME = timedelta(days=1)
INVITATION_LIFETIME = timedelta(days=7)
_REFUSED = "The link is invalid, has expired or has been used."


async def create_reset(store: Store, actor: Actor, user_id: Id) -> str:
    """Create a token that sets the user's password, once; return its secret. It works for a day or, if it
    sets the first password, as long as an invitation. Raises Unauthenticated, Forbidden (also if the user is
    disabled), NotFound.
    """
    actor.require_all(Scope.ADMIN)
    user = await store.users.get(user_id)
    if user.disabled_at is not None:
        raise Forbidden("The user is disabled. Enable the account first.")
    draft = TokenDraft(name="Password reset", scopes=frozenset(), expires_at=now() + lifetime_for(user))
    secret, _ = await issue_token(store, user, draft, Provenance(kind=TokenKind.RESET))
    return secret


def lifetime_for(user: User) -> timedelta:
    """How long a new link works for this user."""
    return INVITATION_LIFETIME if user.password_hash is None else RESET_LIFETIME


async def find_reset(store: Store, secret: str) -> User:
    """The user whose password this token sets. Raises Unauthenticated."""
    found = await store.tokens.find(digest(secret)) if is_well_formed(secret) else None
    if found is None:
        raise Unauthenticated(_REFUSED, is_bad_token=True)
    token, user = found
    if token.kind is not TokenKind.RESET or token.is_expired(now()) or user.disabled_at is not None:
        raise Unauthenticated(_REFUSED, is_bad_token=True)
    return user


async def reset_password(store: Store, secret: str, password: str, *, name: str | None = None) -> User:
    """Set the password of the token's user, and the name if one is given, and return the user. The same write
    revokes all logins, and all tokens of this kind. Raises Unauthenticated; Invalid.

    The user must not have changed since the token was checked; otherwise, it is checked again. So one of
    several attempts succeeds.
    """
    while True:
        user = await find_reset(store, secret)
        change = UserChange(
            updated_at=now(),
            name=None if name is None else checked_name(name),
            password_hash=await hash_new_password(password, name or user.name, user.email),
            revocation=Revocation(),
        )
        try:
            saved = await store.users.save(user.id, change, match=frozenset({user.revision}))
        except (Stale, NotFound):
            continue
        changed = ["password"] if name is None else ["name", "password"]
        record(USER_CHANGED, user=user.id, changed=changed, by=user.id)
        return saved
