"""The connections of a store. They run one statement or one transaction, with retries and a deadline."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Literal, Self, TypeAlias, TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.stores.deadlines import timed
from everpost.stores.sql.engine.engines import make_engine, reach
from everpost.stores.sql.engine.errors import Fault, busy_from, fault_of
from everpost.stores.sql.engine.protocol import Calls, Database, Parameters, Result, Rows, Transaction
from everpost.stores.sql.engine.reference import ReferenceDatabase
from everpost.stores.sql.engine.servers.database import (
    BorrowedConnection,
    ServerDatabase,
)
from everpost.stores.sql.engine.servers.mysql import MysqlSession
from everpost.stores.sql.engine.servers.pool import ConnectionPool
from everpost.stores.sql.engine.servers.postgresql import PostgresqlSession
from everpost.stores.sql.engine.sqlite.database import SqliteDatabase
from everpost.stores.sql.engine.statements import statement_cache_for
from everpost.stores.sql.engine.urls import address_of

Outcome = TypeVar("Outcome")
EngineName: TypeAlias = Literal["drivers", "reference"]

_PAUSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""The maximum pause before each retry, in seconds."""


class Connections:
    """A bounded pool. Every call ends with Busy at the deadline of the request or, outside one, after
    `timeout` seconds.
    """

    def __init__(self, database: Database, *, timeout: float) -> None:
        self._database = database
        self._timeout = timeout

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        timeout: float,
        pool_size: int,
        engine: EngineName = "drivers",
        prepare: Callable[[AsyncEngine], Awaitable[None]] | None = None,
    ) -> Self:
        """Connect to the database at a URL. `prepare` is called first, with a SQLAlchemy engine on the same
        connections. Raises Misconfigured, Unreachable.
        """
        pool = None if engine == "reference" else _pool_for(url, timeout=timeout, size=pool_size)
        borrow = None if pool is None else partial(BorrowedConnection.from_pool, pool)
        alchemy = make_engine(url, timeout=timeout, pool_size=pool_size, borrow=borrow)
        try:
            if prepare is not None:
                await prepare(alchemy)
            await reach(alchemy, url, timeout=timeout)
        except BaseException:
            await alchemy.dispose()
            if pool is not None:
                await pool.close()
            raise
        if engine == "reference":
            return cls(ReferenceDatabase(alchemy), timeout=timeout)
        await alchemy.dispose()
        # The engine has connected, so its dialect knows the server's version.
        statements = statement_cache_for(alchemy.dialect)
        if pool is not None:
            return cls(ServerDatabase(statements, pool, timeout=timeout), timeout=timeout)
        return cls(SqliteDatabase(statements, alchemy.url.database or "", timeout=timeout), timeout=timeout)

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool = True) -> Rows:
        """Return the rows of one reading statement. Raises Busy.

        A statement that is not `bounded` may read any number of rows; it does not block other callers.
        """
        return await self._persist(lambda: self._database.fetch(statement, parameters, bounded=bounded))

    async def change(
        self, statement: Executable, parameters: Parameters, *, time_limited: bool = True
    ) -> int:
        """Run one writing statement in its own transaction; return the number of rows it matched. Raises
        Busy.

        Without `time_limited` there is no timeout.
        """
        calls = [(statement, parameters)]
        (result,) = await self._persist(
            lambda: self._database.change(calls, time_limited=time_limited), time_limited=time_limited
        )
        return result.matched

    async def change_returning(self, statement: Executable, parameters: Parameters) -> Rows:
        """Run one writing statement in its own transaction and return its rows. Raises Busy."""
        (result,) = await self.change_all([(statement, parameters)])
        return result.rows

    async def change_all(self, calls: Calls) -> Sequence[Result]:
        """Run writing statements one after the other, each in its own transaction. Raises Busy."""
        return await self._persist(lambda: self._database.change(calls, time_limited=True))

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], *, time_limited: bool = True
    ) -> Outcome:
        """Run several statements in one transaction, which an exception rolls back. Raises Busy.

        `work` is called again if the database rolled it back. Without `time_limited` there is no timeout.
        """
        return await self._persist(
            lambda: self._database.transact(work, time_limited=time_limited), time_limited=time_limited
        )

    async def read_together(self, work: Callable[[Transaction], Awaitable[Outcome]]) -> Outcome:
        """Run several reading statements that see one state of the database. Raises Busy."""

        async def once() -> Outcome:
            async with self._database.snapshot() as transaction:
                return await work(transaction)

        return await self._persist(once)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        """A transaction that sees one state of the database for as long as it is open. Raises Busy."""

        async def once() -> tuple[Transaction, AsyncExitStack]:
            async with AsyncExitStack() as opened:
                return await opened.enter_async_context(self._database.snapshot()), opened.pop_all()

        transaction, opened = await self._persist(once)
        with _busy_on_fault(except_for=OSError):  # it may come from a file that the reader writes
            async with opened:
                yield transaction

    @property
    def dialect(self) -> Dialect:
        """The SQL dialect of the engine."""
        return self._database.dialect

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def _persist(self, once: Callable[[], Awaitable[Outcome]], *, time_limited: bool = True) -> Outcome:
        async with timed(self._timeout if time_limited else None):
            for pause in _PAUSES:
                try:
                    return await once()
                except Exception as error:
                    fault = fault_of(error)
                    if fault is None:
                        raise
                    if fault is Fault.REFUSED or pause is _PAUSES[-1]:
                        raise busy_from(error, fault) from error
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - it only spreads retries
        raise AssertionError  # the last attempt returns or raises


def _pool_for(url: str, *, timeout: float, size: int) -> ConnectionPool | None:
    """Return a pool of the driver's connections, none of them open yet; None for SQLite. Raises
    Misconfigured.
    """
    address = address_of(url, timeout=timeout)
    options: dict[str, Any] = dict(address.connect_args)
    options.pop("async_creator_fn", None)  # an option of SQLAlchemy's
    engine = address.url.get_backend_name()
    if engine == "postgresql":
        options.pop("prepared_statement_cache_size", None)  # likewise
        return ConnectionPool(partial(PostgresqlSession.open, options), size=size, timeout=timeout)
    if engine == "mysql":
        options |= address.url.translate_connect_args(username="user")
        return ConnectionPool(partial(MysqlSession.open, options), size=size, timeout=timeout)
    return None


@contextmanager
def _busy_on_fault(*, except_for: type[Exception]) -> Iterator[None]:
    """Turn database faults into Busy."""
    try:
        yield
    except except_for:
        raise
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise busy_from(error, fault) from error
