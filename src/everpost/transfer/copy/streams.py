"""Streams of the rows of a blog."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from everpost.domain.media.files import MediaFile
from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Counts, Record
from everpost.stores.port import Snapshot
from everpost.transfer.copy.digests import BlogDigest, RunningDigest
from everpost.transfer.copy.record_json import Row, row_of
from everpost.transfer.media.file_list import FileList


class Source(Protocol):
    """A blog that can be read: the records of a store, or an archive."""

    @property
    def kinds(self) -> Kinds:
        """The kinds of its records, in order."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """The blog as it is at one point in time."""
        ...


@runtime_checkable
class _HasRows(Protocol):
    """A snapshot that already has the lines of its records."""

    def rows(self) -> AsyncIterator[Sequence[Row]]: ...


_Batch = Sequence[Record] | Sequence[Row]


class _ReadAhead:
    """Reads the next batch of a snapshot while the caller processes the previous one."""

    def __init__(self, batches: AsyncIterator[_Batch]) -> None:
        self._batches = batches
        self._reading: asyncio.Task[_Batch | None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the batch that is being read. If the caller is cancelled, reading is cancelled too."""
        if self._reading is None:
            return
        if isinstance(error, asyncio.CancelledError):
            self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)  # the batch is not needed any more

    async def next(self) -> _Batch | None:
        """The next batch; None at the end."""
        self._reading = self._reading or asyncio.create_task(self._read())
        # If only the caller is cancelled, the transaction can be ended once the batch has been read.
        batch = await asyncio.shield(self._reading)
        self._reading = None if batch is None else asyncio.create_task(self._read())
        return batch

    async def _read(self) -> _Batch | None:
        return await anext(self._batches, None)


class Stream:
    """The rows of a snapshot. The snapshot is closed as soon as its last row has been read, so that the
    database can discard old versions of rows.
    """

    def __init__(
        self,
        kinds: Kinds,
        counts: Counts,
        fingerprint: str | None,
        batches: _ReadAhead,
        open_: AsyncExitStack,
    ) -> None:
        self.kinds = kinds
        self.counts = counts
        self.fingerprint = fingerprint
        """The fingerprint of the snapshot."""
        self.files: FileList | None = None
        """Where the files among the records are noted."""
        self.head: Row | None = None
        """The current row; None at the end."""
        self._batches = batches
        self._rows: Iterator[Row] = iter(())
        self._digest = RunningDigest(kinds)
        self._open = open_

    def step(self) -> bool:
        """Move to the next row if it is in memory; return whether it is."""
        self.head = next(self._rows, None)
        return self.head is not None

    def take(self) -> Sequence[Row]:
        """The current row and the rows after it that are in memory. `advance` moves past them."""
        rows = [] if self.head is None else [self.head, *self._rows]
        self._rows = iter(())
        return rows

    async def advance(self) -> None:
        """Move to the next row."""
        while not self.step():
            batch = await self._batches.next()
            if batch is None:
                await self._open.aclose()
                return
            rows = [each if isinstance(each, Row) else row_of(each, self.kinds) for each in batch]
            for row in rows:
                self._digest.add(row.kind, row.line)
                if self.files is not None and isinstance(row.record, MediaFile):
                    self.files.add(row.record)
            self._rows = iter(rows)

    def digest(self) -> BlogDigest:
        """The digest of the snapshot, once it has been read to the end."""
        return self._digest.result()

    async def read(self, progress: Callable[[int], None]) -> BlogDigest:
        """Read to the end, and return the digest. `progress` is called with the number of records read so
        far.
        """
        while self.head is not None:
            self.take()
            await self.advance()
            progress(self._digest.total)
        return self.digest()


@asynccontextmanager
async def open_stream(source: Source, files: FileList | None = None) -> AsyncIterator[Stream]:
    """A stream of the rows of the source as it is now, positioned on the first. The files among them are
    added to `files`.
    """
    async with AsyncExitStack() as open_:
        snapshot = await open_.enter_async_context(source.snapshot())
        counts, fingerprint = await snapshot.count(), await snapshot.fingerprint()
        batches: AsyncIterator[_Batch]
        batches = snapshot.rows() if isinstance(snapshot, _HasRows) else snapshot.records()
        if isinstance(batches, AsyncGenerator):
            await open_.enter_async_context(aclosing(batches))
        ahead = await open_.enter_async_context(_ReadAhead(batches))
        stream = Stream(source.kinds, counts, fingerprint, ahead, open_)
        stream.files = files
        await stream.advance()
        yield stream


class EmptySource:
    """A source without records: a database in which no blog was ever created."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """The source itself, because it is always empty."""
        yield self

    async def count(self) -> Counts:
        """Zero of each kind."""
        return {kind.name: 0 for kind in self.kinds}

    async def fingerprint(self) -> str:
        """Always the same."""
        return ""

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """No records."""
        yield ()
