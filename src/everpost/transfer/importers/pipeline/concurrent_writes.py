"""Writing several posts concurrently, and reporting them in the order of the source."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import NamedTuple, Self

from everpost.transfer.importers.model import Note, UnreadablePart
from everpost.transfer.importers.reports.import_report import ImportReport, NoteBuffer

MOST_AT_ONCE = 8
_MOST_CHARACTERS = 8 * 1024 * 1024
"""Maximum number of characters in the posts and comments being written, unless one post alone has more."""

_MOST_NOTES = 1_000
"""Maximum number of notes in memory about items between two posts."""

Work = Callable[[NoteBuffer], Coroutine[None, None, None]]


class _Write(NamedTuple):
    """A write that was started."""

    task: asyncio.Task[None]
    notes: NoteBuffer
    after: NoteBuffer
    """Notes on the items that follow it in the source."""
    size: int


class ConcurrentWrites:
    """Starts writes in order, and reports their notes in that order as they end."""

    def __init__(self, report: ImportReport, *, most: int) -> None:
        self._report = report
        self._most = most
        self._writes: deque[_Write] = deque()
        self._size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all writes; if one fails, for those that were started. If the caller is cancelled, the
        writes are cancelled too.
        """
        if isinstance(error, asyncio.CancelledError):
            for write in self._writes:
                write.task.cancel()
        try:
            await self.finish()
        except BaseException:
            if error is None:
                raise

    async def start(self, work: Work, size: int) -> None:
        """Start a write as soon as the limits allow it. Its size is in characters."""
        while len(self._writes) >= self._most or (self._writes and self._size + size > _MOST_CHARACTERS):
            await self._end_first()
        notes = NoteBuffer()
        self._writes.append(_Write(asyncio.create_task(work(notes)), notes, NoteBuffer(), size))
        self._size += size

    async def note(self, item: Note | UnreadablePart) -> None:
        """Report an item after the writes that were started before it."""
        if self._writes and len(self._writes[-1].after) >= _MOST_NOTES:
            await self.finish()
        sink = self._writes[-1].after if self._writes else self._report
        if isinstance(item, Note):
            sink.add(item)
        else:
            sink.unreadable(item)

    async def finish(self) -> None:
        """Wait for all writes that were started. Raises the first error."""
        try:
            while self._writes:
                await self._end_first()
        finally:
            while self._writes:
                write = self._writes.popleft()
                await asyncio.wait([write.task])
                if not write.task.cancelled() and write.task.exception() is None:
                    self._report.extend(write.notes)

    async def _end_first(self) -> None:
        write = self._writes.popleft()
        self._size -= write.size
        await write.task
        self._report.extend(write.notes)
        self._report.extend(write.after)
