"""Tokens: what a program shows instead of a password."""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from everpost.domain.ids import Id
from everpost.domain.users import Role

PREFIX = "evp_"
MAX_TOKEN_NAME = 100
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM = 32
"""Characters: 190 bits."""
_CHECKSUM = 6


class Scope(StrEnum):
    """What a token may be used for, at most: never for more than its owner's role allows."""

    POSTS_WRITE = "posts:write"
    COMMENTS_WRITE = "comments:write"
    COMMENTS_MODERATE = "comments:moderate"
    ACCOUNT = "account"
    """One's own name, email and password, and one's own tokens."""
    ADMIN = "admin"
    """Users, the tokens of others, the settings of the blog."""


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.AUTHOR: frozenset(Scope) - {Scope.ADMIN},
    Role.EDITOR: frozenset(Scope) - {Scope.ADMIN},
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as a store gives it. The secret itself is nowhere: only its digest is kept."""

    id: Id
    user_id: Id
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """The day, at midnight UTC."""


def new_secret() -> str:
    """A secret that nobody has: `evp_`, 32 random letters and digits, 6 that are their checksum, so that
    a scanner of leaked secrets can tell one from any other text.
    """
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return PREFIX + random + _checksum(random)


def is_well_formed(text: str) -> bool:
    """Whether `new_secret` can have made it."""
    random, checksum = text[len(PREFIX) : -_CHECKSUM], text[-_CHECKSUM:]
    return (
        text.startswith(PREFIX)
        and len(random) == _RANDOM
        and set(random) <= set(_ALPHABET)
        and checksum == _checksum(random)
    )


def digest(secret: str) -> str:
    """What is kept of a secret: SHA-256, 64 hexadecimal digits. It is random: a slow hash adds nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(random: str) -> str:
    """CRC-32 in base 62."""
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
