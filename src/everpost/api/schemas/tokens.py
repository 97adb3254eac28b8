"""Tokens and logins as JSON."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import (
    STORABLE_PATTERN,
    ReadId,
    ReadTimestamp,
    Storable,
    Timestamp,
    format_timestamp,
)
from everpost.api.schemas.users import Email, Password
from everpost.domain.people.tokens import MAX_TOKEN_NAME, Scope, Token, TokenKind

TokenName = Annotated[
    str, Field(min_length=1, max_length=MAX_TOKEN_NAME, json_schema_extra=STORABLE_PATTERN), Storable
]
SentScopes = Annotated[list[Annotated[Scope, Field(strict=False)]], Field(max_length=len(Scope))]
Secret = Annotated[str, Field(description="The secret, shown only once.")]


@with_config(ConfigDict(extra="forbid", strict=True))
class TokenCreate(TypedDict):
    """A new token. If `scopes` is omitted, it has those of the token sent with the request."""

    name: TokenName
    scopes: NotRequired[SentScopes]
    expires_at: NotRequired[Timestamp]
    current_password: NotRequired[
        Annotated[
            Password,
            Field(description="Required if the new token has more scopes than yours, or expires later."),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class TokenRead(TypedDict):
    """A token, without its secret."""

    id: ReadId
    name: TokenName
    kind: Annotated[
        TokenKind,
        Field(
            description="`login`: from `POST /login` or the desk; `first`: from the first start;"
            " `reset`: sets a new password, once; `named`: any other."
        ),
    ]
    login_id: Annotated[
        ReadId | None,
        Field(description="The login during which the token was created, and with which it ends."),
    ]
    scopes: list[Scope]
    created_at: ReadTimestamp
    expires_at: ReadTimestamp | None
    last_used_at: Annotated[
        str | None,
        Field(description="The day of the last use, in UTC.", json_schema_extra={"format": "date"}),
    ]


@with_config(ConfigDict(extra="forbid"))
class TokenCreated(TokenRead):
    """A new token, with its secret."""

    token: Secret


@with_config(ConfigDict(extra="forbid", strict=True))
class LoginForm(TypedDict):
    """The form of an OAuth 2 password grant (RFC 6749, section 4.3.2)."""

    username: Annotated[Email, Field(description="The email address of a user.")]
    password: Password
    grant_type: NotRequired[Literal["password"]]
    scope: NotRequired[
        Annotated[
            str,
            Field(
                description="The scopes of the token, separated by spaces. Default: all scopes of your role."
            ),
        ]
    ]
    client_id: NotRequired[str]
    client_secret: NotRequired[str]


@with_config(ConfigDict(extra="forbid"))
class LoginCreated(TypedDict):
    """A new bearer token that expires."""

    access_token: Secret
    token_type: Literal["bearer"]
    expires_at: ReadTimestamp
    id: Annotated[ReadId, Field(description="The token's id, for `DELETE /tokens/{token_id}`.")]


def read_login(secret: str, token: Token) -> LoginCreated:
    """The new login as JSON."""
    return {
        "access_token": secret,
        "token_type": "bearer",
        "expires_at": format_timestamp(token.expires_at or token.created_at),
        "id": token.id,
    }


def read_token(token: Token) -> TokenRead:
    """The token as JSON."""
    return {
        "id": token.id,
        "name": token.name,
        "kind": token.kind,
        "login_id": token.login_id,
        "scopes": sorted(token.scopes),
        "created_at": format_timestamp(token.created_at),
        "expires_at": None if token.expires_at is None else format_timestamp(token.expires_at),
        "last_used_at": None if token.last_used_at is None else token.last_used_at.date().isoformat(),
    }
