"""The protocol between the store and a database: SQLAlchemy statements in, rows and row counts out."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Dialect, Executable, Insert

Outcome = TypeVar("Outcome")
Parameters: TypeAlias = Mapping[str, object]
Call: TypeAlias = tuple[Executable, Parameters]
"""A statement with its parameters."""
Calls: TypeAlias = Sequence[Call]


class Fields(Protocol):
    """A row, with its values as attributes."""

    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - each column has its own type

    def __iter__(self) -> Iterator[Any]: ...

    def _asdict(self) -> dict[str, Any]: ...


Rows: TypeAlias = Sequence[Fields]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a statement."""

    rows: Rows
    matched: int
    """The number of rows that an UPDATE or DELETE matched."""

    def first(self) -> Fields | None:
        return self.rows[0] if self.rows else None

    def one(self) -> Fields:
        (row,) = self.rows
        return row

    def all(self) -> Rows:
        return self.rows

    def __iter__(self) -> Iterator[Fields]:
        return iter(self.rows)


class Transaction(Protocol):
    """Several statements that take effect together, or read one state of the database."""

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        """Run a statement; with a sequence of parameters, run it once for each of them."""
        ...

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        """Run statements one after the other, in one round trip if the driver supports it."""
        ...

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        """Run an INSERT of plain values for any number of rows with the same columns, in the engine's fastest
        way.
        """
        ...


class Database(Protocol):
    """A database that runs statements. Its methods raise the drivers' errors and have no timeout. If the
    caller is cancelled, they also end the statement in the database.
    """

    @property
    def dialect(self) -> Dialect:
        """The SQL dialect of the engine."""
        ...

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:
        """Return the rows of one reading statement. If it is not `bounded`, its cost grows with the blog
        rather than with its rows.
        """
        ...

    async def change(self, calls: Calls, *, time_limited: bool) -> Sequence[Result]:
        """Run writing statements on one connection, each in its own transaction. If `time_limited`, they are
        short.
        """
        ...

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        """Run several statements in one transaction, which an exception rolls back. If `time_limited`, they
        are few and short.
        """
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that reads one state of the database until it ends, however long that takes."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
