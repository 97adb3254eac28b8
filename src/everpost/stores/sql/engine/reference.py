"""The reference engine: the same statements on SQLAlchemy's own connections.

It is the simplest implementation. It is slower, but needs no private details of SQLAlchemy and no pool of a
driver. The differential tests compare the other implementations with it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import Dialect, Executable, Insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.stores.sql.engine.engines import BEGIN_SNAPSHOT, transaction
from everpost.stores.sql.engine.errors import without_retry
from everpost.stores.sql.engine.protocol import Calls, Outcome, Parameters, Result, Rows, Transaction


class ReferenceTransaction:
    """`Transaction` on a SQLAlchemy connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        if not isinstance(parameters, Mapping) and parameters:
            await self._connection.execute(statement, [dict(each) for each in parameters])
            return Result((), len(parameters))
        given = dict(parameters) if isinstance(parameters, Mapping) else {}
        result = await self._connection.execute(statement, given)
        if result.returns_rows:
            rows = result.all()
            return Result(rows, len(rows))
        return Result((), result.rowcount)

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        if given := [*rows]:
            await self.execute(statement, given)

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        return [await self.execute(statement, parameters) for statement, parameters in calls]


class ReferenceDatabase:
    """`Database` on a SQLAlchemy engine, whose pooled connections are in autocommit mode."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:  # noqa: ARG002 - aiosqlite always reads in a thread
        async with self._engine.connect() as connection:
            return (await ReferenceTransaction(connection).execute(statement, parameters)).rows

    async def change(self, calls: Calls, *, time_limited: bool) -> Sequence[Result]:  # noqa: ARG002 - as above
        async with self._engine.connect() as connection:
            with without_retry():
                return await ReferenceTransaction(connection).execute_all(calls)

    async def transact(
        self,
        work: Callable[[Transaction], Awaitable[Outcome]],
        *,
        time_limited: bool,  # noqa: ARG002 - as above
    ) -> Outcome:
        async with transaction(self._engine) as connection:
            return await work(ReferenceTransaction(connection))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        async with transaction(self._engine, *BEGIN_SNAPSHOT[self.dialect.name]) as connection:
            yield ReferenceTransaction(connection)

    async def close(self) -> None:
        await self._engine.dispose()
