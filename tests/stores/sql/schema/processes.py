"""Functions that the tests run in separate processes."""

import asyncio
import os
from signal import SIGKILL

from sqlalchemy import event

from everpost.stores.sql.schema.schema import SqlSchema

_CHANGES = ("ALTER", "CREATE", "UPDATE", "DELETE", "INSERT", "DROP")


def migrate(url: str) -> int:
    """Migrate a database to the newest revision; return the number of steps."""
    return asyncio.run(_migrate(SqlSchema.at(url, timeout=10)))


def migrate_until_killed(url: str, change: int, scripts: str | None) -> None:
    """Migrate a database, but kill the process before this change, counted from 1."""
    count = 0

    def kill(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith(_CHANGES)
        if count == change:
            os.kill(os.getpid(), SIGKILL)

    schema = SqlSchema.at(url, timeout=10, scripts=scripts)
    event.listen(schema._engine.sync_engine, "before_cursor_execute", kill)
    asyncio.run(_migrate(schema))


async def _migrate(schema: SqlSchema) -> int:
    try:
        return len(await schema.migrate("head"))
    finally:
        await schema.close()
