"""Making one blog equal to another. Two ordered streams of records are merged; records that differ or are
missing in the target are written, and surplus ones are deleted. Records that are equal already are skipped,
so that an interrupted sync can be repeated, and repeating a complete one changes nothing.
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
"""Called from time to time with the number of source rows processed so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a target differs from its source: the number of records to write (`kept`), to delete (`erased`) and
    that are equal (`same`), and the digest of each blog as it was read.
    """

    kept: int
    erased: int
    same: int
    source: BlogDigest
    target: BlogDigest
    examples: tuple[str, ...]
    """Some of the differences, for display."""
    fingerprint: str | None
    """The fingerprint of the source, as it was read."""

    @property
    def is_equal(self) -> bool:
        return not self.kept and not self.erased


@dataclass(slots=True)
class _BatchWriter:
    """Collects the next batch of records while the previous one is being written."""

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
        """Wait for the batch that is being written. If the caller is cancelled, writing is cancelled too."""
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
    """Write the records that make the target equal to the source; without `write`, only compare. Both streams
    are read to the end.
    """
    async with _BatchWriter(write) as batches:
        comparison = await _merge(source, target, batches, advance)
        await batches.flush()
        await batches.finish()
    return comparison


async def _merge(source: Stream, target: Stream, batches: _BatchWriter, advance: Advance) -> Comparison:
    kept = erased = same = 0
    examples: list[str] = []
    deleted: Key | None = None
    while target.head is not None:
        ours, theirs = _next_pair(source.head, target.head)
        if ours is not None and theirs is not None and ours.line == theirs.line:
            same += 1
        elif ours is not None:
            kept += 1
            _note(examples, ours, "is missing" if theirs is None else "differs")
            await batches.keep(ours)
        elif theirs is not None:
            erased += 1
            _note(examples, theirs, "is only in the target")
            # Deleting a record deletes the records that belong to it.
            if (key := theirs.key)[:2] != deleted and not theirs.kind.is_single:
                deleted = key
                await batches.erase(theirs.record)
        if ours is not None and not source.step():
            await source.advance()
            advance(kept + same)
        if theirs is not None and not target.step():
            await target.advance()
    while rows := source.take():  # usually all rows, because the target is empty
        kept += len(rows)
        for row in rows[:EXAMPLES]:
            _note(examples, row, "is missing")
        await batches.keep(*rows)
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
    """The rows with the lesser key: one row, or one of each stream if the keys are equal."""
    if source is None:
        return None, target
    if source.line == target.line or (key := source.key) == target.key:
        return source, target
    return (source, None) if key < target.key else (None, target)


def _note(examples: list[str], row: Row, reason: str) -> None:
    if len(examples) < EXAMPLES:
        examples.append(f"{row.name} {reason}")
