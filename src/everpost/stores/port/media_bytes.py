"""The bytes of media."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """The facts about stored bytes."""

    key: str
    size: int
    stored_at: datetime
    """The time of the latest `put`."""


class MediaBytes(Protocol):
    """A place for bytes, by key: the database of the blog, a folder, or S3-compatible storage.

    The key of a file is its SHA-256 in 64 hexadecimal digits. The key of a resized copy is that of its file
    with the width and an extension, as in `…-800.webp`. Keys sort by their characters.

    The content of a key never changes. Every call may raise Busy; those that write may raise OutOfSpace.
    """

    async def put(self, key: str, content: AsyncIterator[bytes], *, size: int) -> None:
        """Store these bytes, all or nothing, or renew the time at which they were stored. When it returns,
        they are durable.
        """
        ...

    async def find(self, key: str) -> StoredBytes | None:
        """Return what is known about these bytes; None if they are not here."""
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to but not including `end`, in parts of at most 1 MB. Raises
        NotFound("file") if they are not here.
        """
        ...

    async def page(self, *, after: str = "", limit: int = 1_000) -> Sequence[StoredBytes]:
        """Return bytes by key, after this key."""
        ...

    async def remove(self, key: str, *, stored_before: datetime) -> bool:
        """Remove these bytes if their latest `put` was before this time. Returns whether they are gone."""
        ...

    async def close(self) -> None:
        """Release all resources, except those of the blog's store."""
        ...
