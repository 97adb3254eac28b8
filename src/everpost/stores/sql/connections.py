"""The connections of a store: one statement, or one transaction, with its retries and its deadline."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import CursorResult, Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.errors import Busy
from everpost.stores.sql.drivers import open_reader
from everpost.stores.sql.engine import OPEN
from everpost.stores.sql.errors import Fault, busy_from, fault_of
from everpost.stores.sql.prepared import Fields, Prepared, Reading

Result = TypeVar("Result")
Rows = Sequence[Fields]
Parameters = Mapping[str, object]

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

    def __init__(self, engine: AsyncEngine, *, timeout: float) -> None:
        self._engine = engine
        self._timeout = timeout
        self._reader = open_reader(engine)
        self._prepared: WeakKeyDictionary[Reading, Prepared] = WeakKeyDictionary()
        is_sqlite = engine.dialect.name == "sqlite"
        self._begin = "BEGIN IMMEDIATE" if is_sqlite else "BEGIN"
        # SQLite lets one writer in at a time, and makes the others poll for the lock: in line they are
        # served in order, and do not hold connections that readers need.
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if is_sqlite else nullcontext()

    async def fetch(self, statement: Reading, parameters: Parameters) -> Rows:
        """The rows of one reading statement. Busy."""
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = Prepared(statement, self._engine.dialect)
        text, arguments = prepared.text, prepared.arguments(parameters)
        return prepared.rows(await self._persist(lambda: self._reader.read(text, arguments)))

    async def change(self, statement: Executable, parameters: Parameters, *, hurried: bool = True) -> int:
        """One writing statement that is a transaction of its own; how many rows it matched. Busy.

        Without `hurried` it takes the time it needs.
        """

        async def once() -> int:
            async with self._turn, self._engine.connect() as connection:
                with _final_word():
                    return rows_matched(await connection.execute(statement, parameters))

        return await self._persist(once, hurried=hurried)

    async def transact(
        self, work: Callable[[AsyncConnection], Awaitable[Result]], *, hurried: bool = True
    ) -> Result:
        """Several statements in one transaction, which an exception undoes. Busy.

        `work` is called again where the database undid it. Without `hurried` it takes the time it needs.
        """

        async def once() -> Result:
            async with self._turn, self._engine.connect() as connection:
                await connection.exec_driver_sql(self._begin)
                connection.info[OPEN] = True
                result = await work(connection)
                with _final_word():
                    await connection.exec_driver_sql("COMMIT")
                del connection.info[OPEN]
                return result

        return await self._persist(once, hurried=hurried)

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees the database as it is now, for as long as it takes. Busy."""

        async def once() -> AsyncConnection:
            async with AsyncExitStack() as opened:
                connection = await opened.enter_async_context(self._engine.connect())
                connection.info[OPEN] = True
                for statement in _FREEZE[self._engine.dialect.name]:
                    await connection.exec_driver_sql(statement)
                opened.pop_all()
                return connection

        async with aclosing(await self._persist(once)) as connection:
            with _told_as_busy(but=OSError):  # which may be of a file that the reader writes
                yield connection

    @property
    def dialect(self) -> Dialect:
        """How the engine wants its SQL."""
        return self._engine.dialect

    async def close(self) -> None:
        """Give every connection back."""
        self._reader.close()
        await self._engine.dispose()

    async def _persist(self, once: Callable[[], Awaitable[Result]], *, hurried: bool = True) -> Result:
        try:
            async with asyncio.timeout(self._timeout if hurried else None):
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
        except TimeoutError as error:
            raise Busy from error
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


@contextmanager
def _final_word() -> Iterator[None]:
    """Where the connection breaks now, nobody knows what took effect: never to be repeated unasked."""
    try:
        yield
    except Exception as error:
        if fault_of(error) is Fault.LOST:
            raise busy_from(error, Fault.LOST) from error
        raise


def rows_matched(result: CursorResult[*tuple[Any, ...]]) -> int:
    """How many rows an UPDATE or DELETE found."""
    return result.rowcount
