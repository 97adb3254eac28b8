"""One way to run statements, whatever runs them: what a driver is asked, and what becomes of it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.stores.sql.engine.statements import Fields, Preparer

Outcome = TypeVar("Outcome")
Arguments: TypeAlias = Sequence[Any]
Parameters: TypeAlias = Mapping[str, object]
Raw: TypeAlias = Sequence[Sequence[Any]]
"""Rows as a driver has them."""


class Session(Protocol):
    """A connection of a driver. Its calls raise what the driver raises."""

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        """The rows of a statement."""
        ...

    async def change(self, text: str, arguments: Arguments) -> int:
        """How many rows a statement matched."""
        ...

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        """A statement for each of these."""
        ...


class Database(Protocol):
    """Where statements are run. Its calls raise what drivers raise."""

    async def read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:
        """The rows of one statement. Where it is not `bounded`, its cost grows with the blog, not with the
        rows that it gives.
        """
        ...

    async def run(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:
        """Several statements in one transaction, which an exception undoes. Where `hurried`, they are few and
        short.
        """
        ...

    async def run_alone(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:
        """One statement, which is a transaction of its own."""
        ...

    def connected(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection of SQLAlchemy's for as long as it takes, which may leave traces on it."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement gave."""

    rows: Sequence[Fields]
    matched: int
    """How many rows an UPDATE or DELETE found."""

    def first(self) -> Fields | None:
        return self.rows[0] if self.rows else None

    def one(self) -> Fields:
        (row,) = self.rows
        return row

    def __iter__(self) -> Iterator[Fields]:
        return iter(self.rows)


class Transaction:
    """Runs SQLAlchemy's statements in a session."""

    def __init__(self, session: Session, preparer: Preparer) -> None:
        self._session = session
        self._preparer = preparer

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        """The statement; with a sequence of parameters, for each of them."""
        if not isinstance(parameters, Mapping) and parameters:
            prepared = self._preparer.prepare(statement, parameters[0])
            await self._session.change_each(prepared.text, [prepared.arguments(each) for each in parameters])
            return Result((), len(parameters))
        given: Parameters = parameters if isinstance(parameters, Mapping) else {}
        prepared = self._preparer.prepare(statement, given)
        text, arguments = prepared.call(given)
        if prepared.has_rows:
            rows = prepared.rows(await self._session.fetch(text, arguments))
            return Result(rows, len(rows))
        return Result((), await self._session.change(text, arguments))
