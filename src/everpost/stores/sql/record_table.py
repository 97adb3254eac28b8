"""How the records of a kind are kept in a table, for moving whole blogs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, bindparam, func, select

from everpost.domain.record_kinds.kinds import Kind
from everpost.domain.records import Record
from everpost.stores.sql.rows import AnyRow, Values

Kept = TypeVar("Kept", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Generic[Kept]):
    """Rows of another table that are a part of a record."""

    table: Table
    of: str
    """The column with the id of the record."""
    values: Callable[[Kept], Sequence[Values]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRows(Generic[Kept]):
    """How the records are read that belong to others."""

    sizes: Select[Any]
    """The `owner` and the `number` of its records, for the parameter `owners`."""
    of_owners: Select[Any]
    """All rows of the `owners`, each with its `owner`: by owner, then in order."""
    page: Select[Any]
    """Up to `PAGE` rows of one `owner`, after the place that the other parameters name."""
    place: Callable[[Kept | None], Mapping[str, object]]
    """The parameters for the place of a record; of None, for the place before all."""


PAGE = 100
"""A comment has up to 80 KB of text."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordTable(Generic[Kept]):
    """Where the records of a kind are kept. The primary key is `id`, except for a kind with one record."""

    kind: Kind[Kept]
    table: Table
    values: Callable[[Kept], Values]
    """The whole row of a record."""
    record: Callable[[AnyRow], Kept]
    columns: Sequence[Any] = ()
    """What `record` needs besides the columns of the table."""
    taken: str | None = None
    """A unique text. A row that is written takes it from the row that has it."""
    identity: Sequence[str] = ("id",)
    """The columns that say which row is erased."""
    parts: Parts[Kept] | None = None
    owned: OwnedRows[Kept] | None = None
    """For a kind whose records belong to others."""
    page_size: int = 500
    page: Select[Any] = field(init=False)
    """Rows in order, after the id in the parameter `after`; of a kind with one record, this one."""

    def __post_init__(self) -> None:
        page = select(self.table, *self.columns)
        if not self.kind.is_single:
            key = self.table.c.id
            page = page.where(key > bindparam("after", type_=key.type)).order_by(key).limit(self.page_size)
        object.__setattr__(self, "page", page)


def owned_rows(kind: Kind[Kept], table: Table, *, before_all: object) -> OwnedRows[Kept]:
    """How records of a kind with one field in its order are read; no value is less than `before_all`."""
    (name,) = kind.order
    owner, order = table.c[kind.owner or ""], table.c[name]
    each = select(table, owner.label("owner"))
    after = bindparam("after", type_=order.type)

    def place(record: Kept | None) -> Mapping[str, object]:
        return {"after": before_all if record is None else getattr(record, name)}

    return OwnedRows(
        sizes=sizes_by(table, owner),
        of_owners=each.where(owner.in_(bindparam("owners", expanding=True))).order_by(owner, order),
        page=each.where(owner == bindparam("owner"), order > after).order_by(order).limit(PAGE),
        place=place,
    )


def sizes_by(table: Table, owner: Any) -> Select[Any]:  # noqa: ANN401 - a column of any type
    """How many rows each of the `owners` has."""
    return (
        select(owner.label("owner"), func.count().label("number"))
        .select_from(table)
        .where(owner.in_(bindparam("owners", expanding=True)))
        .group_by(owner)
    )
