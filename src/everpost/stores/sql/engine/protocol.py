"""The protocol between the store and a database: statements of SQLAlchemy in, rows and counts out."""

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
    """A row: its values by name."""

    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - each column has a type of its own

    def __iter__(self) -> Iterator[Any]: ...

    def _asdict(self) -> dict[str, Any]: ...


Rows: TypeAlias = Sequence[Fields]


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement gave."""

    rows: Rows
    matched: int
    """How many rows an UPDATE or DELETE found."""

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
    """Several statements that happen together, or see one state of the database."""

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        """Run a statement; with a sequence of parameters, once for each of them."""
        ...

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        """Run statements one after the other, in one round trip where the driver can."""
        ...

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        """Run an INSERT of plain values for any number of rows with the same names, in the engine's fastest
        way.
        """
        ...


class Database(Protocol):
    """A database that runs statements. Its calls raise the drivers' errors, have no timeout of their own, and
    when their caller is cancelled, they end its statement in the database too.
    """

    @property
    def dialect(self) -> Dialect:
        """The engine's SQL dialect."""
        ...

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:
        """The rows of one reading statement. If it is not `bounded`, its cost grows with the blog instead of
        with its rows.
        """
        ...

    async def change(self, calls: Calls, *, time_limited: bool) -> Sequence[Result]:
        """Writing statements on one connection, each a transaction. If `time_limited`, they are short."""
        ...

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        """Several statements in one transaction, which an exception undoes. With `time_limited` they are
        few and short.
        """
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that reads one state of the database until it ends, however long that takes."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
