"""What a migration would drop that holds data."""

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
"""Which rows of a table are data. A migration names tables with other rows in its `DATA`."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A table, or one column of it, by the names they have before the first migration."""

    table: str
    column: str | None = None


@dataclass(slots=True)
class Names:
    """What tables and columns were called before the migrations that were looked at renamed them."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)

    def dropped_by(self, operation: MigrateOperation) -> Iterator[Dropped]:
        """What the operation drops; renames are remembered."""
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
    """Operations that are noted down and not carried out."""

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.recorded: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - as Alembic has it
        self.recorded.append(operation)
        return operation.to_table(self.migration_context) if isinstance(operation, CreateTableOp) else None

    @contextmanager
    def batch_alter_table(  # type: ignore[override] # how a table is rebuilt is of no interest here
        self, table_name: str, schema: str | None = None, **_options: object
    ) -> Iterator[BatchOperations]:
        yield _BatchRecorder(self, table_name, schema)


class _BatchRecorder(BatchOperations):
    """The same for the operations on one table."""

    def __init__(self, recorder: _Recorder, table_name: str, schema: str | None) -> None:
        named = SimpleNamespace(table_name=table_name, schema=schema)
        super().__init__(recorder.migration_context, impl=cast(BatchOperationsImpl, named))
        self._recorder = recorder

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - as Alembic has it
        return self._recorder.invoke(operation)


def find_losses(connection: Connection, scripts: Iterable[Script], *, upward: bool) -> list[tuple[str, ...]]:
    """For each of these migrations, in the order in which they would run, what of the data now in the
    database it would drop.
    """
    names = Names()
    inspector = inspect(connection)
    losses = []
    for script in scripts:
        dropped = [each for operation in _record(script, upward) for each in names.dropped_by(operation)]
        data: Data = getattr(script.module, "DATA", {})
        held = (_held(connection, inspector, each, data) for each in dropped)
        losses.append(tuple(loss for loss in held if loss is not None))
    return losses


def _record(script: Script, upward: bool) -> list[MigrateOperation]:
    """What the migration would do; its module is this script's own, and never run otherwise."""
    recorder = _Recorder(MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True}))
    vars(script.module)["op"] = recorder
    (script.module.upgrade if upward else script.module.downgrade)()
    return recorder.recorded


def _held(connection: Connection, inspector: Inspector, dropped: Dropped, data: Data) -> str | None:
    """How much data this holds; None: none, or it does not exist yet."""
    if not inspector.has_table(dropped.table):
        return None
    if dropped.column is None:
        count = select(func.count()).select_from(table(dropped.table))
        rows = connection.scalar(count.where(data.get(dropped.table, true())))
        return f"table {dropped.table} ({rows} rows)" if rows else None
    if dropped.column not in {each["name"] for each in inspector.get_columns(dropped.table)}:
        return None
    values = connection.scalar(select(func.count(column(dropped.column))).select_from(table(dropped.table)))
    return f"column {dropped.column} of {dropped.table} ({values} values)" if values else None
