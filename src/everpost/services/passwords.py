"""Passwords: hashed with argon2id, slowly on purpose, in threads of their own."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from everpost.domain.password_hashes import cost_of
from everpost.domain.text import unstorable_reason
from everpost.domain.users import checked_password
from everpost.errors import Invalid

Result = TypeVar("Result")

_THREADS = 2
"""Each hash takes 64 MiB and four lanes: more at a time would leave nothing to who only reads."""

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")


async def hash_password(password: str) -> str:
    """What is kept of a new password. Invalid: it is too short, too long, or no text."""
    reason = unstorable_reason(password)
    if reason is not None:
        raise Invalid("password", f"cannot be used: {reason}")
    return await _in_thread(_hash, checked_password(password))


async def is_right(password: str, password_hash: str | None) -> bool:
    """Whether this is the password of which that was kept. Where nothing was, or nothing that can be checked
    at a bearable cost, it is not, which takes as long to find out.
    """
    return await _in_thread(_is_right, password, password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether a hash made today would be a stronger one."""
    return _hasher.check_needs_rehash(password_hash)


async def _in_thread(work: Callable[..., Result], *arguments: object) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)


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
    """What a check takes; 0: there is nothing to be checked."""
    with suppress(Invalid):
        return 0 if password_hash is None else cost_of(password_hash).work
    return 0


def _matches(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("the password of nobody")


def _as_bytes(password: str) -> bytes:
    """One password, whichever way a keyboard composes its accents (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
