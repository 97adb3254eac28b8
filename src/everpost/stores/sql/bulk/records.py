"""Reads and writes a whole blog in SQL, to move it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Batch, Transfer
from everpost.errors import Conflict
from everpost.stores.sql.bulk.record_table import RecordTable
from everpost.stores.sql.bulk.record_tables import RECORD_TABLES
from everpost.stores.sql.bulk.snapshots import SqlSnapshot
from everpost.stores.sql.bulk.writer import BulkWriter
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import AnyRow
from everpost.stores.sql.model.tables import BlogRow, TransferRow
from everpost.stores.sql.settings import renew_names

_LATEST = select(TransferRow.origin, TransferRow.digest)
_BEGIN_FIRST = insert(TransferRow).values(number=1)
_BEGIN = update(TransferRow).values(digest=None)
_FINISH = update(TransferRow)


class SqlRecords:
    """`Records` of the port."""

    def __init__(self, connections: Connections, tables: Sequence[RecordTable[Any]] = RECORD_TABLES) -> None:
        self.kinds = Kinds(*(table.kind for table in tables))
        self._connections = connections
        self._tables = tables
        self._writer = BulkWriter(connections.dialect, tables)
        held = (exists(select(table.table.c.id)) for table in tables if not table.kind.is_single)
        self._holds_something = select(BlogRow.number).where(or_(BlogRow.version > 1, *held))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SqlSnapshot]:
        async with self._connections.snapshot() as connection:
            yield SqlSnapshot(connection, self._tables)

    async def write(self, batch: Batch) -> None:
        async def add(transaction: Transaction) -> None:
            await self._writer.write(transaction, batch, are_new=True)

        async def replace(transaction: Transaction) -> None:
            await self._writer.write(transaction, batch, are_new=False)

        try:
            await self._connections.transact(add, time_limited=False)
        except VIOLATED:
            await self._connections.transact(replace, time_limited=False)

    async def transfer(self) -> Transfer | None:
        return _transfer_in(await self._connections.fetch(_LATEST, {}))

    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        async def work(transaction: Transaction) -> None:
            await renew_names(transaction)  # this locks the blog until the end
            if _transfer_in((await transaction.execute(_LATEST)).rows) != latest:
                raise Conflict("blog", "transfer")
            if latest is not None:
                await transaction.execute(_BEGIN.values(origin=origin))
            elif (await transaction.execute(self._holds_something)).first() is not None:
                raise Conflict("blog", "transfer")
            else:
                await transaction.execute(_BEGIN_FIRST.values(origin=origin))

        await self._connections.transact(work)

    async def finish(self, transfer: Transfer) -> None:
        under_way = _FINISH.where(TransferRow.origin == transfer.origin, TransferRow.digest.is_(None))

        async def work(transaction: Transaction) -> None:
            if not (await transaction.execute(under_way.values(digest=transfer.digest))).matched:
                raise Conflict("blog", "transfer")

        await self._connections.transact(work)


def _transfer_in(rows: Sequence[AnyRow]) -> Transfer | None:
    return next((Transfer(origin=row.origin, digest=row.digest) for row in rows), None)
