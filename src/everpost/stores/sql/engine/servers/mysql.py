"""Sessions of asyncmy."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Self, cast

from asyncmy.cursors import Cursor
from asyncmy.errors import MySQLError

from everpost.stores.sql.engine.compiled import Arguments, BoundStatement, Load, Raw
from everpost.stores.sql.engine.servers.mysql_login import GuardedConnection, connect

_NO_SUCH_THREAD = 1094
_NOT_OWNER = 1095
_TOLERANCE = 2.0
"""The maximum error, in seconds, of an age that the server reports in whole seconds."""


class MysqlSession:
    """`PooledSession` of asyncmy."""

    closing: ClassVar[str] = "ensure_closed"

    def __init__(self, connection: GuardedConnection) -> None:
        self.connection = connection
        self._opened_at = self.acquired_at = self.used_at = asyncio.get_running_loop().time()
        self._prefix = ""

    @classmethod
    async def open(cls, options: Any) -> Self:  # noqa: ANN401 - asyncmy's own
        """Connect with the options of `mysql_login.connect`."""
        return cls(await connect(**options))

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        async with self.connection.cursor() as cursor:
            await self._execute(cursor, text, arguments)
            rows: Raw = await cursor.fetchall()
            return rows

    async def change(self, text: str, arguments: Arguments) -> int:
        async with self.connection.cursor() as cursor:
            await self._execute(cursor, text, arguments or None)
            return cast("int", cursor.rowcount)

    async def run_all(self, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
        if not calls:
            return ()
        async with self.connection.cursor() as cursor:
            texts = [cursor.mogrify(call.text, call.arguments) for call in calls]
            await self._execute(cursor, ";".join(texts), None)
            results: list[Raw | int] = []
            for call in calls:
                results.append(await cursor.fetchall() if call.has_rows else cast("int", cursor.rowcount))
                await cursor.nextset()
            return results

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        async with self.connection.cursor() as cursor:
            if self._prefix:
                await self._execute(cursor, "DO 0", None)
            await cursor.executemany(text, rows)

    async def load(self, load: Load) -> None:
        """The driver builds multi-row INSERTs."""
        await self.change_each(load.text, load.rows)

    @property
    def is_open(self) -> bool:
        return self.connection.is_open

    @property
    def in_transaction(self) -> bool:
        return self.connection.is_open and self.connection.get_transaction_status()

    async def begin(self) -> None:
        """Begin together with the next statement, in the same round trip."""
        self._prefix = "BEGIN;"

    async def ping(self) -> None:
        await self.connection.ping(reconnect=False)

    async def recover(self) -> bool:
        """asyncmy has closed the connection, but the server continues its statement."""
        return False

    async def end(self, other: Self) -> bool:
        """Ask for it again until the server has no such thread. Nothing is asked of another server, or of the
        same after a restart: they may use the same number for another thread.
        """
        if self.connection.host_name != other.connection.host_name:
            return True
        age = asyncio.get_running_loop().time() - other._opened_at
        ((_, uptime),) = await self.fetch("SHOW GLOBAL STATUS LIKE 'Uptime'", ())
        if int(uptime) + _TOLERANCE < age:
            return True
        try:
            await self.change(f"KILL {other.connection.thread_id()}", ())
        except MySQLError as error:
            if error.args[0] not in (_NO_SUCH_THREAD, _NOT_OWNER):
                raise
            return True
        return False

    async def log_out(self) -> None:
        await self.connection.ensure_closed()

    def abort(self) -> None:
        self.connection.close()

    async def _execute(self, cursor: Cursor, text: str, arguments: Arguments | None) -> None:
        prefix, self._prefix = self._prefix, ""
        await cursor.execute(prefix + text, arguments)
        if prefix:
            await cursor.nextset()
