"""Finds the data that a migration would drop."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from alembic.operations import BatchOperations, Operations
from alembic.operations.batch import BatchOperationsImpl
from alembic.operations.ops import (
    AlterColumnOp,
    CreateTableOp,
    DropColumnOp,
    DropTableOp,
    MigrateOperation,
    RenameTableOp,
)
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import ColumnElement, Connection, Inspector, column, func, inspect, select, table, true

Data: TypeAlias = Mapping[str, ColumnElement[bool]]
"""The condition that selects the rows of a table that are data. In `DATA`, a migration lists the tables that
also have other rows.
"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A table or one of its columns, by its name before the first migration."""

    table: str
    column: str | None = None


@dataclass(slots=True)
class Names:
    """The names that tables and columns had before the examined migrations renamed them."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)

    def dropped_by(self, operation: MigrateOperation) -> Iterator[Dropped]:
        """Yield the tables and columns that the operation drops; remember renames."""
        if isinstance(operation, DropTableOp):
            yield Dropped(self.tables.pop(operation.table_name, operation.table_name))
        elif isinstance(operation, DropColumnOp):
            yield self._column(operation.table_name, operation.column_name)
        elif isinstance(operation, RenameTableOp):
            old = operation.table_name
            self.tables[operation.new_table_name] = self.tables.pop(old, old)
        elif isinstance(operation, AlterColumnOp) and operation.modify_name is not None:
            old_column = self._column(operation.table_name, operation.column_name)
            self.columns[old_column.table, operation.modify_name] = old_column.column or ""

    def _column(self, table_name: str, column_name: str) -> Dropped:
        original = self.tables.get(table_name, table_name)
        return Dropped(original, self.columns.pop((original, column_name), column_name))


class _Recorder(Operations):
    """Operations that are recorded instead of executed."""

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.recorded: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - as Alembic has it
        self.recorded.append(operation)
        return operation.to_table(self.migration_context) if isinstance(operation, CreateTableOp) else None

    @contextmanager
    def batch_alter_table(  # type: ignore[override] # how a table is rebuilt does not matter here
        self, table_name: str, schema: str | None = None, **_options: object
    ) -> Iterator[BatchOperations]:
        yield _BatchRecorder(self, table_name, schema)


class _BatchRecorder(BatchOperations):
    """The same for operations on one table."""

    def __init__(self, recorder: _Recorder, table_name: str, schema: str | None) -> None:
        named = SimpleNamespace(table_name=table_name, schema=schema)
        super().__init__(recorder.migration_context, impl=cast(BatchOperationsImpl, named))
        self._recorder = recorder

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - as Alembic has it
        return self._recorder.invoke(operation)


def find_losses(connection: Connection, scripts: Iterable[Script], *, upward: bool) -> list[tuple[str, ...]]:
    """Return, for each of these migrations in execution order, the existing data that it would drop."""
    names = Names()
    inspector = inspect(connection)
    losses = []
    for script in scripts:
        dropped = [each for operation in _record(script, upward) for each in names.dropped_by(operation)]
        data: Data = getattr(script.module, "DATA", {})
        held = (_loss_of(connection, inspector, each, data) for each in dropped)
        losses.append(tuple(loss for loss in held if loss is not None))
    return losses


def _record(script: Script, upward: bool) -> list[MigrateOperation]:
    """Return the operations of a migration. `script` has its own copy of the module, which never runs."""
    recorder = _Recorder(MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True}))
    vars(script.module)["op"] = recorder
    (script.module.upgrade if upward else script.module.downgrade)()
    return recorder.recorded


def _loss_of(connection: Connection, inspector: Inspector, dropped: Dropped, data: Data) -> str | None:
    """Describe the data that this holds; None if there is none, or if it does not exist yet."""
    if not inspector.has_table(dropped.table):
        return None
    if dropped.column is None:
        count = select(func.count()).select_from(table(dropped.table))
        rows = connection.scalar(count.where(data.get(dropped.table, true())))
        return f"table {dropped.table} ({_count(rows, 'row')})" if rows else None
    if dropped.column not in {each["name"] for each in inspector.get_columns(dropped.table)}:
        return None
    values = connection.scalar(select(func.count(column(dropped.column))).select_from(table(dropped.table)))
    return f"column {dropped.column} of {dropped.table} ({_count(values, 'value')})" if values else None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
