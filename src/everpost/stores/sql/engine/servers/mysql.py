"""Sessions and connection pool of asyncmy."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import ClassVar, TypeAlias, cast

import asyncmy
from asyncmy.cursors import Cursor
from asyncmy.errors import MySQLError

from everpost.stores.sql.engine.compiled import Arguments, BoundStatement, Load, Raw
from everpost.stores.sql.engine.servers.database import MAX_IDLE, PooledSession
from everpost.stores.sql.engine.servers.mysql_login import GuardedConnection

Connect: TypeAlias = Callable[[], Awaitable[GuardedConnection]]

_NO_SUCH_THREAD = 1094


class MysqlSession:
    """`PooledSession` of asyncmy."""

    def __init__(self, connection: GuardedConnection) -> None:
        self.connection = connection
        self.acquired_at = self.used_at = connection.last_usage
        self._prefix = ""

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
    def in_transaction(self) -> bool:
        return self.connection.is_open and self.connection.get_transaction_status()

    async def begin(self) -> None:
        """Begin together with the next statement, in the same round trip."""
        self._prefix = "BEGIN;"

    async def ping(self) -> None:
        await self.connection.ping(reconnect=False)

    async def _execute(self, cursor: Cursor, text: str, arguments: Arguments | None) -> None:
        prefix, self._prefix = self._prefix, ""
        await cursor.execute(prefix + text, arguments)
        if prefix:
            await cursor.nextset()


class _Connections(asyncmy.Pool):
    """asyncmy's pool, except that it connects outside its lock: a free connection can be acquired while
    another is being opened. The login is guarded.
    """

    _acquiring: int
    _cond: asyncio.Condition
    _loop: asyncio.AbstractEventLoop
    _wakeup: Callable[[], Coroutine[None, None, None]]
    _free: deque["GuardedConnection"]
    _used: set[GuardedConnection]

    def __init__(self, connect: Connect, *, size: int) -> None:
        super().__init__(minsize=0, maxsize=size)
        self._connect = connect

    async def _acquire(self) -> GuardedConnection:
        while True:
            self._close_idle()
            if self._free:
                connection = self._free.pop()
            elif self.size < self.maxsize:
                connection = await self._add()
            else:
                async with self._cond:
                    await self._cond.wait_for(lambda: self._free or self.size < self.maxsize)
                continue
            if connection.is_open:
                self._used.add(connection)
                return connection
            connection.close()

    def _close_idle(self, seconds: float = MAX_IDLE) -> None:
        """Close connections that have been idle for this long. The first has been idle the longest."""
        while self._free and self._loop.time() - self._free[0].last_usage >= seconds:
            self._free.popleft().close()

    async def drain(self) -> None:
        """Close all connections, even those that do not answer."""
        self.close()
        try:
            await self.wait_closed()
        finally:
            self._close_idle(0)

    async def _add(self) -> GuardedConnection:
        self._acquiring += 1
        try:
            return await self._connect()
        finally:
            self._acquiring -= 1
            self._loop.create_task(self._wakeup())


class MysqlPool:
    """`Pool` of asyncmy."""

    closing: ClassVar[str] = "ensure_closed"

    def __init__(self, connect: Connect, *, size: int) -> None:
        self._connect = connect
        self._pool = _Connections(connect, size=size)
        self._killing = asyncio.Lock()

    async def acquire(self) -> MysqlSession:
        return MysqlSession(cast("GuardedConnection", await self._pool.acquire()))

    async def release(self, session: PooledSession) -> None:
        self._pool.release(cast("MysqlSession", session).connection)

    async def end(self, session: PooledSession) -> None:
        """Close the connection and end its statement in the server, which would otherwise continue. KILL is
        sent over one additional connection, for one statement at a time.
        """
        connection = cast("MysqlSession", session).connection
        connection.close()
        async with self._killing:
            killer = await self._connect()
            try:
                await _kill(killer, connection.thread_id())
            finally:
                killer.close()

    def discard(self, session: PooledSession) -> None:
        cast("MysqlSession", session).connection.close()

    async def close(self) -> None:
        await self._pool.drain()


async def _kill(connection: GuardedConnection, thread_id: int) -> None:
    """Kill the server's thread; return once it has ended."""
    async with connection.cursor() as cursor:
        while True:
            try:
                await cursor.execute(f"KILL {thread_id}")
            except MySQLError as error:
                if error.args[0] == _NO_SUCH_THREAD:
                    return
                raise
            await asyncio.sleep(0.01)
