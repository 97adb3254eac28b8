"""A snapshot of a blog in SQL, read in one transaction with a fixed view.

Each page is a separate statement, whose rows are all in memory, so no cursor stays open between pages.
asyncmy buffers rows without limit while nobody reads them, and a server disconnects a client that reads none
for long (https://mariadb.com/kb/en/server-system-variables/#net_write_timeout). The size of a page is known
before it is read, so memory is bounded for any content.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table, func, select, type_coerce

from everpost.domain.ids import Id
from everpost.domain.records import Counts, Record
from everpost.stores.sql.bulk.record_table import OwnedRows, RecordTable
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.model.types import Moment

_PRIME = 2**31 - 1
"""A modulus small enough for sums over billions of rows."""
_MOST_ROWS = 500
"""The maximum number of records in a page. Python returns the memory of thousands of records to the system as
soon as they are freed, and requests it again for the next page, which takes longer than more statements.
"""
_MOST_OCTETS = 2 * 1024 * 1024
"""The maximum size of a page, unless a single record is larger."""
_LEAST_ROWS = 10
"""The minimum size of a page of the records of one owner."""


@dataclass(slots=True)
class _Size:
    """The size of a record and of all records that belong to it."""

    rows: int
    octets: int
    largest: int = 0
    """The size of the largest record that belongs to it."""

    @property
    def is_large(self) -> bool:
        return self.rows > _MOST_ROWS or self.octets > _MOST_OCTETS


class SqlSnapshot:
    """`Snapshot` of the port, in a transaction with one view of the database."""

    def __init__(self, transaction: Transaction, tables: Sequence[RecordTable[Any]]) -> None:
        self._transaction = transaction
        self._tables = tables

    async def count(self) -> Counts:
        numbers = (select(func.count()).select_from(table.table) for table in self._tables)
        columns = [number.scalar_subquery() for number in numbers]
        row = (await self._transaction.execute(select(*columns))).one()
        return {table.kind.name: int(number) for table, number in zip(self._tables, row, strict=True)}

    async def fingerprint(self) -> str:
        """Return the sums of all numbers and times in each table, including stamps and versions."""
        sums = [
            select(*(func.sum(type_coerce(each, BigInteger) % _PRIME) for each in _numbers_in(table.table)))
            for table in self._tables
        ]
        rows = [(await self._transaction.execute(each)).one() for each in sums]
        return " ".join(str(number) for row in rows for number in row)

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        for table in self._tables:
            if table.owned is not None:
                continue
            if table.kind.is_single:
                yield [table.record((await self._transaction.execute(table.rows)).one())]
                continue
            owned = [each for each in self._tables if each.kind.owner_kind == table.kind.name]
            async for batch in self._all(table, owned):
                yield batch

    async def _all(
        self, table: RecordTable[Any], owned: Sequence[RecordTable[Any]]
    ) -> AsyncIterator[Sequence[Record]]:
        """Yield the records of a table by id, each followed by the records that belong to it."""
        after = Id("")
        while heads := (await self._transaction.execute(table.heads, {"after": after})).all():
            sizes = {head.id: _Size(1, int(head.octets)) for head in heads}
            await self._add_sizes(sizes, owned, {"after": after, "until": heads[-1].id})
            for ids in _portions(sizes):
                portion = {"after": after, "until": ids[-1]}
                after = ids[-1]
                if not sizes[after].is_large:
                    yield await self._whole(table, owned, portion)
                    continue
                yield await self._whole(table, (), portion)
                for each, statements in _owned(owned):
                    async for batch in self._owned_pages(each, statements, after, sizes[after].largest):
                        yield batch

    async def _add_sizes(
        self, sizes: Mapping[Id, _Size], owned: Sequence[RecordTable[Any]], owners: Mapping[str, Id]
    ) -> None:
        """Add the sizes of the records that belong to the owners."""
        for _, statements in _owned(owned):
            for row in await self._transaction.execute(statements.sizes, owners):
                size = sizes[row.owner]
                size.rows += int(row.number)
                size.octets += int(row.octets)
                size.largest = max(size.largest, int(row.largest))

    async def _whole(
        self, table: RecordTable[Any], owned: Sequence[RecordTable[Any]], ids: Mapping[str, Id]
    ) -> Sequence[Record]:
        """Return all records in a range, each followed by the records that belong to it."""
        rows = (await self._transaction.execute(table.rows, ids)).all()
        if not owned:
            return [table.record(row) for row in rows]
        by_owner: dict[Id, list[Record]] = {row.id: [table.record(row)] for row in rows}
        for each, statements in _owned(owned):
            found = (await self._transaction.execute(statements.of_owners, ids)).all()
            for owner, some in groupby(found, lambda row: row.owner):
                by_owner[owner] += map(each.record, some)
        return [record for records in by_owner.values() for record in records]

    async def _owned_pages(
        self, table: RecordTable[Any], statements: OwnedRows[Any], owner: Id, largest: int
    ) -> AsyncIterator[Sequence[Record]]:
        """Yield the records of one owner, page by page. None of them is larger than `largest`."""
        limit = max(_LEAST_ROWS, min(_MOST_ROWS, _MOST_OCTETS // max(largest, 1)))
        last: Record | None = None
        while True:
            parameters = {"owner": owner, "limit": limit, **statements.position(last)}
            found = (await self._transaction.execute(statements.page, parameters)).all()
            records = [*map(table.record, found)]
            if records:
                yield records
                last = records[-1]
            if len(records) < limit:
                return


def _numbers_in(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.c if isinstance(column.type, Integer | Moment))


def _owned(tables: Sequence[RecordTable[Any]]) -> Iterator[tuple[RecordTable[Any], OwnedRows[Any]]]:
    return ((table, table.owned) for table in tables if table.owned is not None)


def _portions(sizes: Mapping[Id, _Size]) -> Iterator[list[Id]]:
    """Group the ids in order, up to the size limit. A record that exceeds it forms its own group."""
    portion: list[Id] = []
    total = _Size(0, 0)
    for name, size in sizes.items():
        total.rows += size.rows
        total.octets += size.octets
        if portion and total.is_large:
            yield portion
            portion, total = [], _Size(size.rows, size.octets)
        portion.append(name)
    if portion:
        yield portion
