"""Blogs that are lists of records."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Counts, Record
from everpost.stores.port import Snapshot


class Listed:
    """A source with these records, in this order, in batches of three."""

    def __init__(self, records: Sequence[Record], kinds: Kinds = KINDS) -> None:
        self.kinds = kinds
        self._records = records
        self.open = 0
        """The number of open snapshots."""

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    async def count(self) -> Counts:
        return {kind.name: sum(isinstance(each, kind.type) for each in self._records) for kind in self.kinds}

    async def fingerprint(self) -> str:
        return str(hash(tuple(self._records)))

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        for start in range(0, len(self._records), 3):
            yield self._records[start : start + 3]
            yield ()
