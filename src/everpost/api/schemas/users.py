"""Users as JSON, for admins and for themselves."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import Name
from everpost.api.schemas.text import STORABLE_PATTERN, ReadId, ReadTimestamp, Storable, format_timestamp
from everpost.domain.people.users import MAX_EMAIL, MAX_PASSWORD, MIN_PASSWORD, Role, User

Email = Annotated[
    str, Field(min_length=3, max_length=MAX_EMAIL, json_schema_extra=STORABLE_PATTERN), Storable
]
NewPassword = Annotated[
    str, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD, json_schema_extra=STORABLE_PATTERN), Storable
]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD), Storable]
RevokeLogins = Annotated[
    bool, Field(description="Revoke all of the user's logins except the one sent with this request.")
]
CurrentPassword = Annotated[
    Password, Field(description="Required to change your own password or email address.")
]
RevokeTokens = Annotated[
    bool, Field(description="Revoke all of the user's tokens except the one sent with this request.")
]
SentRole = Annotated[Role, Field(strict=False)]


@with_config(ConfigDict(extra="forbid", strict=True))
class UserCreate(TypedDict):
    """A new user. Without a password, the user cannot log in."""

    name: Name
    email: Email
    role: SentRole
    password: NotRequired[NewPassword]


@with_config(ConfigDict(extra="forbid", strict=True))
class UserUpdate(TypedDict, total=False):
    """The fields to change; omitted fields stay the same."""

    name: Name
    email: Email
    role: SentRole
    disabled: Annotated[
        bool,
        Field(description="Whether the account is disabled. Any change revokes all of the user's tokens."),
    ]
    password: NewPassword
    revoke_tokens: RevokeTokens
    revoke_logins: RevokeLogins
    current_password: CurrentPassword


@with_config(ConfigDict(extra="forbid", strict=True))
class AccountUpdate(TypedDict, total=False):
    """The fields of your account to change; omitted fields stay the same."""

    name: Name
    email: Email
    password: NewPassword
    revoke_tokens: RevokeTokens
    revoke_logins: RevokeLogins
    current_password: CurrentPassword


@with_config(ConfigDict(extra="forbid"))
class UserRead(TypedDict):
    """A user account."""

    id: ReadId
    name: Name
    email: Email
    role: Role
    has_password: bool
    created_at: ReadTimestamp
    updated_at: ReadTimestamp
    disabled_at: Annotated[
        ReadTimestamp | None, Field(description="When the account was disabled; null if it is enabled.")
    ]


def read_user(user: User) -> UserRead:
    """The user as JSON, for admins and for the user."""
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "has_password": user.password_hash is not None,
        "created_at": format_timestamp(user.created_at),
        "updated_at": format_timestamp(user.updated_at),
        "disabled_at": None if user.disabled_at is None else format_timestamp(user.disabled_at),
    }
