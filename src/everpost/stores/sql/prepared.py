"""Reading statements made ready for a driver, so that the driver can be asked without SQLAlchemy in between.

SQLAlchemy writes the SQL once and says how values go in and come out; what it does for each execution
(a greenlet, a cursor, a result) costs several times what the databases here take for a row.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import CompoundSelect, Dialect, Select

Reading = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
Process = Callable[[Any], Any]


class Fields(Protocol):
    """A row: its values by name."""

    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - each column has a type of its own

    def __iter__(self) -> Iterator[Any]: ...

    def _asdict(self) -> dict[str, Any]: ...


class Prepared:
    """A statement as the driver of one engine takes it: its text, and its parameters by their place."""

    def __init__(self, statement: Reading, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.positiontup is None or compiled.post_compile_params:
            raise TypeError(f"Its text is not the same whatever its parameters are: {compiled}")
        self.text = str(compiled)
        given = {name: bound for bound, name in compiled.bind_names.items()}
        self._places = [
            (name, given[name].value, given[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]
        columns = list(statement.selected_columns)
        names = [str(column.key) for column in columns]
        # The names are known only now, to neither mypy nor a class statement.
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._row = cast("Callable[[Sequence[Any]], Fields]", row._make)
        processes = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

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
