"""Passwords: hashed with argon2id, slowly on purpose, in threads of their own."""

import unicodedata
from contextlib import suppress
from functools import cache, partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from everpost.domain.people.password_hashes import cost_of
from everpost.domain.people.users import checked_password
from everpost.domain.text import unstorable_reason
from everpost.errors import Invalid
from everpost.services.accounts.password_queue import PasswordQueue
from everpost.services.accounts.weak_passwords import is_weak

_THREADS = 2
"""Each hash takes 64 MiB and four lanes: more at a time would starve requests that only read."""

TOO_WEAK = "is too easy to guess: avoid common passwords, patterns, your name and your address"
_hasher = PasswordHasher()
_queue = PasswordQueue(_THREADS)


async def hash_password(password: str) -> str:
    """The hash of a new password. Invalid: it is too short, too long, or cannot be stored."""
    _require_storable(password)
    return await _queue.run(partial(_hash, checked_password(password)))


async def hash_new_password(password: str, *about: str) -> str:
    """The hash of a password that a user chooses. Invalid, also if it is easy to guess for somebody who knows
    these words about the user.
    """

    def work() -> str:
        if is_weak(password, (*about, "everpost")):
            raise Invalid("password", TOO_WEAK)
        return _hash(password)

    _require_storable(checked_password(password))
    return await _queue.run(work)


async def is_right(password: str, password_hash: str | None, *, by_stranger: bool = False) -> bool:
    """Whether the password matches the hash. Without a hash it does not, which takes just as long to find
    out. Busy: the queue is full.
    """
    return await _queue.run(partial(_is_right, password, password_hash), is_stranger=by_stranger)


def _require_storable(password: str) -> None:
    reason = unstorable_reason(password)
    if reason is not None:
        raise Invalid("password", f"cannot be used: {reason}")


def is_outdated(password_hash: str) -> bool:
    """Whether a hash made today would be a stronger one."""
    return _hasher.check_needs_rehash(password_hash)


def _hash(password: str) -> str:
    return _hasher.hash(_as_bytes(password))


def _is_right(password: str, password_hash: str | None) -> bool:
    of_nobody = _hash_of_nobody()  # made by whichever check is the first, so that it tells nothing
    work = _work_of(password_hash)
    matches = _matches(password, password_hash if password_hash is not None and work else of_nobody)
    if 0 < work < _work_of(of_nobody):  # a fast answer would tell that there is such a user
        _matches(password, of_nobody)
    return matches and work > 0


def _work_of(password_hash: str | None) -> int:
    """The cost of a check; 0: there is nothing to check."""
    with suppress(Invalid):
        return 0 if password_hash is None else cost_of(password_hash).work
    return 0


def _matches(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, _as_bytes(password))
    except (VerificationError, InvalidHashError, ValueError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("a dummy password")


def _as_bytes(password: str) -> bytes:
    """One password, whichever way a keyboard composes its accents (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
