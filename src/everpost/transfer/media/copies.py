"""Bringing the bytes of files to another place."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial

from everpost.domain.clock import LATEST
from everpost.errors import NotFound
from everpost.stores.port.media_bytes import MediaBytes
from everpost.transfer.media.content import DAMAGED, MISSING, BytesSource, DamagedFile, Fault, whole
from everpost.transfer.media.file_list import FileList, ListedFile

EXAMPLES = 100
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
    report, stored, done = FileReport(), StoredSizes(route.target), 0
    for file in files:
        size = await stored.find(file.digest)
        if size == file.size:
            report.same += 1
        else:
            if size is not None:  # `put` would trust that the place has them already
                await route.target.remove(file.digest, stored_before=LATEST)
            await _copy_file(file, route, report, partial(_advance_from, advance, done))
        done += file.size
        advance(done)
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
            report.copied += 1
            report.copied_size += file.size
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


async def _copy_file(file: ListedFile, route: Route, report: FileReport, advance: Advance) -> None:
    try:
        async with aclosing(_counted(whole(route.source, file), advance)) as content:
            await route.target.put(file.digest, content, size=file.size)
    except (NotFound, DamagedFile) as error:
        report.note(Fault(file, DAMAGED if isinstance(error, DamagedFile) else MISSING))
    else:
        report.copied += 1
        report.copied_size += file.size


def _advance_from(advance: Advance, begun: int, part: int) -> None:
    advance(begun + part)


async def _counted(parts: AsyncGenerator[bytes], advance: Advance) -> AsyncGenerator[bytes]:
    done = 0
    async with aclosing(parts):
        async for part in parts:
            yield part
            done += len(part)
            advance(done)
