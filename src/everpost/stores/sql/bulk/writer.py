"""Writes many records at once, exactly as given, replacing existing ones."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    BindParameter,
    Delete,
    Dialect,
    Insert,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite

from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.records import Batch, Record
from everpost.stores.sql.bulk.record_table import Parts, RecordTable
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.queries import removed_users
from everpost.stores.sql.settings import renew_names

_MAX_VALUES = 500


class BulkWriter:
    """Writes batches into these tables, in the dialect of one engine."""

    def __init__(self, dialect: Dialect, tables: Sequence[RecordTable[Any]]) -> None:
        self._writers = [_TableWriter(dialect, table) for table in tables]

    async def write(self, transaction: Transaction, batch: Batch, *, are_new: bool) -> None:
        """Write a batch in the transaction, erased records first. With `are_new`, the kept records are
        inserted, which is several times as fast. The database refuses that (VIOLATED) if one of them exists,
        or if another record has one of their unique values.
        """
        await renew_names(transaction)  # invalidates all validators: records bring their own versions
        erased, kept = _by_type(batch.erased), _by_type(batch.kept)
        await removed_users.remember(transaction, _users(batch.erased))
        for writer in reversed(self._writers):
            await writer.erase(transaction, erased.get(writer.type, ()))
        await removed_users.forget(transaction, _users(batch.kept))
        for writer in self._writers:
            records = kept.get(writer.type, ())
            await (writer.add if are_new else writer.keep)(transaction, records)


class _TableWriter:
    """Writes the records of one kind."""

    def __init__(self, dialect: Dialect, table: RecordTable[Any]) -> None:
        self.type: type[Record] = table.kind.type
        self._identity = table.identity
        self._values = table.values
        self._add = insert(table.table)
        self._keep = _replacing(dialect, table.table)
        self._is_single = table.kind.is_single
        self._erase = _erasing(table)
        self._taken = table.taken
        self._free = None if table.taken is None else _freeing(table.table, table.taken)
        self._uses = table.uses
        self._parts = [_PartWriter(parts, table.table) for parts in table.parts]

    async def erase(self, transaction: Transaction, records: Sequence[Record]) -> None:
        rows = [*map(self._values, records)]
        if self._uses is not None:
            await self._uses.forget(transaction, [row["id"] for row in rows])
        names = [{f"old_{name}": row[name] for name in self._identity} for row in rows]
        await _each(transaction, self._erase, names)

    async def add(self, transaction: Transaction, records: Sequence[Record]) -> None:
        """Insert new records. A kind with one record is replaced, because its row always exists."""
        if self._is_single:
            await self.keep(transaction, records)
            return
        await transaction.load(self._add, map(self._values, records))
        for parts in self._parts:
            await parts.add(transaction, records)
        if self._uses is not None:
            await self._uses.add(transaction, records)

    async def keep(self, transaction: Transaction, records: Sequence[Record]) -> None:
        rows = [self._values(record) for record in records]
        if self._free is not None and self._taken is not None:
            for wanted in _slices([row[self._taken] for row in rows]):
                await transaction.execute(self._free, {"wanted": wanted})
        await _each(transaction, self._keep, rows)
        for parts in self._parts:
            await parts.keep(transaction, records, [row["id"] for row in rows])
        if self._uses is not None:
            await self._uses.replace(transaction, records)


class _PartWriter:
    """Writes the parts of a record that have their own rows."""

    def __init__(self, parts: Parts[Any], owners: Table) -> None:
        self._values = parts.values
        self._add = insert(parts.table)
        self._taken = None if parts.unique is None else _TakenParts(parts, owners, parts.unique)
        of_records = parts.table.c[parts.of].in_(bindparam("ids", expanding=True))
        self._delete = delete(parts.table).where(of_records)

    async def add(self, transaction: Transaction, records: Sequence[Record]) -> None:
        await transaction.load(self._add, chain.from_iterable(map(self._values, records)))

    async def keep(self, transaction: Transaction, records: Sequence[Record], ids: Sequence[object]) -> None:
        for some in _slices(ids):
            await transaction.execute(self._delete, {"ids": some})
        if self._taken is not None:
            await self._taken.free(transaction, records)
        await self.add(transaction, records)


class _TakenParts:
    """Frees unique values that other records have."""

    def __init__(self, parts: Parts[Any], owners: Table, unique: str) -> None:
        self._values = parts.values
        self._unique = unique
        owner = parts.table.c[parts.of]
        has_value = parts.table.c[unique].in_(bindparam("wanted", expanding=True))
        self._find = select(owner).distinct().where(has_value)
        holders: BindParameter[object] = bindparam("holders", expanding=True)
        self._empty = update(owners).where(owners.c.id.in_(holders)).values({parts.listed: []})
        self._delete = delete(parts.table).where(owner.in_(holders))

    async def free(self, transaction: Transaction, records: Sequence[Record]) -> None:
        values = [row[self._unique] for record in records for row in self._values(record)]
        for wanted in _slices(values):
            found = await transaction.execute(self._find, {"wanted": wanted})
            holders = [holder for (holder,) in found]
            if holders:
                await transaction.execute(self._empty, {"holders": holders})
                await transaction.execute(self._delete, {"holders": holders})


def _erasing(table: RecordTable[Any]) -> Delete:
    columns = [table.table.c[name] for name in table.identity]
    return delete(table.table).where(
        and_(*(column == bindparam(f"old_{column.key}", type_=column.type) for column in columns))
    )


def _freeing(table: Table, name: str) -> Update:
    """Free the unique values that other rows have. No slug, address or digest begins with "~"."""
    holds_it = table.c[name].in_(bindparam("wanted", expanding=True))
    return update(table).where(holds_it).values({name: literal("~").concat(table.c.id)})


def _replacing(dialect: Dialect, table: Table) -> Insert:
    """Return a statement that inserts or replaces a row."""
    names = [column.key for column in table.c if not column.primary_key]
    if dialect.name == "mysql":
        adding = mysql.insert(table)
        return adding.on_duplicate_key_update({name: adding.inserted[name] for name in names})
    if dialect.name == "postgresql":
        upserting = postgresql.insert(table)
        changes = {name: upserting.excluded[name] for name in names}
        return upserting.on_conflict_do_update(constraint=table.primary_key, set_=changes)
    inserting = sqlite.insert(table)
    changes = {name: inserting.excluded[name] for name in names}
    return inserting.on_conflict_do_update(index_elements=[*table.primary_key.columns], set_=changes)


def _by_type(records: Sequence[Record]) -> Mapping[type[Record], Sequence[Record]]:
    found: dict[type[Record], list[Record]] = {}
    for record in records:
        found.setdefault(type(record), []).append(record)
    return found


def _users(records: Sequence[Record]) -> Sequence[Id]:
    return [record.id for record in records if isinstance(record, User)]


async def _each(transaction: Transaction, statement: Insert | Delete, rows: Sequence[Values]) -> None:
    if rows:
        await transaction.execute(statement, rows)


def _slices(values: Sequence[object]) -> Iterator[list[object]]:
    each = iter(values)
    while some := list(islice(each, _MAX_VALUES)):
        yield some
