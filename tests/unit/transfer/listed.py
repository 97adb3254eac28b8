"""Blogs that are lists of records."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.records import Record, RecordCounts
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.stores.port import Snapshot


class Listed:
    """A source that has these records, in this order, in batches of three."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self.open = 0
        """How many of its snapshots are being read."""

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    async def count(self) -> RecordCounts:
        kinds = (User, Token, Post, Comment)
        return RecordCounts(*(sum(isinstance(each, kind) for each in self._records) for kind in kinds))

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        for start in range(0, len(self._records), 3):
            yield self._records[start : start + 3]
            yield ()
