"""Sessions and connection pool of asyncpg."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, TypeAlias, cast

import asyncpg

from everpost.stores.sql.engine.compiled import Arguments, BoundStatement, Load, Raw, run_each
from everpost.stores.sql.engine.servers.database import MAX_IDLE, PooledSession
from everpost.stores.sql.engine.servers.postgresql_login import connect

_STATEMENTS = 500
"""The number of prepared statements that a connection keeps."""
Driven: TypeAlias = Any
"""A value from asyncpg, which has no type annotations."""


class PostgresqlSession:
    """`PooledSession` of asyncpg."""

    def __init__(self, connection: Driven) -> None:
        self.connection = connection
        self.proxy: Driven = None
        """The connection to return to the pool."""
        self.acquired_at = self.used_at = asyncio.get_running_loop().time()

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        rows: Raw = await self.connection.fetch(text, *arguments)
        return rows

    async def change(self, text: str, arguments: Arguments) -> int:
        status: str = await self.connection.execute(text, *arguments)
        count = status.rpartition(" ")[2]  # for example of "UPDATE 1"
        return int(count) if count.isdecimal() else 0

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        await self.connection.executemany(text, rows)

    async def load(self, load: Load) -> None:
        await self.connection.copy_records_to_table(load.table, records=load.rows, columns=load.columns)

    async def run_all(self, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
        return await run_each(self, calls)

    @property
    def in_transaction(self) -> bool:
        return bool(self.connection.is_in_transaction())

    async def begin(self) -> None:
        await self.connection.execute("BEGIN")

    async def ping(self) -> None:
        await self.connection.execute("SELECT 1")


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection without asyncpg's reset, which costs a round trip and is not needed here."""

    session: PostgresqlSession

    def get_reset_query(self) -> str:
        return ""


class PostgresqlPool:
    """`Pool` of asyncpg, which closes idle connections."""

    closing: ClassVar[str] = "close"

    def __init__(self, pool: Driven) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, options: Mapping[str, object], *, size: int) -> Self:
        """Create a pool without connections yet. The options are those of `asyncpg.connect`."""
        pool = await asyncpg.create_pool(
            min_size=0,
            max_size=size,
            max_queries=sys.maxsize,
            max_inactive_connection_lifetime=MAX_IDLE,
            connect=connect,
            connection_class=_Connection,
            init=_make_session,
            **{"statement_cache_size": _STATEMENTS, "max_cached_statement_lifetime": 0, **options},
        )
        return cls(pool)

    async def acquire(self) -> PostgresqlSession:
        proxy = await self._pool.acquire()
        session = cast("PostgresqlSession", proxy.session)
        session.proxy = proxy
        return session

    async def release(self, session: PooledSession) -> None:
        await self._pool.release(cast("PostgresqlSession", session).proxy)

    async def end(self, session: PooledSession) -> None:
        """asyncpg has already sent a cancel request, over a connection that does not count towards the
        server's limit. The next statement waits until it has been handled.
        """
        connection = cast("PostgresqlSession", session).connection
        await connection.execute("")
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")

    def discard(self, session: PooledSession) -> None:
        cast("PostgresqlSession", session).connection.terminate()

    async def close(self) -> None:
        await self._pool.close()


async def _make_session(connection: _Connection) -> None:
    connection.session = PostgresqlSession(connection)
