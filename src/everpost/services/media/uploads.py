"""Adding uploaded files to the blog."""

import asyncio
import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from everpost.domain.clock import now
from everpost.domain.media.files import MediaFile, media_id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import User
from everpost.errors import Conflict, NotFound
from everpost.media.limits import Limits
from everpost.media.names import safe_name
from everpost.media.results import CleanFile
from everpost.services.media.processes import MediaProcesses
from everpost.stores.port import Store

PART = 1_000_000
"""Bytes of a file that are passed on at once."""
_IN_MEMORY = 2
"""Whole files in memory at once: while one is stored, another is cleaned."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent. `content` is an open file, at its beginning."""

    content: BinaryIO
    size: int
    name: str = ""
    alt: str = ""


class Uploads:
    """Cleans uploaded files and adds them. Others wait on disk until it is their turn."""

    def __init__(self, processes: MediaProcesses, limits: Limits) -> None:
        self.limits = limits
        self._processes = processes
        self._turns = asyncio.Semaphore(_IN_MEMORY)
        self._pending = 0
        self.are_done = asyncio.Event()
        """Set while no upload is being added."""
        self.are_done.set()

    @staticmethod
    def author_of(actor: Actor) -> User:
        """The user, who may upload files. Raises Unauthenticated, Forbidden."""
        return actor.require(Scope.MEDIA_WRITE)

    async def add(self, store: Store, actor: Actor, upload: Upload) -> tuple[MediaFile, bool]:
        """Add a file. Returns its record, and whether it is new: the same bytes are the same file, whose name
        and other facts stay as they are.

        Raises Unauthenticated, Forbidden, a `Refused`, OutOfSpace or Busy. Then, nothing is kept; bytes
        without a record are removed later.
        """
        author = self.author_of(actor)
        self.limits.check_size(upload.size)
        with self._counted():
            async with self._turns:
                data = await asyncio.to_thread(upload.content.read)
                clean = await self._processes.clean(data, self.limits)
                del data
                await store.media_bytes.put(clean.digest, in_parts(clean.data), size=clean.size)
            return await _add_record(store, _record(clean, upload, author))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Uploads go before resized copies."""
        self._pending += 1
        self.are_done.clear()
        try:
            yield
        finally:
            self._pending -= 1
            if not self._pending:
                self.are_done.set()


def is_full(error: OSError) -> bool:
    """Whether the error says that a disk is full."""
    return error.errno in _FULL


async def in_parts(data: bytes) -> AsyncIterator[bytes]:
    """The bytes in parts that stores accept."""
    for start in range(0, len(data), PART):
        yield data[start : start + PART]


def _record(clean: CleanFile, upload: Upload, author: User) -> MediaFile:
    moment = now()
    return MediaFile(
        digest=clean.digest,
        name=safe_name(upload.name, clean.type),
        type=clean.type,
        size=clean.size,
        width=clean.width,
        height=clean.height,
        is_animated=clean.is_animated,
        alt=upload.alt,
        author=author.author,
        created_at=moment,
        updated_at=moment,
    )


async def _add_record(store: Store, file: MediaFile) -> tuple[MediaFile, bool]:
    """The file as it is stored, and whether it is new."""
    while True:
        try:
            return await store.media.add(file), True
        except Conflict:
            pass
        try:
            return await store.media.get(media_id(file.digest)), False
        except NotFound:  # removed in between
            continue
