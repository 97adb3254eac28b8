"""The rows of a blog, one after another."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Counts, Record
from everpost.stores.port import Snapshot
from everpost.transfer.copy.digests import BlogDigest, RunningDigest
from everpost.transfer.copy.record_json import Row, row_of


class Source(Protocol):
    """What a blog can be read from: the records of a store, an archive."""

    @property
    def kinds(self) -> Kinds:
        """The kinds of its records, in order."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """The blog as it is at one moment."""
        ...


@runtime_checkable
class _HasLines(Protocol):
    """A snapshot that has the lines of its records already."""

    def rows(self) -> AsyncIterator[Sequence[Row]]: ...


_Batch = Sequence[Record] | Sequence[Row]


class _ReadAhead:
    """Reads the next batch of a snapshot while its caller works on the one before."""

    def __init__(self, batches: AsyncIterator[_Batch]) -> None:
        self._batches = batches
        self._reading: asyncio.Task[_Batch | None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until nothing is being read. Cancelling the caller cancels it."""
        if self._reading is None:
            return
        if isinstance(error, asyncio.CancelledError):
            self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)  # nobody needs what was read

    async def next(self) -> _Batch | None:
        """The next batch; None at the end."""
        reading = self._reading or asyncio.create_task(self._read())
        batch = await reading
        self._reading = None if batch is None else asyncio.create_task(self._read())
        return batch

    async def _read(self) -> _Batch | None:
        return await anext(self._batches, None)


class Stream:
    """What a snapshot has from here on. It is given up when it has been read to its end, so that the
    database need not keep what is overwritten meanwhile.
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
        """That of the snapshot."""
        self.head: Row | None = None
        """The next row; None at the end."""
        self._batches = batches
        self._rows: Iterator[Row] = iter(())
        self._digest = RunningDigest(kinds)
        self._open = open_

    def step(self) -> bool:
        """Skip the head if the next row is in memory, and return whether it is."""
        self.head = next(self._rows, None)
        return self.head is not None

    def take(self) -> Sequence[Row]:
        """The head and the rows after it that are in memory; `advance` goes on after them."""
        rows = [] if self.head is None else [self.head, *self._rows]
        self._rows = iter(())
        return rows

    async def advance(self) -> None:
        """Pass over the head."""
        while not self.step():
            batch = await self._batches.next()
            if batch is None:
                await self._open.aclose()
                return
            rows = [each if isinstance(each, Row) else row_of(each, self.kinds) for each in batch]
            self._digest.add(*rows)
            self._rows = iter(rows)

    def digest(self) -> BlogDigest:
        """The digest of the snapshot, once it has been read to its end."""
        return self._digest.result()

    async def read(self, report: Callable[[int], None]) -> BlogDigest:
        """Read to the end, for the digest. `report` is called with the number of records read so far."""
        while self.head is not None:
            self.take()
            await self.advance()
            report(self._digest.total)
        return self.digest()


@asynccontextmanager
async def open_stream(source: Source) -> AsyncIterator[Stream]:
    """The rows of the source at one moment, the first of them as the head."""
    async with AsyncExitStack() as open_:
        snapshot = await open_.enter_async_context(source.snapshot())
        counts, fingerprint = await snapshot.count(), await snapshot.fingerprint()
        batches: AsyncIterator[_Batch]
        batches = snapshot.rows() if isinstance(snapshot, _HasLines) else snapshot.records()
        if isinstance(batches, AsyncGenerator):
            await open_.enter_async_context(aclosing(batches))
        ahead = await open_.enter_async_context(_ReadAhead(batches))
        stream = Stream(source.kinds, counts, fingerprint, ahead, open_)
        await stream.advance()
        yield stream


class Nothing:
    """The source that has no record at all: a database in which no blog was ever made."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """It is empty at every moment."""
        yield self

    async def count(self) -> Counts:
        """None of each."""
        return {kind.name: 0 for kind in self.kinds}

    async def fingerprint(self) -> str:
        """Always the same."""
        return ""

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """None."""
        yield ()
