"""Making one blog equal to another: two ordered streams of records are merged, and what differs, is missing
or is too much is written. Whatever part of that has happened already is not done again, so it can be stopped
at any moment, and a second time there is nothing to do.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from everpost.domain.record_kinds.kinds import Key
from everpost.domain.records import Batch, Record
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.record_json import Row
from everpost.transfer.copy.streams import Stream

BATCH_ROWS = 2_000
BATCH_BYTES = 2 * 1024 * 1024
EXAMPLES = 10

Write = Callable[[Batch], Coroutine[Any, Any, None]]
Advance = Callable[[int], None]
"""Called now and then with the number of the source's rows read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a target stands, or stood, to its source: how many records it has to take over or to erase, and
    how many are the same; each blog's digest as it was read.
    """

    kept: int
    erased: int
    same: int
    source: BlogDigest
    target: BlogDigest
    examples: tuple[str, ...]
    """Some that differ, for a person."""
    fingerprint: str | None
    """That of the source, as it was read."""

    @property
    def is_equal(self) -> bool:
        return not self.kept and not self.erased


@dataclass(slots=True)
class _Carrier:
    """Collects records into the next batch while the batch before is being written."""

    write: Write | None
    kept: list[Record] = field(default_factory=list)
    erased: list[Record] = field(default_factory=list)
    size: int = 0
    writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the batch that is being written. Cancelling the caller cancels it."""
        if self.writing is None:
            return
        if isinstance(error, asyncio.CancelledError):
            self.writing.cancel()
        await asyncio.gather(self.writing, return_exceptions=True)  # the first error is the one to report

    async def keep(self, *rows: Row) -> None:
        for row in rows:
            self.kept.append(row.record)
            self.size += len(row.line)
            if self._is_full:
                await self.flush()

    async def erase(self, record: Record) -> None:
        self.erased.append(record)
        if self._is_full:
            await self.flush()

    async def flush(self) -> None:
        await self.finish()
        if self.write is not None and (self.kept or self.erased):
            self.writing = asyncio.create_task(self.write(Batch(kept=self.kept, erased=self.erased)))
        self.kept, self.erased, self.size = [], [], 0

    async def finish(self) -> None:
        writing, self.writing = self.writing, None
        if writing is not None:
            await writing

    @property
    def _is_full(self) -> bool:
        return self.size >= BATCH_BYTES or len(self.kept) + len(self.erased) >= BATCH_ROWS


async def sync(
    source: Stream, target: Stream, write: Write | None = None, advance: Advance = lambda _rows: None
) -> Comparison:
    """Write what makes the target equal to the source; without `write`, only say what that would be. Both
    streams are read to their end.
    """
    async with _Carrier(write) as carrier:
        comparison = await _merge(source, target, carrier, advance)
        await carrier.flush()
        await carrier.finish()
    return comparison


async def _merge(source: Stream, target: Stream, carrier: _Carrier, advance: Advance) -> Comparison:
    kept = erased = same = 0
    examples: list[str] = []
    gone: Key | None = None
    while target.head is not None:
        ours, theirs = _next_pair(source.head, target.head)
        if ours is not None and theirs is not None and ours.line == theirs.line:
            same += 1
        elif ours is not None:
            kept += 1
            _note(examples, ours, "is missing" if theirs is None else "differs")
            await carrier.keep(ours)
        elif theirs is not None:
            erased += 1
            _note(examples, theirs, "is only in the target")
            # A record takes along what belongs to it.
            if (key := theirs.key)[:2] != gone and not theirs.kind.is_single:
                gone = key
                await carrier.erase(theirs.record)
        if ours is not None and not source.step():
            await source.advance()
            advance(kept + same)
        if theirs is not None and not target.step():
            await target.advance()
    while rows := source.take():  # most often all of them, into an empty database
        kept += len(rows)
        for row in rows[:EXAMPLES]:
            _note(examples, row, "is missing")
        await carrier.keep(*rows)
        await source.advance()
        advance(kept + same)
    return Comparison(
        kept=kept,
        erased=erased,
        same=same,
        source=source.digest(),
        target=target.digest(),
        examples=tuple(examples),
        fingerprint=source.fingerprint,
    )


def _next_pair(source: Row | None, target: Row) -> tuple[Row | None, Row | None]:
    """The rows with the lesser of two keys: one, or one of each."""
    if source is None:
        return None, target
    if source.line == target.line or (key := source.key) == target.key:
        return source, target
    return (source, None) if key < target.key else (None, target)


def _note(examples: list[str], row: Row, reason: str) -> None:
    if len(examples) < EXAMPLES:
        examples.append(f"{row.name} {reason}")
