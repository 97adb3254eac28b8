"""Setting up a new blog: its title, and the first admin's name, email address, password or passkey."""

from dataclasses import dataclass, field
from datetime import timedelta

from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, Token
from everpost.domain.people.users import (
    Revocation,
    User,
    UserChange,
    UserQuery,
    checked_email,
    checked_name,
)
from everpost.errors import Busy, Conflict, Forbidden, Invalid, Stale
from everpost.services.accounts import passkeys
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.passkeys import NewPasskey, Site
from everpost.services.accounts.passwords import hash_new_password
from everpost.services.security_events import PASSKEY_ADDED, SETTINGS_CHANGED, USER_CHANGED, record
from everpost.stores.port import Store

_ATTEMPTS = 3
_DONE = "The blog has already been set up."


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogSetup:
    """The choices of the first admin, who needs a password, a passkey or both."""

    title: str
    name: str
    email: str
    password: str | None = field(default=None, repr=False)
    passkey: NewPasskey | None = None


async def awaits_setup(store: Store) -> bool:
    """Whether nobody but an admin without a password and without passkeys uses the blog."""
    return await _first_admin(store) is not None


async def passkey_options(store: Store, site: Site) -> str | None:
    """The options of `navigator.credentials.create()` for the first admin, as JSON. Scripts replace the name
    and the email address. None: the blog has been set up.
    """
    admin = await _first_admin(store)
    return None if admin is None else await passkeys.options_of(store, admin, site, "")


async def set_up(
    store: Store, actor: Actor, given: BlogSetup, login: Login, lifetime: timedelta
) -> tuple[str, Token]:
    """Set up the blog, and log the admin in. Returns the login's secret and token.

    One transaction changes the user and the settings, adds the passkey and revokes the first start's token,
    only if the user has not changed since it had neither a password nor a passkey. So one of several attempts
    succeeds; the others change nothing. Raises Unauthenticated, Forbidden (also if the blog has been set up),
    Invalid, Conflict("email"), Conflict("passkey.credential"), Busy.
    """
    actor.require_all(Scope.ADMIN)
    if given.password is None and given.passkey is None:
        raise Invalid("password", "is required, unless there is a passkey")
    for _ in range(_ATTEMPTS):
        admin = await _first_admin(store)
        if admin is None or admin.id != actor.id:
            raise Forbidden(_DONE)
        try:
            saved = await _save(store, admin, given)
        except Stale:
            continue
        except Conflict as error:
            if error.noun == "passkey":
                error.field = "passkey.credential"
            raise
        return await start_login(store, saved, login, lifetime, password_hash=saved.password_hash)
    raise Busy


async def _first_admin(store: Store) -> User | None:
    """The only user, if it is an enabled admin without a password and without passkeys."""
    users = await store.users.page(UserQuery(limit=1))
    if users.has_more or not users.rows:
        return None
    user = users.rows[0]  # read before the passkeys: a setup that adds one changes the user
    is_new = user.is_enabled_admin and user.password_hash is None
    return user if is_new and not await store.passkeys.of_user(user.id) else None


async def _save(store: Store, admin: User, given: BlogSetup) -> User:
    """Make the changes. Raises Stale if the user has changed."""
    moment = now()
    name, email = checked_name(given.name), checked_email(given.email)
    password_hash = None
    if given.password is not None:
        password_hash = await hash_new_password(given.password, name, email)
    passkey = None
    if given.passkey is not None:
        try:
            passkey = await passkeys.verified(store, admin, given.passkey)
        except Invalid as error:
            raise Invalid(f"passkey.{error.field}", error.reason) from None
    change = UserChange(
        updated_at=moment, name=name, email=email, password_hash=password_hash, revocation=Revocation()
    )
    saved = await store.users.set_up(
        admin.id,
        change,
        blog=BlogChange(updated_at=moment, title=given.title),
        passkey=passkey,
        match=frozenset({admin.revision}),
    )
    changed = ["name", "email"] if password_hash is None else ["name", "email", "password"]
    record(USER_CHANGED, user=admin.id, changed=changed, by=admin.id)
    record(SETTINGS_CHANGED, changed=["title"], by=admin.id)
    if passkey is not None:
        record(PASSKEY_ADDED, passkey=passkey.id, user=admin.id)
    return saved
