"""Describes how records of a kind are stored in a table, for moving whole blogs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, Table, bindparam, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from everpost.domain.record_kinds.kinds import Kind
from everpost.domain.records import Record
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.model.mappers import AnyRow, Values

RecordT = TypeVar("RecordT", bound=Record)

HEADS = 200
"""The number of records whose sizes are read at once."""
NOTHING = literal(0)
LIMIT = bindparam("limit", type_=Integer)
"""The size of a page of the records of one owner."""


class Octets(FunctionElement[int]):
    """The number of bytes of a text."""

    inherit_cache = True
    type = Integer()


@compiles(Octets)
def _octets(element: Octets, compiler: SQLCompiler, **options: object) -> str:
    return f"octet_length({compiler.process(element.clauses, **options)})"


@compiles(Octets, "sqlite")
def _octets_in_sqlite(element: Octets, compiler: SQLCompiler, **options: object) -> str:
    """SQLite has octet_length since 3.43."""
    return f"length(CAST({compiler.process(element.clauses, **options)} AS BLOB))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Generic[RecordT]):
    """Rows of another table that are part of a record."""

    table: Table
    of: str
    """The column with the id of the record."""
    values: Callable[[RecordT], Sequence[Values]]
    unique: str | None = None
    """A text column whose values are unique. The record that has a value which is written loses its parts,
    """
    listed: str = ""
    """and its list of them, which this column of its own row contains, is emptied."""


class UsesWriter(Protocol):
    """Writes which posts use which files, together with records of one kind."""

    async def forget(self, transaction: Transaction, ids: Sequence[object]) -> None:
        """Delete the uses of these records, before the records are erased."""
        ...

    async def add(self, transaction: Transaction, records: Sequence[Any]) -> None:
        """Add the uses of these new records."""
        ...

    async def replace(self, transaction: Transaction, records: Sequence[Any]) -> None:
        """Replace the uses of these records."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRows(Generic[RecordT]):
    """Statements that read records that belong to others."""

    sizes: Select[Any]
    """For each owner in a range: the `owner`, the `number` of its records, the `octets` of their text, and
    the size of the `largest`.
    """
    of_owners: Select[Any]
    """All rows of the owners in a range, each with its `owner`, sorted by owner and then by the order of the
    kind.
    """
    page: Select[Any]
    """Up to `LIMIT` rows of one `owner`, after the position in the other parameters."""
    position: Callable[[RecordT | None], Mapping[str, object]]
    """The parameters for the position of a record; for None, a position before all records."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordTable(Generic[RecordT]):
    """The table that stores the records of a kind. Its primary key is `id`, except for a kind with one
    record.
    """

    kind: Kind[RecordT]
    table: Table
    values: Callable[[RecordT], Values]
    """The complete row of a record."""
    record: Callable[[AnyRow], RecordT]
    columns: Sequence[Any] = ()
    """Columns that `record` needs in addition to the table's."""
    octets: ColumnElement[int] = NOTHING
    """The size in bytes of a text without a short limit."""
    taken: str | None = None
    """The name of a unique text column. A written row takes its value over from the row that has it."""
    identity: Sequence[str] = ("id",)
    """The columns that identify the row to erase."""
    parts: Sequence[Parts[RecordT]] = ()
    uses: UsesWriter | None = None
    owned: OwnedRows[RecordT] | None = None
    """For a kind whose records belong to others."""
    heads: Select[Any] = field(init=False)
    """The `id` and the `octets` of the rows after the id `after`, in order, up to `HEADS`."""
    rows: Select[Any] = field(init=False)
    """The rows in a range of ids, in order; for a kind with one record, its row."""

    def __post_init__(self) -> None:
        rows = select(self.table, *self.columns)
        if not self.kind.is_single:
            key = self.table.c.id
            after = key > bindparam("after", type_=key.type)
            heads = select(key, self.octets.label("octets")).where(after).order_by(key).limit(HEADS)
            object.__setattr__(self, "heads", heads)
            rows = in_range(rows, key).order_by(key)
        object.__setattr__(self, "rows", rows)


def in_range(rows: Select[Any], key: Any) -> Select[Any]:  # noqa: ANN401 - a column of any type
    """Select the rows with a key after `after`, up to `until`."""
    return rows.where(key > bindparam("after", type_=key.type), key <= bindparam("until", type_=key.type))


def owned_rows(
    kind: Kind[RecordT], table: Table, *, before_all: object, octets: ColumnElement[int] = NOTHING
) -> OwnedRows[RecordT]:
    """The statements for a kind sorted by one field; no value is less than `before_all`. `octets`: as for
    `RecordTable`.
    """
    (name,) = kind.order
    owner, order = table.c[kind.owner or ""], table.c[name]
    each = select(table, owner.label("owner"))
    after = bindparam("after", type_=order.type)

    def position(record: RecordT | None) -> Mapping[str, object]:
        return {"after": before_all if record is None else getattr(record, name)}

    return OwnedRows(
        sizes=sizes_by(owner, octets),
        of_owners=in_range(each, owner).order_by(owner, order),
        page=each.where(owner == bindparam("owner"), order > after).order_by(order).limit(LIMIT),
        position=position,
    )


def sizes_by(owner: Any, octets: ColumnElement[int] = NOTHING) -> Select[Any]:  # noqa: ANN401 - a column of any type
    """Select the sizes of the records of the owners in a range."""
    numbers = (
        func.count().label("number"),
        func.sum(octets).label("octets"),
        func.max(octets).label("largest"),
    )
    return in_range(select(owner.label("owner"), *numbers), owner).group_by(owner)
