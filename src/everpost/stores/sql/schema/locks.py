"""One process at a time changes the schema of a database, in one transaction where the engine can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.errors import Busy, SchemaMismatch
from everpost.stores.sql.engine import OPEN, Fault, fault_of
from everpost.stores.sql.schema.initial_creation import UNMADE, is_half_made

_LOCK_NUMBER = 0x65766572706F7374
_LOCK_NAME = "CONCAT('everpost:', LEFT(SHA2(DATABASE(), 256), 40))"  # 64 characters at most
_LONG = 3600
"""Seconds to wait while another process migrates."""
_CREATION = 30
"""Seconds to wait while a process on another node of a Galera cluster creates the schema."""
_CHECKS = 300


@asynccontextmanager
async def exclusive(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that alone may change the schema; what it did stays unless an exception leaves.

    MySQL commits each change of a schema by itself.
    """
    locked = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[engine.dialect.name]
    async with engine.connect() as connection, locked(connection):
        yield connection


@asynccontextmanager
async def _sqlite(connection: AsyncConnection) -> AsyncIterator[None]:
    """Foreign keys are off, because SQLite rebuilds a table that it cannot alter and drops the old one,
    which would delete what refers to it; and checked at the end.

    https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
    """
    await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    async with asyncio.timeout(_LONG):
        await _begin_alone(connection)
    connection.info[OPEN] = True
    yield
    if (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
        raise SchemaMismatch(
            "After the migration rows would refer to rows that are not there: it was undone."
        )
    await connection.exec_driver_sql("COMMIT")
    del connection.info[OPEN]
    # The store goes on with this connection. Within a transaction the statement has no effect.
    await connection.exec_driver_sql("PRAGMA foreign_keys = ON")


async def _begin_alone(connection: AsyncConnection) -> None:
    while True:
        try:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError as error:
            if fault_of(error) is not Fault.CONTENTION:
                raise
        else:
            return
        await asyncio.sleep(0.05)


@asynccontextmanager
async def _postgresql(connection: AsyncConnection) -> AsyncIterator[None]:
    await connection.exec_driver_sql("BEGIN")
    connection.info[OPEN] = True
    await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")
    yield
    await connection.exec_driver_sql("COMMIT")
    del connection.info[OPEN]


@asynccontextmanager
async def _mysql(connection: AsyncConnection) -> AsyncIterator[None]:
    if await connection.scalar(text(f"SELECT GET_LOCK({_LOCK_NAME}, {_LONG})")) != 1:
        raise Busy("Another process is migrating this database. Try again when it has finished.")
    try:
        await _wait_for_other_nodes(connection)
        yield
    finally:
        if not connection.invalidated:  # the lock goes with its connection
            await connection.exec_driver_sql(f"SELECT RELEASE_LOCK({_LOCK_NAME})")


async def _wait_for_other_nodes(connection: AsyncConnection) -> None:
    """On Galera, the lock is that of one node. A schema that is still half made after a while belongs to a
    process that was killed.
    """
    found = await connection.exec_driver_sql("SHOW VARIABLES LIKE 'wsrep_on'")
    if [row[-1] for row in found] != ["ON"]:
        return
    for _ in range(_CHECKS):
        connection.info[UNMADE] = not await connection.run_sync(is_half_made)
        if connection.info[UNMADE]:
            return
        await asyncio.sleep(_CREATION / _CHECKS)
