"""Tokens, and how to get one, as JSON."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import STORABLE_PATTERN, Moment, ReadId, ReadMoment, Storable, written
from everpost.api.schemas.users import Email, Password
from everpost.domain.tokens import MAX_TOKEN_NAME, Scope, Token, TokenKind

TokenName = Annotated[
    str, Field(min_length=1, max_length=MAX_TOKEN_NAME, json_schema_extra=STORABLE_PATTERN), Storable
]
SentScopes = Annotated[list[Annotated[Scope, Field(strict=False)]], Field(max_length=len(Scope))]
Secret = Annotated[str, Field(description="Shown here and nowhere else.")]


@with_config(ConfigDict(extra="forbid", strict=True))
class TokenCreate(TypedDict):
    """A new token of yours, with the scopes of the one that you use where none are named."""

    name: TokenName
    scopes: NotRequired[SentScopes]
    expires_at: NotRequired[Moment]
    current_password: NotRequired[
        Annotated[
            Password,
            Field(description="Needed if the new token is to outlive yours or have more scopes."),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class TokenRead(TypedDict):
    """A token, but not what it says."""

    id: ReadId
    name: TokenName
    kind: Annotated[
        TokenKind, Field(description="`login`: by `/login`; `first`: by the first start; `named`: others.")
    ]
    login_id: Annotated[
        ReadId | None, Field(description="The login that made this token; both end together.")
    ]
    scopes: list[Scope]
    created_at: ReadMoment
    expires_at: ReadMoment | None
    last_used_at: Annotated[
        str | None, Field(description="The day, in UTC.", json_schema_extra={"format": "date"})
    ]


@with_config(ConfigDict(extra="forbid"))
class TokenMade(TokenRead):
    """A new token with what it says."""

    token: Secret


@with_config(ConfigDict(extra="forbid", strict=True))
class LoginForm(TypedDict):
    """What OAuth2 calls a password grant (RFC 6749, section 4.3.2)."""

    username: Annotated[Email, Field(description="The email address of a user.")]
    password: Password
    grant_type: NotRequired[Literal["password"]]
    scope: NotRequired[Annotated[str, Field(description="Scopes with blanks between them; empty: all.")]]
    client_id: NotRequired[str]
    client_secret: NotRequired[str]


@with_config(ConfigDict(extra="forbid"))
class LoginMade(TypedDict):
    """A token that expires."""

    access_token: Secret
    token_type: Literal["bearer"]
    expires_at: ReadMoment
    id: Annotated[ReadId, Field(description="The token's id, for `DELETE /tokens/{token_id}`.")]


def read_token(token: Token) -> TokenRead:
    """The token as its owner reads it."""
    return {
        "id": token.id,
        "name": token.name,
        "kind": token.kind,
        "login_id": token.login_id,
        "scopes": sorted(token.scopes),
        "created_at": written(token.created_at),
        "expires_at": None if token.expires_at is None else written(token.expires_at),
        "last_used_at": None if token.last_used_at is None else token.last_used_at.date().isoformat(),
    }
