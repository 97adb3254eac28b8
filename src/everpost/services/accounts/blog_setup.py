"""Setting up a new blog: its title, and the first admin's name, email address and password."""

from dataclasses import dataclass, field
from datetime import timedelta

from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.people.tokens import Scope, Token
from everpost.domain.people.users import UserQuery
from everpost.errors import Invalid, Unauthenticated
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.tokens import identify
from everpost.services.accounts.users import UserEdit, change_account
from everpost.services.blog import change_blog
from everpost.stores.port import Store

_USED = "The token is invalid, expired or revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogSetup:
    """The choices of the first admin."""

    secret: str = field(repr=False)
    """The secret of the first start's token, or of `EVERPOST_ADMIN_TOKEN`."""
    title: str
    name: str
    email: str
    password: str = field(repr=False)


async def awaits_setup(store: Store) -> bool:
    """Whether nobody but an admin without a password uses the blog."""
    users = await store.users.page(UserQuery(limit=1))
    return not users.has_more and all(
        user.is_enabled_admin and user.password_hash is None for user in users.rows
    )


async def set_up(store: Store, given: BlogSetup, login: Login, lifetime: timedelta) -> tuple[str, Token]:
    """Set up the blog, and log the admin in. Returns the login's secret and token.

    The password is set only if the admin has none in the statement that sets it, which also revokes the first
    start's token. So one of several attempts succeeds; the others, like those with any other token, raise
    Unauthenticated and change nothing. Raises Invalid, Conflict("email").
    """
    actor = await identify(store, given.secret)
    user = actor.require_all(Scope.ADMIN)
    if user.password_hash is not None:
        raise Unauthenticated(_USED, is_bad_token=True)
    edit = UserEdit(name=given.name, email=given.email, password=given.password)
    try:
        admin = await change_account(store, actor, edit, match=None)
    except Invalid as error:
        if error.field != "current_password":
            raise
        raise Unauthenticated(_USED, is_bad_token=True) from None  # another attempt has set a password since
    await change_blog(store, actor, BlogChange(updated_at=now(), title=given.title), match=None)
    return await start_login(store, admin, login, lifetime, password_hash=admin.password_hash)
