"""PostgreSQL and MySQL or MariaDB: statements over a pool of connections."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.stores.sql.engine.engines import OPEN
from everpost.stores.sql.engine.errors import Fault, busy_from, fault_of
from everpost.stores.sql.engine.transactions import Arguments, Outcome, Raw, Session

Driven: TypeAlias = Any
"""A connection of a driver that says nothing of its types."""


class PostgresqlSession:
    """`Session` of asyncpg."""

    def __init__(self, connection: Driven) -> None:
        self._connection = connection

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        rows: Raw = await self._connection.fetch(text, *arguments)
        return rows

    async def change(self, text: str, arguments: Arguments) -> int:
        status: str = await self._connection.execute(text, *arguments)
        count = status.rpartition(" ")[2]  # as of "UPDATE 1"
        return int(count) if count.isdecimal() else 0

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        await self._connection.executemany(text, rows)


class MysqlSession:
    """`Session` of asyncmy."""

    def __init__(self, connection: Driven) -> None:
        self._connection = connection

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        async with self._connection.cursor() as cursor:
            await cursor.execute(text, arguments)
            rows: Raw = await cursor.fetchall()
            return rows

    async def change(self, text: str, arguments: Arguments) -> int:
        async with self._connection.cursor() as cursor:
            await cursor.execute(text, arguments or None)
            return int(cursor.rowcount)

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        async with self._connection.cursor() as cursor:
            await cursor.executemany(text, rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Lent:
    """A connection in use: SQLAlchemy's, the pool's and the driver's."""

    connection: AsyncConnection
    pooled: PoolProxiedConnection
    session: Session


class ServerDatabase:
    """`Database` of a server. Connections stay out of SQLAlchemy's pool while nothing goes wrong: to lend one
    takes it as long as a short statement does. It makes them, and what failed goes back to it.
    """

    def __init__(self, engine: AsyncEngine, *, pool_size: int) -> None:
        self._engine = engine
        self._idle: list[_Lent] = []
        self._size = pool_size
        self._room = asyncio.Semaphore(pool_size)
        self._session = PostgresqlSession if engine.dialect.name == "postgresql" else MysqlSession

    async def read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:  # noqa: ARG002 - all cost others nothing elsewhere
        async with self._lend() as lent:
            return await lent.session.fetch(text, arguments)

    async def run(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:  # noqa: ARG002 - all take their time elsewhere
        async with self._lend() as lent:
            await lent.session.change("BEGIN", ())
            lent.connection.info[OPEN] = True
            outcome = await work(lent.session)
            with final_word():
                await lent.session.change("COMMIT", ())
            del lent.connection.info[OPEN]
            return outcome

    async def run_alone(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:  # noqa: ARG002
        async with self._lend() as lent:
            with final_word():
                return await work(lent.session)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        async with self._room:
            lent = self._idle.pop() if self._idle else None
            connection = lent.connection if lent else await self._engine.connect()
            try:
                yield connection
            finally:
                await asyncio.shield(connection.close())

    async def close(self) -> None:
        for _ in range(self._size):  # what is asked for those who wait no longer ends by itself
            await self._room.acquire()
        while self._idle:
            await self._idle.pop().connection.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _lend(self) -> AsyncIterator[_Lent]:
        async with self._room:
            lent = self._idle.pop() if self._idle else await self._connect()
            try:
                yield lent
            except BaseException as error:
                await asyncio.shield(self._take_back(lent, error))
                raise
            self._idle.append(lent)

    async def _connect(self) -> _Lent:
        connection = await self._engine.connect()
        pooled = await connection.get_raw_connection()
        return _Lent(connection, pooled, self._session(pooled.driver_connection))

    async def _take_back(self, lent: _Lent, error: BaseException) -> None:
        """SQLAlchemy rolls back what is open. Over a connection on which something broke off, more may come
        of what was asked; and where one is broken, those that wait are, too.
        """
        fault = fault_of(error) if isinstance(error, Exception) else None
        broken = [lent] if fault is not None or not isinstance(error, Exception) else []
        if fault in (Fault.LOST, Fault.UNSENT):
            broken += self._idle
            self._idle.clear()
        for each in {id(each): each for each in (lent, *broken)}.values():
            with suppress(Exception):  # what went wrong first is what is told
                if each in broken:
                    each.pooled.invalidate(error if isinstance(error, Exception) else None)
                await each.connection.close()


@contextmanager
def final_word() -> Iterator[None]:
    """Where the connection breaks now, nobody knows what took effect: never to be repeated unasked."""
    try:
        yield
    except Exception as error:
        if fault_of(error) is Fault.LOST:
            raise busy_from(error, Fault.LOST) from error
        raise
