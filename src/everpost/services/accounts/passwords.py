"""Password hashing with argon2id, which is slow on purpose, in separate threads."""

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
"""Each hash uses 64 MiB and four lanes: with more threads, other requests would starve."""

TOO_WEAK = "is too easy to guess: avoid common passwords, patterns, your name and your email address"
_hasher = PasswordHasher()
_queue = PasswordQueue(_THREADS)


async def hash_password(password: str) -> str:
    """The hash of a new password. Raises Invalid if it is too short, too long, or cannot be stored."""
    _require_storable(password)
    return await _queue.run(partial(_hash, checked_password(password)))


async def hash_new_password(password: str, *about: str) -> str:
    """The hash of a password that a user chooses. Raises Invalid as `hash_password` does, and also if the
    password is easy to guess for somebody who knows these words about the user.
    """

    def work() -> str:
        if is_weak(password, (*about, "everpost")):
            raise Invalid("password", TOO_WEAK)
        return _hash(password)

    _require_storable(checked_password(password))
    return await _queue.run(work)


async def is_right(password: str, password_hash: str | None, *, by_stranger: bool = False) -> bool:
    """Whether the password matches the hash. If there is no hash, it does not; this takes the same time as a
    check. Raises Busy if the queue is full.
    """
    return await _queue.run(partial(_is_right, password, password_hash), is_stranger=by_stranger)


def _require_storable(password: str) -> None:
    reason = unstorable_reason(password)
    if reason is not None:
        raise Invalid("password", f"cannot be used: {reason}")


def is_outdated(password_hash: str) -> bool:
    """Whether the current parameters would make a stronger hash."""
    return _hasher.check_needs_rehash(password_hash)


def _hash(password: str) -> str:
    return _hasher.hash(_as_bytes(password))


def _is_right(password: str, password_hash: str | None) -> bool:
    dummy = _dummy_hash()  # created by the first check of any kind, so that its time reveals nothing
    work = _work_of(password_hash)
    matches = _matches(password, password_hash if password_hash is not None and work else dummy)
    if 0 < work < _work_of(dummy):  # a faster answer would reveal that the user exists
        _matches(password, dummy)
    return matches and work > 0


def _work_of(password_hash: str | None) -> int:
    """The cost of a check; 0 if there is nothing to check."""
    with suppress(Invalid):
        return 0 if password_hash is None else cost_of(password_hash).work
    return 0


def _matches(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, _as_bytes(password))
    except (VerificationError, InvalidHashError, ValueError):
        return False


@cache
def _dummy_hash() -> str:
    return _hasher.hash("a dummy password")


def _as_bytes(password: str) -> bytes:
    """The password as bytes, independent of how a keyboard composes accents (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
