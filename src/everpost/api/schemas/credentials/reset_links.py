"""Links with which users set a password, and what users send after opening them, as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import Name
from everpost.api.schemas.text import ReadTimestamp, format_timestamp
from everpost.api.schemas.tokens import Secret
from everpost.api.schemas.users import Email, NewPassword, SentRole, UserRead, read_user
from everpost.services.accounts.password_resets import ResetLink


@with_config(ConfigDict(extra="forbid", strict=True))
class InvitationCreate(TypedDict):
    """A new user, who chooses a password with a link."""

    name: Name
    email: Email
    role: SentRole


@with_config(ConfigDict(extra="forbid"))
class ResetLinkRead(TypedDict):
    """A link with which a user sets a password, once."""

    token: Annotated[Secret, Field(description="The secret in the link, for `POST /login/reset`.")]
    url: Annotated[
        str | None,
        Field(
            description="The page on which the user sets the password; null if this server has no pages and"
            " the blog has no `base_url`."
        ),
    ]
    expires_at: ReadTimestamp


@with_config(ConfigDict(extra="forbid"))
class InvitationRead(TypedDict):
    """The new user, and the link to send."""

    user: UserRead
    link: ResetLinkRead


@with_config(ConfigDict(extra="forbid", strict=True))
class PasswordReset(TypedDict):
    """A new password."""

    token: Annotated[str, Field(max_length=1_000, description="The secret in the link: the part after `#`.")]
    password: NewPassword
    name: NotRequired[Annotated[Name, Field(description="A new name. Default: the name stays.")]]


def read_reset_link(link: ResetLink, base: str | None) -> ResetLinkRead:
    """The link as JSON. `base`: the URL of the blog's home page, without the trailing slash."""
    return {
        "token": link.secret,
        "url": None if base is None else f"{base}{link.path}",
        "expires_at": format_timestamp(link.expires_at),
    }


def read_invitation(link: ResetLink, base: str | None) -> InvitationRead:
    """The invitation as JSON."""
    return {"user": read_user(link.user), "link": read_reset_link(link, base)}
