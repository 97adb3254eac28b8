"""A blog in SQL as it was at one moment: everything that a transaction sees which sees nothing new.

Each page is a statement of its own, whose rows are all in memory: no cursor stays open between two of them.
asyncmy reads on while nobody takes the rows, however many there are, and a server gives up a reader who
takes none for long (https://mariadb.com/kb/en/server-system-variables/#net_write_timeout).
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.domain.ids import Id
from everpost.domain.records import Counts, Record
from everpost.stores.sql.record_table import PAGE, OwnedRows, RecordTable
from everpost.stores.sql.rows import AnyRow


class SqlSnapshot:
    """`Snapshot` of the port, over a connection whose transaction has one view of the database."""

    def __init__(self, connection: AsyncConnection, tables: Sequence[RecordTable[Any]]) -> None:
        self._connection = connection
        self._tables = tables

    async def count(self) -> Counts:
        numbers = (select(func.count()).select_from(table.table) for table in self._tables)
        columns = [number.scalar_subquery() for number in numbers]
        row = (await self._connection.execute(select(*columns))).one()
        return {table.kind.name: int(number) for table, number in zip(self._tables, row, strict=True)}

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        for table in self._tables:
            if table.owned is not None:
                continue
            owned = [each for each in self._tables if each.kind.owner_kind == table.kind.name]
            async for rows in self._pages(table):
                if not owned:
                    yield [table.record(row) for row in rows]
                    continue
                async for batch in self._with_owned(table, owned, rows):
                    yield batch

    async def _pages(self, table: RecordTable[Any]) -> AsyncIterator[Sequence[AnyRow]]:
        """All rows of a table, by id."""
        if table.kind.is_single:
            yield (await self._connection.execute(table.page)).all()
            return
        after = Id("")
        while rows := (await self._connection.execute(table.page, {"after": after})).all():
            yield rows
            after = rows[-1].id

    async def _with_owned(
        self, table: RecordTable[Any], owned: Sequence[RecordTable[Any]], rows: Sequence[AnyRow]
    ) -> AsyncIterator[Sequence[Record]]:
        """These records, each followed by those that belong to it."""
        sizes: dict[Id, int] = {}
        for _, statements in _owned(owned):
            for row in await self._execute(statements.sizes, rows):
                sizes[row.owner] = sizes.get(row.owner, 0) + int(row.number)
        for some in _portions(rows, sizes):
            if sum(sizes.get(row.id, 0) for row in some) <= PAGE:
                yield await self._with_all_owned(table, owned, some)
                continue
            (row,) = some
            yield [table.record(row)]
            for each, statements in _owned(owned):
                async for batch in self._owned_pages(each, statements, row.id):
                    yield batch

    async def _with_all_owned(
        self, table: RecordTable[Any], owned: Sequence[RecordTable[Any]], rows: Sequence[AnyRow]
    ) -> Sequence[Record]:
        by_owner: dict[Id, list[Record]] = {row.id: [table.record(row)] for row in rows}
        for each, statements in _owned(owned):
            found = await self._execute(statements.of_owners, rows)
            for owner, some in groupby(found, lambda row: row.owner):
                by_owner[owner] += map(each.record, some)
        return [record for row in rows for record in by_owner[row.id]]

    async def _owned_pages(
        self, table: RecordTable[Any], statements: OwnedRows[Any], owner: Id
    ) -> AsyncIterator[Sequence[Record]]:
        """The records that belong to one, page by page."""
        last: Record | None = None
        while True:
            parameters = {"owner": owner, **statements.place(last)}
            records = [*map(table.record, await self._connection.execute(statements.page, parameters))]
            if records:
                yield records
                last = records[-1]
            if len(records) < PAGE:
                return

    async def _execute(self, statement: Select[Any], owners: Sequence[AnyRow]) -> Sequence[AnyRow]:
        rows = await self._connection.execute(statement, {"owners": [row.id for row in owners]})
        found: Sequence[AnyRow] = rows.all()
        return found


def _owned(tables: Sequence[RecordTable[Any]]) -> Iterator[tuple[RecordTable[Any], OwnedRows[Any]]]:
    return ((table, table.owned) for table in tables if table.owned is not None)


def _portions(owners: Sequence[AnyRow], sizes: Mapping[Id, int]) -> list[list[AnyRow]]:
    """The owners in order, as many together as have few enough records; alone one that has more."""
    portions: list[list[AnyRow]] = []
    room = -1
    for owner in owners:
        size = sizes.get(owner.id, 0)
        if size > room:
            portions.append([])
            room = PAGE
        portions[-1].append(owner)
        room -= size
    return portions
