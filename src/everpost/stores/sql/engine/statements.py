"""Statements made ready for a driver, so that the driver can be asked without SQLAlchemy in between.

SQLAlchemy writes the SQL once and says how values go in and come out; what it does for each execution
(a greenlet, a cursor, a result) costs several times what the databases here take for a row.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, CompoundSelect, Dialect, Executable, Insert, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Process = Callable[[Any], Any]


class Fields(Protocol):
    """A row: its values by name."""

    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - each column has a type of its own

    def __iter__(self) -> Iterator[Any]: ...

    def _asdict(self) -> dict[str, Any]: ...


class Prepared:
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
        self._places = [self._place(name) for name in compiled.positiontup]
        self.has_rows = isinstance(statement, Select | CompoundSelect)
        columns = list(statement.selected_columns) if isinstance(statement, Select | CompoundSelect) else []
        names = [str(column.key) for column in columns]
        # The names are known only now, to neither mypy nor a class statement.
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._row = cast("Callable[[Sequence[Any]], Fields]", row._make)
        processes = (self._type(column.type).result_processor(dialect, None) for column in columns)
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def call(self, parameters: Mapping[str, object]) -> tuple[str, Sequence[Any]]:
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

    def arguments(self, parameters: Mapping[str, object]) -> list[Any]:
        """The parameters in the order of their places, as the driver takes them."""
        return [
            parameters.get(name, default) if process is None else process(parameters.get(name, default))
            for name, default, process in self._places
        ]

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


class Preparer:
    """Prepares statements for one dialect, each once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._prepared: WeakKeyDictionary[Executable, dict[Sequence[str] | None, Prepared]] = (
            WeakKeyDictionary()
        )

    def prepare(self, statement: Executable, parameters: Mapping[str, object]) -> Prepared:
        """The statement, for parameters of these names: they say which columns an INSERT has."""
        keys = tuple(parameters) if isinstance(statement, Insert) else None
        forms = self._prepared.get(statement)
        if forms is None:
            forms = self._prepared[statement] = {}
        if keys not in forms:
            forms[keys] = Prepared(statement, self.dialect, keys)
        return forms[keys]


_PREPARERS: dict[Hashable, Preparer] = {}


def preparer_for(dialect: Dialect) -> Preparer:
    """The one for all servers of a kind and a version: their SQL is the same. The dialect knows its server,
    as it does once its engine has connected.
    """
    is_mariadb = getattr(dialect, "is_mariadb", False)
    kind = (dialect.name, dialect.driver, is_mariadb, dialect.server_version_info)
    return _PREPARERS.setdefault(kind, Preparer(dialect))
