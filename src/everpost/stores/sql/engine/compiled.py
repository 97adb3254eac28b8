"""Databases that call the drivers directly, with statements compiled by SQLAlchemy."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

from sqlalchemy import Dialect, Executable, Insert, Table

from everpost.stores.sql.engine.protocol import Calls, Outcome, Parameters, Result, Rows, Transaction
from everpost.stores.sql.engine.statements import StatementCache

Arguments: TypeAlias = Sequence[Any]
Raw: TypeAlias = Sequence[Sequence[Any]]
"""Rows as a driver returns them."""


_AT_ONCE = 100
"""The number of rows of a load that are held as parameters at a time, because parameters take several times
as much memory as arguments.
"""


class BoundStatement(NamedTuple):
    """A statement with positional arguments, and whether it returns rows."""

    text: str
    arguments: Arguments
    has_rows: bool


class Load(NamedTuple):
    """Rows for an INSERT statement, whose text ends after the placeholders of one row."""

    text: str
    table: str
    columns: Sequence[str]
    rows: Sequence[Arguments]


class Session(Protocol):
    """A driver's connection. Its methods raise the driver's errors."""

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        """Return the rows of a statement."""
        ...

    async def change(self, text: str, arguments: Arguments) -> int:
        """Return the number of rows that a statement matched."""
        ...

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        """Run a statement once for each of these rows of arguments."""
        ...

    async def run_all(self, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
        """Return the rows or the row counts of statements, in one round trip if the driver supports it."""
        ...

    async def load(self, load: Load) -> None:
        """Run an INSERT for many rows in the driver's fastest way."""
        ...


async def run_each(session: Session, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
    """`run_all` for a driver without it: one statement after the other."""
    return [
        await (session.fetch(text, arguments) if has_rows else session.change(text, arguments))
        for text, arguments, has_rows in calls
    ]


class CompiledTransaction:
    """`Transaction` in a session."""

    def __init__(self, session: Session, statements: StatementCache) -> None:
        self._session = session
        self._statements = statements

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        if not isinstance(parameters, Mapping) and parameters:
            compiled = self._statements.get(statement, parameters[0])
            await self._session.change_each(compiled.text, compiled.all_arguments(parameters))
            return Result((), len(parameters))
        given: Parameters = parameters if isinstance(parameters, Mapping) else {}
        compiled = self._statements.get(statement, given)
        text, arguments = compiled.call(given)
        if compiled.has_rows:
            rows = compiled.rows(await self._session.fetch(text, arguments))
            return Result(rows, len(rows))
        return Result((), await self._session.change(text, arguments))

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        each = iter(rows)
        some = list(islice(each, _AT_ONCE))
        if not some:
            return
        compiled = self._statements.get(statement, some[0])
        arguments: list[Arguments] = []
        while some:
            arguments += compiled.all_arguments(some)
            some = list(islice(each, _AT_ONCE))
        table = cast("Table", statement.table)
        await self._session.load(Load(compiled.text, table.name, compiled.names, arguments))

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        compiled = [self._statements.get(statement, parameters) for statement, parameters in calls]
        given = [
            BoundStatement(*each.call(parameters), each.has_rows)
            for each, (_, parameters) in zip(compiled, calls, strict=True)
        ]
        results = []
        for each, found in zip(compiled, await self._session.run_all(given), strict=True):
            if isinstance(found, int):
                results.append(Result((), found))
            else:
                rows = each.rows(found)
                results.append(Result(rows, len(rows)))
        return results


class CompiledDatabase(ABC):
    """`Database` on a driver's sessions."""

    def __init__(self, statements: StatementCache) -> None:
        self._statements = statements

    @property
    def dialect(self) -> Dialect:
        return self._statements.dialect

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:
        compiled = self._statements.get(statement, parameters)
        text, arguments = compiled.call(parameters)
        return compiled.rows(await self._read(text, arguments, bounded=bounded))

    async def change(self, calls: Calls, *, time_limited: bool) -> Sequence[Result]:
        async def work(session: Session) -> Sequence[Result]:
            return await CompiledTransaction(session, self._statements).execute_all(calls)

        return await self._run_alone(work, time_limited=time_limited)

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        async def in_session(session: Session) -> Outcome:
            return await work(CompiledTransaction(session, self._statements))

        return await self._run(in_session, time_limited=time_limited)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        async with self._snapshot_session() as session:
            yield CompiledTransaction(session, self._statements)

    @abstractmethod
    async def _read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:
        """Return the rows of one statement."""

    @abstractmethod
    async def _run(self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool) -> Outcome:
        """Run the work in one transaction."""

    @abstractmethod
    async def _run_alone(
        self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        """Run the work, with each statement in its own transaction."""

    @abstractmethod
    def _snapshot_session(self) -> AbstractAsyncContextManager[Session]:
        """A session whose transaction reads one state of the database."""

    @abstractmethod
    async def close(self) -> None: ...
