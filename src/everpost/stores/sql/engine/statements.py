"""Statements of SQLAlchemy compiled for a driver. The only file that uses private details of SQLAlchemy.

SQLAlchemy writes the SQL once and says how values are bound and read; its work for each execution (a
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
    """A statement as the driver of one engine takes it: its text, and its parameters by their place."""

    def __init__(self, statement: Executable, dialect: Dialect, column_keys: Sequence[str] | None) -> None:
        # Every statement has it, whatever the interface that they share says.
        compiled = cast("ClauseElement", statement).compile(dialect=dialect, column_keys=column_keys)
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise TypeError(f"Its parameters have no places: {compiled}")
        self._compiled = compiled
        self._dialect = dialect
        self._is_expanding = bool(compiled.post_compile_params)
        self.text = str(compiled)
        self._bound = {name: bound for bound, name in compiled.bind_names.items()}
        self.names: Sequence[str] = compiled.positiontup
        """Of the parameters, in the order of their places."""
        self._places = [self._place(name) for name in self.names]
        columns = _columns_of(statement)
        self.has_rows = bool(columns)
        names = [str(column.key) for column in columns]
        # The names are known only now, to neither mypy nor a class statement.
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._row = cast("Callable[[Sequence[Any]], Fields]", row._make)
        processes = (self._type(column.type).result_processor(dialect, None) for column in columns)
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def call(self, parameters: Parameters) -> tuple[str, Sequence[Any]]:
        """The text with its arguments; a list among the parameters has as many places as it is long."""
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
        """The parameters in the order of their places, as the driver takes them."""
        return [
            parameters.get(name, default) if process is None else process(parameters.get(name, default))
            for name, default, process in self._places
        ]

    def all_arguments(self, given: Sequence[Parameters]) -> list[tuple[Any, ...]]:
        """The same for many parameters, none of which is missing."""
        columns = []
        for name, _, process in self._places:
            values = [parameters[name] for parameters in given]
            columns.append(values if process is None else [*map(process, values)])
        return [*zip(*columns, strict=True)]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Fields]:
        """The driver's rows with the values that the statement's types say."""
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
    """The columns of the rows that the statement returns."""
    if isinstance(statement, Select | CompoundSelect):
        return list(statement.exported_columns)
    # SQLAlchemy remembers the answer, and copies it with the statement: a look at one that returns nothing
    # would hold for a copy with `returning()` as well.
    if isinstance(statement, UpdateBase) and statement._returning:  # noqa: SLF001 - see above
        return list(statement.exported_columns)
    return []


class StatementCache:
    """The compiled statements of one dialect, each compiled once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._compiled: WeakKeyDictionary[Executable, dict[Sequence[str] | None, CompiledStatement]] = (
            WeakKeyDictionary()
        )

    def get(self, statement: Executable, parameters: Parameters) -> CompiledStatement:
        """The statement for parameters of these names, which say which columns an INSERT has."""
        keys = tuple(parameters) if isinstance(statement, Insert) else None
        forms = self._compiled.get(statement)
        if forms is None:
            forms = self._compiled[statement] = {}
        if keys not in forms:
            forms[keys] = CompiledStatement(statement, self.dialect, keys)
        return forms[keys]


_CACHES: dict[Hashable, StatementCache] = {}


def statement_cache_for(dialect: Dialect) -> StatementCache:
    """The cache shared by all servers of the same kind and version, whose SQL is the same. The dialect knows
    its server once its engine has connected.
    """
    is_mariadb = getattr(dialect, "is_mariadb", False)
    kind = (dialect.name, dialect.driver, is_mariadb, dialect.server_version_info)
    return _CACHES.setdefault(kind, StatementCache(dialect))
