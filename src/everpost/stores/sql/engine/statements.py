"""SQLAlchemy statements compiled for a driver. The only file that uses private details of SQLAlchemy.

SQLAlchemy generates the SQL once and defines how values are bound and read. Its work for each execution (a
greenlet, a cursor, a result) costs several times what these databases need for a row.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, ColumnElement, CompoundSelect, Dialect, Executable, Insert, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from everpost.stores.sql.engine.protocol import Fields, Parameters

Process = Callable[[Any], Any]


class CompiledStatement:
    """A statement in the form that a driver takes: text and positional parameters."""

    def __init__(self, statement: Executable, dialect: Dialect, column_keys: Sequence[str] | None) -> None:
        # Every statement has `compile`, although their common interface does not declare it.
        compiled = cast("ClauseElement", statement).compile(dialect=dialect, column_keys=column_keys)
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise TypeError(f"The parameters are not positional: {compiled}")
        self._compiled = compiled
        self._dialect = dialect
        self._is_expanding = bool(compiled.post_compile_params)
        self.text = str(compiled)
        self._bound = {name: bound for bound, name in compiled.bind_names.items()}
        self.names: Sequence[str] = compiled.positiontup
        """The parameter names, in positional order."""
        self._places = [self._place(name) for name in self.names]
        columns = _columns_of(statement)
        self.has_rows = bool(columns)
        names = [str(column.key) for column in columns]
        # The names are known only at run time.
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._row = cast("Callable[[Sequence[Any]], Fields]", row._make)
        processes = (self._type(column.type).result_processor(dialect, None) for column in columns)
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def call(self, parameters: Parameters) -> tuple[str, Sequence[Any]]:
        """Return the text and its arguments. A list among the parameters is expanded to one placeholder per
        item.
        """
        if not self._is_expanding:
            return self.text, self.arguments(parameters)
        given = {name: bound.value for name, bound in self._bound.items()} | dict(parameters)
        expanded = self._compiled.construct_expanded_state(given)
        processes: dict[str, Any] = {name: self._place(name)[2] for name in self._bound}
        processes |= expanded.processors
        names = expanded.positiontup or ()
        values = ((processes.get(name), expanded.parameters[name]) for name in names)
        return expanded.statement, [value if process is None else process(value) for process, value in values]

    def arguments(self, parameters: Parameters) -> list[Any]:
        """Return the parameters in positional order, converted for the driver."""
        return [
            parameters.get(name, default) if process is None else process(parameters.get(name, default))
            for name, default, process in self._places
        ]

    def all_arguments(self, given: Sequence[Parameters]) -> list[tuple[Any, ...]]:
        """The same for many sets of parameters, column by column."""
        columns = []
        for name, default, process in self._places:
            values = [parameters.get(name, default) for parameters in given]
            columns.append(values if process is None else [*map(process, values)])
        return [*zip(*columns, strict=True)]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Fields]:
        """Return the driver's rows, with values converted by the types of the statement."""
        rows = []
        for values in found:
            row = list(values)
            for place, process in self._processes:
                row[place] = process(row[place])
            rows.append(self._row(row))
        return rows

    def _place(self, name: str) -> tuple[str, Any, Process | None]:
        bound = self._bound[name]
        return name, bound.value, self._type(bound.type).bind_processor(self._dialect)

    def _type(self, of_statement: TypeEngine[Any]) -> TypeEngine[Any]:
        return of_statement.dialect_impl(self._dialect)


def _columns_of(statement: Executable) -> list[ColumnElement[Any]]:
    """Return the columns of the rows that the statement returns."""
    if isinstance(statement, Select | CompoundSelect):
        return list(statement.exported_columns)
    # SQLAlchemy caches `exported_columns` and copies the cache with the statement: reading it here, on a
    # statement that returns nothing, would make it wrong for a copy with `returning()`.
    if isinstance(statement, UpdateBase) and statement._returning:  # noqa: SLF001 - see above
        return list(statement.exported_columns)
    return []


class StatementCache:
    """The compiled statements of one dialect. Each is compiled once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._compiled: WeakKeyDictionary[Executable, dict[Sequence[str] | None, CompiledStatement]] = (
            WeakKeyDictionary()
        )

    def get(self, statement: Executable, parameters: Parameters) -> CompiledStatement:
        """Return the statement compiled for parameters of these names, which determine the columns of an
        INSERT.
        """
        keys = tuple(parameters) if isinstance(statement, Insert) else None
        forms = self._compiled.get(statement)
        if forms is None:
            forms = self._compiled[statement] = {}
        if keys not in forms:
            forms[keys] = CompiledStatement(statement, self.dialect, keys)
        return forms[keys]


_CACHES: dict[Hashable, StatementCache] = {}


def statement_cache_for(dialect: Dialect) -> StatementCache:
    """Return the cache shared by all servers of the same kind and version, whose SQL is the same. The engine
    of the dialect must have connected, so that the dialect knows its server.
    """
    is_mariadb = getattr(dialect, "is_mariadb", False)
    kind = (dialect.name, dialect.driver, is_mariadb, dialect.server_version_info)
    return _CACHES.setdefault(kind, StatementCache(dialect))
