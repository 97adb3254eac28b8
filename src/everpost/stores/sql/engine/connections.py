"""The connections of a store: one statement, or one transaction, with its retries and its deadline."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.stores.deadlines import timed
from everpost.stores.sql.engine.engines import OPEN
from everpost.stores.sql.engine.errors import Fault, busy_from, fault_of
from everpost.stores.sql.engine.servers import ServerDatabase
from everpost.stores.sql.engine.sqlite import FileDatabase
from everpost.stores.sql.engine.statements import Fields, preparer_for
from everpost.stores.sql.engine.transactions import Database, Parameters, Session, Transaction

Result = TypeVar("Result")
Rows = Sequence[Fields]

_PAUSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each further try, at most."""
_FREEZE = {
    # SQLite's view is that of the first thing read.
    "sqlite": ("BEGIN", "SELECT count(*) FROM sqlite_schema"),
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SELECT 1",
    ),
    "mysql": (
        "SET SESSION wait_timeout = 86400",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
}
"""How a transaction begins that sees one state of the database until its end, however long its reader does
other things in between.
"""


class Connections:
    """A bounded pool. Whatever is asked of it ends within `timeout` seconds, or in Busy."""

    def __init__(self, engine: AsyncEngine, *, timeout: float, pool_size: int) -> None:
        self._timeout = timeout
        self._preparer = preparer_for(engine.dialect)
        self._database: Database = (
            FileDatabase(engine, timeout=timeout)
            if engine.dialect.name == "sqlite"
            else ServerDatabase(engine, pool_size=pool_size)
        )

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool = True) -> Rows:
        """The rows of one reading statement. Busy.

        A statement that is not `bounded` may look at any number of rows: it holds up nothing else.
        """
        prepared = self._preparer.prepare(statement, parameters)
        text, arguments = prepared.call(parameters)
        return prepared.rows(
            await self._persist(lambda: self._database.read(text, arguments, bounded=bounded))
        )

    async def change(self, statement: Executable, parameters: Parameters, *, hurried: bool = True) -> int:
        """One writing statement that is a transaction of its own; how many rows it matched. Busy.

        Without `hurried` it takes the time it needs.
        """
        prepared = self._preparer.prepare(statement, parameters)
        text, arguments = prepared.call(parameters)

        async def work(session: Session) -> int:
            return await session.change(text, arguments)

        return await self._persist(lambda: self._database.run_alone(work, hurried=hurried), hurried=hurried)

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Result]], *, hurried: bool = True
    ) -> Result:
        """Several statements in one transaction, which an exception undoes. Busy.

        `work` is called again where the database undid it. Without `hurried` it takes the time it needs.
        """

        async def in_session(session: Session) -> Result:
            return await work(Transaction(session, self._preparer))

        return await self._persist(lambda: self._database.run(in_session, hurried=hurried), hurried=hurried)

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees the database as it is now, for as long as it takes. Busy."""

        async def once() -> tuple[AsyncConnection, AsyncExitStack]:
            async with AsyncExitStack() as opened:
                connection = await opened.enter_async_context(self._database.connected())
                connection.info[OPEN] = True
                for statement in _FREEZE[self.dialect.name]:
                    await connection.exec_driver_sql(statement)
                return connection, opened.pop_all()

        connection, opened = await self._persist(once)
        async with opened:
            with _told_as_busy(but=OSError):  # which may be of a file that the reader writes
                yield connection

    @property
    def dialect(self) -> Dialect:
        """How the engine wants its SQL."""
        return self._preparer.dialect

    async def close(self) -> None:
        """Give every connection back."""
        await self._database.close()

    async def _persist(self, once: Callable[[], Awaitable[Result]], *, hurried: bool = True) -> Result:
        async with timed(self._timeout if hurried else None):
            for pause in _PAUSES:
                try:
                    return await once()
                except Exception as error:
                    fault = fault_of(error)
                    if fault is None:
                        raise
                    if fault is Fault.REFUSED or pause is _PAUSES[-1]:
                        raise busy_from(error, fault) from error
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - it only spreads tries
        raise AssertionError  # the last try returns or raises


@contextmanager
def _told_as_busy(*, but: type[Exception]) -> Iterator[None]:
    """Turn faults of the database into Busy."""
    try:
        yield
    except but:
        raise
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise busy_from(error, fault) from error
