"""The rows of a blog, one after another."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import Protocol

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Counts, Record
from everpost.stores.port import Snapshot
from everpost.transfer.digests import BlogDigest, RunningDigest
from everpost.transfer.lines import Row, row_of


class Source(Protocol):
    """What a blog can be read from: the records of a store, an archive."""

    @property
    def kinds(self) -> Kinds:
        """The kinds of its records, in order."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """The blog as it is at one moment."""
        ...


class Stream:
    """What a snapshot has from here on. It is given up when it has been read to its end, so that the
    database need not keep what is overwritten meanwhile.
    """

    def __init__(
        self, kinds: Kinds, counts: Counts, batches: AsyncIterator[Sequence[Record]], open_: AsyncExitStack
    ) -> None:
        self.kinds = kinds
        self.counts = counts
        self.fingerprint: str | None = None
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

    async def advance(self) -> None:
        """Pass over the head."""
        while not self.step():
            batch = await anext(self._batches, None)
            if batch is None:
                await self._open.aclose()
                return
            rows = [row_of(record, self.kinds) for record in batch]
            self._digest.add(*rows)
            self._rows = iter(rows)

    def digest(self) -> BlogDigest:
        """The digest of the snapshot, once it has been read to its end."""
        return self._digest.result()

    async def read(self, report: Callable[[int], None]) -> BlogDigest:
        """Read to the end, for the digest. `report` is called with the number of records read so far."""
        while self.head is not None:
            self._rows = iter(())
            await self.advance()
            report(self._digest.total)
        return self.digest()


@asynccontextmanager
async def open_stream(source: Source) -> AsyncIterator[Stream]:
    """The rows of the source at one moment, the first of them as the head."""
    async with AsyncExitStack() as open_:
        snapshot = await open_.enter_async_context(source.snapshot())
        counts = await snapshot.count()
        batches = snapshot.records()
        if isinstance(batches, AsyncGenerator):
            await open_.enter_async_context(aclosing(batches))
        stream = Stream(source.kinds, counts, batches, open_)
        stream.fingerprint = await snapshot.fingerprint()
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
