"""Bringing the bytes of files to another place."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from everpost.domain.clock import LATEST
from everpost.errors import NotFound
from everpost.stores.port import MediaBytes
from everpost.transfer.media.content import DAMAGED, MISSING, BytesSource, DamagedFile, Fault, whole
from everpost.transfer.media.file_list import FileList, ListedFile

EXAMPLES = 100
_SMALL = 1_048_576
"""Bytes. Files up to this size are held in memory while they are stored."""
_AT_ONCE = 4
"""Small files that are stored at the same time."""
Advance = Callable[[int], None]
"""Called from time to time with the number of bytes processed so far."""


@dataclass(slots=True)
class FileReport:
    """The files whose bytes were copied, or would be, and those that have faults."""

    copied: int = 0
    copied_size: int = 0
    same: int = 0
    """Files that were already there."""
    faults: int = 0
    """Files whose bytes are missing or damaged at the source."""
    examples: list[Fault] = field(default_factory=list)
    """Some of the faults."""

    def note_copied(self, file: ListedFile) -> None:
        """Add a file that was copied."""
        self.copied += 1
        self.copied_size += file.size

    def note(self, fault: Fault) -> None:
        """Add a fault."""
        self.faults += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(fault)


@dataclass(frozen=True, slots=True)
class Route:
    """Where the bytes of files come from, and where they go to."""

    source: BytesSource
    target: MediaBytes


async def copy_files(files: FileList, route: Route, advance: Advance) -> FileReport:
    """Bring the bytes of all files to the target, except for those that it already has: by size, because it
    stores the bytes of a file completely or not at all. Faults of the source are reported, and do not end
    the copy.
    """
    report, stored = FileReport(), StoredSizes(route.target)
    async with _Copying(route, report, advance) as copying:
        for file in files:
            size = await stored.find(file.digest)
            if size == file.size:
                report.same += 1
                copying.advance(file.size)
                continue
            if size is not None:  # `put` would trust that the place has them already
                await route.target.remove(file.digest, stored_before=LATEST)
            try:
                await copying.copy(file)
            except NotFound:
                report.note(Fault(file, MISSING))
            except DamagedFile:
                report.note(Fault(file, DAMAGED))
        await copying.finish()
    advance(files.size)
    return report


async def survey_files(files: FileList, target: MediaBytes | None) -> FileReport:
    """The report of `copy_files` in advance, if the source has the bytes of all files. The target None is
    empty.
    """
    report, stored = FileReport(), None if target is None else StoredSizes(target)
    for file in files:
        if stored is not None and await stored.find(file.digest) == file.size:
            report.same += 1
        else:
            report.note_copied(file)
    return report


class StoredSizes:
    """The sizes of the bytes in a place, looked up by ascending keys, with few calls."""

    def __init__(self, place: MediaBytes) -> None:
        self._place = place
        self._sizes: dict[str, int] = {}
        self._last = ""
        """The last key of the latest page."""
        self._is_at_end = False

    async def find(self, key: str) -> int | None:
        """The size of the bytes with this key, which is greater than all earlier ones."""
        while key > self._last and not self._is_at_end:
            page = await self._place.page(after=self._last)
            self._sizes = {each.key: each.size for each in page}
            if page:
                self._last = page[-1].key
            else:
                self._is_at_end = True
        return self._sizes.get(key)


class _Copying:
    """Reads one file after the other. Small ones are stored while the next ones are read."""

    def __init__(self, route: Route, report: FileReport, advance: Advance) -> None:
        self._route = route
        self._report = report
        self._advance = advance
        self._done = 0
        self._storing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """After an error, wait until everything is stored. If the caller is cancelled, storing is, too."""
        if isinstance(error, asyncio.CancelledError):
            for each in self._storing:
                each.cancel()
        await asyncio.gather(*self._storing, return_exceptions=True)

    async def copy(self, file: ListedFile) -> None:
        """Copy the next file. Raises NotFound or DamagedFile if the source does not have its bytes."""
        async with aclosing(whole(self._route.source, file)) as parts:
            if file.size > _SMALL:
                await self._store(file, self._counted(parts))
                return
            content = b"".join([part async for part in parts])
        while len(self._storing) >= _AT_ONCE:
            await self._wait(asyncio.FIRST_COMPLETED)
        self._storing.add(asyncio.create_task(self._store(file, self._counted(_one(content)))))

    async def finish(self) -> None:
        """Wait until everything is stored."""
        while self._storing:
            await self._wait(asyncio.ALL_COMPLETED)

    def advance(self, size: int) -> None:
        """Report the progress by this number of bytes."""
        self._done += size
        self._advance(self._done)

    async def _wait(self, until: str) -> None:
        ended, self._storing = await asyncio.wait(self._storing, return_when=until)
        for each in ended:
            each.result()

    async def _store(self, file: ListedFile, content: AsyncGenerator[bytes]) -> None:
        async with aclosing(content):
            await self._route.target.put(file.digest, content, size=file.size)
        self._report.note_copied(file)

    async def _counted(self, parts: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
        async for part in parts:
            self.advance(len(part))
            yield part


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
