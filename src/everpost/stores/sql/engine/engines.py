"""SQLAlchemy engines: for schemas, for the reference, and to identify the server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from everpost.errors import Unreachable
from everpost.stores.addresses import describe_url
from everpost.stores.sql.engine.errors import Fault, fault_of, reason_of, without_retry
from everpost.stores.sql.engine.servers.postgresql_login import guard_logins
from everpost.stores.sql.engine.sqlite.files import make_private
from everpost.stores.sql.engine.urls import address_of

OPEN = "everpost.open"
"""A flag in `info` of a connection: a transaction is open."""

SQLITE_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

_CONNECT_TIMEOUTS = 3
"""The first connection may take this many timeouts, because it also identifies the server."""
BEGIN_SNAPSHOT = {
    # SQLite takes its snapshot at the first read.
    "sqlite": ("BEGIN", "SELECT count(*) FROM sqlite_schema"),
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SELECT 1",
    ),
    "mysql": (
        "SET SESSION wait_timeout = 86400",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
}
"""Statements that begin a transaction with one view of the database until it ends, even if its reader pauses
for long.
"""

guard_logins()

# asyncmy logs every warning of the server, such as that MySQL ignores the name of a primary key.
logging.getLogger("asyncmy").setLevel(logging.ERROR)


def make_engine(
    url: str, *, timeout: float, pool_size: int, borrow: Callable[[], Awaitable[Any]] | None = None
) -> AsyncEngine:
    """An engine that connects on first use, or borrows connections from a driver's pool. Raises
    Misconfigured.

    Each statement is its own transaction unless one is begun explicitly, so a read is one round trip.
    `timeout`, in seconds, applies to connecting and to locks.
    """
    address = address_of(url, timeout=timeout)
    engine = create_async_engine(
        address.url,
        connect_args=dict(address.connect_args),
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_reset_on_return=None,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=timeout,
        hide_parameters=True,
        **({} if borrow is None else {"async_creator": borrow}),
    )
    if engine.dialect.name == "sqlite":
        database = address.url.database or ""
        event.listen(engine.sync_engine, "do_connect", lambda *_: make_private(database))
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "reset", partial(_roll_back_open_transaction, engine.dialect.name))
    return engine


def empty_engine() -> AsyncEngine:
    """An empty SQLite database in memory."""
    return create_async_engine("sqlite+aiosqlite://")


@asynccontextmanager
async def transaction(engine: AsyncEngine, *begin: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that these statements begin. An exception rolls it back."""
    async with engine.connect() as connection:
        for statement in begin or ("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN",):
            await connection.exec_driver_sql(statement)
            connection.info[OPEN] = True
        yield connection
        with without_retry():
            await connection.exec_driver_sql("COMMIT")
        del connection.info[OPEN]


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    for setting in SQLITE_SETTINGS:
        _execute(connection, setting)


def _execute(connection: DBAPIConnection, statement: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


def _roll_back_open_transaction(
    engine_name: str, connection: DBAPIConnection, entry: ConnectionPoolEntry, state: PoolResetState
) -> None:
    """Roll back a transaction that an exception left open, without a round trip if there is none."""
    is_open = entry.info.pop(OPEN, False)
    if not is_open or not state.asyncio_safe or state.terminate_only:
        return
    if engine_name == "postgresql":
        _execute(
            connection, "ROLLBACK"
        )  # SQLAlchemy's asyncpg connection knows only transactions that it began
    else:
        connection.rollback()  # SQLite rolls some back automatically, and would then refuse the statement


async def reach(engine: AsyncEngine, url: str, *, timeout: float) -> None:
    """Connect once; close every connection if that fails. Raises Unreachable, with the reason.

    The driver has `timeout` seconds to connect. Then SQLAlchemy identifies the server with several
    statements.
    """
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUTS * timeout):
            await _connect(engine)
    except TimeoutError:
        reason = f"no answer within {timeout:g} s"
    except (SQLAlchemyError, OSError, RuntimeError, ValueError) as error:
        reason = reason_of(error)
    else:
        return
    await engine.dispose()
    raise Unreachable(f"Cannot connect to the database {describe_url(url)}: {reason}")


async def _connect(engine: AsyncEngine) -> None:
    """Retry while another process is creating the same SQLite file. The busy timeout does not cover this:
    https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode
    """
    while True:
        try:
            async with engine.connect():
                return
        except DBAPIError as error:
            if fault_of(error) is not Fault.CONTENTION:
                raise
        await asyncio.sleep(0.02)
