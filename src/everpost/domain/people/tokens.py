"""Tokens, with which programs authenticate instead of with a password."""

import hashlib
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import Role, User
from everpost.domain.records import Record
from everpost.errors import TooManyTokens

PREFIX = "evp_"
MAX_TOKEN_NAME = 100
MAX_TOKENS = 100
"""Per user."""
MAX_NAMED_TOKENS = MAX_TOKENS - 1
"""One token is reserved for a login."""
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM = 32
"""Characters: 190 bits."""
_CHECKSUM = 6


class Scope(StrEnum):
    """A permission of a token, within the limits of its owner's role."""

    POSTS_WRITE = "posts:write"
    COMMENTS_WRITE = "comments:write"
    COMMENTS_MODERATE = "comments:moderate"
    MEDIA_WRITE = "media:write"
    ACCOUNT = "account"
    """The user's own name, email address, password and tokens."""
    ADMIN = "admin"
    """All users and their tokens, and the settings of the blog."""


class TokenKind(StrEnum):
    """How a token was created."""

    LOGIN = "login"
    """Created by a login."""
    NAMED = "named"
    """Created with a name: by `POST /tokens`, a command or EVERPOST_ADMIN_TOKEN."""
    FIRST = "first"
    """Printed by the first start. It is revoked when its owner has another way to log in."""
    RESET = "reset"
    """Sets a password, once. It authenticates no request."""


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.AUTHOR: frozenset(Scope) - {Scope.ADMIN},
    Role.EDITOR: frozenset(Scope) - {Scope.ADMIN},
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Record):
    """A token as a store returns it. The secret itself is not stored, only its digest."""

    id: Id
    user_id: Id
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """The day, at midnight UTC."""
    kind: TokenKind = TokenKind.NAMED
    login_id: Id | None = None
    """The login during which this token was created, and with which it is revoked."""

    @property
    def position(self) -> Position:
        return Position(self.created_at, self.id)

    def is_expired(self, moment: datetime) -> bool:
        """Whether the token has expired by this time."""
        return self.expires_at is not None and self.expires_at <= moment


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenQuery:
    """A page of a user's tokens, oldest first, after a position."""

    user_id: Id
    limit: int
    after: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenConditions:
    """The conditions under which a token may be created."""

    token_id: Id | None = None
    """The user must have this token."""
    password_hash: str | None = field(default=None, repr=False)
    """The stored hash of the user's password must be this, and the user must not be disabled."""

    def hold(self, user: User, tokens: Collection[Token]) -> bool:
        """Whether the conditions hold for this user, who has these tokens."""
        if self.token_id is not None and all(token.id != self.token_id for token in tokens):
            return False
        if self.password_hash is None:
            return True
        return user.disabled_at is None and user.password_hash == self.password_hash


def displaced(existing: Collection[Token], new: Token) -> frozenset[Id]:
    """The ids of a user's tokens that a new one replaces: those that have expired by its `created_at`; all of
    the kind `reset`, if it is one; and, if the maximum number is still reached, the oldest login and the
    tokens created during it. Raises TooManyTokens if the new token is named, and no login can be replaced.
    """
    gone = {
        token.id
        for token in existing
        if token.is_expired(new.created_at) or new.kind is token.kind is TokenKind.RESET
    }
    lasting = sorted((token for token in existing if token.id not in gone), key=lambda token: token.position)
    named = sum(token.kind is TokenKind.NAMED for token in lasting)
    if new.kind is TokenKind.NAMED and named >= MAX_NAMED_TOKENS:
        raise TooManyTokens(MAX_NAMED_TOKENS)
    logins = [token.id for token in lasting if token.kind is not TokenKind.NAMED and token.id != new.login_id]
    ended = set(logins[: max(0, len(lasting) + 1 - MAX_TOKENS)])
    return frozenset(gone | ended | {token.id for token in lasting if token.login_id in ended})


def new_secret() -> str:
    """A new secret: `evp_`, 32 random letters and digits, and a checksum of 6, by which scanners for leaked
    secrets can recognize it.
    """
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return PREFIX + random + _checksum(random)


def is_well_formed(text: str) -> bool:
    """Whether `new_secret` can have created this text."""
    random, checksum = text[len(PREFIX) : -_CHECKSUM], text[-_CHECKSUM:]
    return (
        text.startswith(PREFIX)
        and len(random) == _RANDOM
        and set(random) <= set(_ALPHABET)
        and checksum == _checksum(random)
    )


def digest(secret: str) -> str:
    """The stored form of a secret: SHA-256, 64 hexadecimal digits. As secrets are random, a slow hash would
    add nothing.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(random: str) -> str:
    """CRC-32 in base 62."""
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
