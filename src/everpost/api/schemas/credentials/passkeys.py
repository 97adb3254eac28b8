"""Passkeys as JSON."""

from typing import Annotated, NotRequired, TypeAlias

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import Name
from everpost.api.schemas.text import ReadId, ReadTimestamp, format_timestamp
from everpost.api.schemas.users import Password
from everpost.domain.people.passkeys import Passkey

PasskeyOptions: TypeAlias = dict[str, object]
"""As `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` accept them."""
Credential = Annotated[
    dict[str, object],
    Field(description="The `PublicKeyCredential` that the browser returned, as its `toJSON()` gives it."),
]


@with_config(ConfigDict(extra="forbid", strict=True))
class SetupPasskey(TypedDict):
    """A passkey of the first admin."""

    name: Name
    credential: Credential


@with_config(ConfigDict(extra="forbid", strict=True))
class PasskeyCreate(TypedDict):
    """A new passkey."""

    name: Name
    credential: Credential
    current_password: NotRequired[
        Annotated[
            Password,
            Field(
                description="Required if you have a password, unless the token is a login that is less than"
                " 15 minutes old."
            ),
        ]
    ]


@with_config(ConfigDict(extra="forbid", strict=True))
class PasskeyLogin(TypedDict):
    """A login with a passkey."""

    credential: Credential


@with_config(ConfigDict(extra="forbid"))
class PasskeyRead(TypedDict):
    """A passkey, without its key."""

    id: ReadId
    name: Name
    created_at: ReadTimestamp


def read_passkey(passkey: Passkey) -> PasskeyRead:
    """The passkey as JSON."""
    return {"id": passkey.id, "name": passkey.name, "created_at": format_timestamp(passkey.created_at)}
