"""Bytes to store, and reading them back."""

import hashlib
from collections.abc import AsyncIterator
from random import Random

from everpost.stores.port.media_bytes import MediaBytes

PART = 1_000_000


def content_of(seed: int, size: int) -> tuple[str, bytes]:
    """Random bytes, and their key."""
    data = Random(seed).randbytes(size)
    return hashlib.sha256(data).hexdigest(), data


async def parts(data: bytes, size: int = PART) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def put(place: MediaBytes, key: str, data: bytes) -> None:
    await place.put(key, parts(data), size=len(data))


async def read(place: MediaBytes, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([part async for part in place.read(key, start=start, end=end)])
