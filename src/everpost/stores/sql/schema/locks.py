"""Ensures that one process at a time changes the schema of a database, in one transaction if the engine
supports that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.errors import Busy, SchemaMismatch
from everpost.stores.sql.engine import OPEN, Fault, fault_of
from everpost.stores.sql.schema.initial_creation import NOT_STARTED, Overtaken, is_partly_created

_LOCK_NUMBER = 0x65766572706F7374
_LOCK_NAME = "CONCAT('everpost:', LEFT(SHA2(DATABASE(), 256), 40))"  # 64 characters at most
_LOCK_TIMEOUT = 3600
"""The number of seconds to wait for another process that migrates."""
_CREATION_TIMEOUT = 30
"""The number of seconds to wait for a process on another Galera node that creates the schema."""
_CHECKS = 300


@asynccontextmanager
async def exclusive(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection with the exclusive right to change the schema. An exception rolls its changes back.

    MySQL commits each change of a schema on its own.
    """
    locked = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[engine.dialect.name]
    async with engine.connect() as connection, locked(connection):
        yield connection


@asynccontextmanager
async def _sqlite(connection: AsyncConnection) -> AsyncIterator[None]:
    """Foreign keys are off, and checked at the end: to alter a table, SQLite may have to rebuild it, and
    dropping the old table would delete the rows that refer to it.

    https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
    """
    await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    async with asyncio.timeout(_LOCK_TIMEOUT):
        await _begin_exclusive(connection)
    connection.info[OPEN] = True
    yield
    if (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
        raise SchemaMismatch("The migration was rolled back: it would leave rows that refer to missing rows.")
    await connection.exec_driver_sql("COMMIT")
    del connection.info[OPEN]
    # The store goes on with this connection. Within a transaction the statement has no effect.
    await connection.exec_driver_sql("PRAGMA foreign_keys = ON")


async def _begin_exclusive(connection: AsyncConnection) -> None:
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
    if await connection.scalar(text(f"SELECT GET_LOCK({_LOCK_NAME}, {_LOCK_TIMEOUT})")) != 1:
        raise Busy("Another process is migrating this database. Try again when it has finished.")
    try:
        await _wait_for_other_nodes(connection)
        yield
    finally:
        if not connection.invalidated:  # the lock ends with its connection
            await connection.exec_driver_sql(f"SELECT RELEASE_LOCK({_LOCK_NAME})")


async def _wait_for_other_nodes(connection: AsyncConnection) -> None:
    """Wait for a process on another Galera node, because the lock only covers one node. A schema that is
    still incomplete afterwards belongs to a process that was killed.
    """
    found = await connection.exec_driver_sql("SHOW VARIABLES LIKE 'wsrep_on'")
    if [row[-1] for row in found] != ["ON"]:
        return
    for _ in range(_CHECKS):
        with suppress(Overtaken):
            connection.info[NOT_STARTED] = not await connection.run_sync(is_partly_created)
            if connection.info[NOT_STARTED]:
                return
        await asyncio.sleep(_CREATION_TIMEOUT / _CHECKS)
