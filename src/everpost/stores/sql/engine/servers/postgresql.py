"""Sessions of asyncpg."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, TypeAlias

import asyncpg

from everpost.stores.sql.engine.compiled import Arguments, BoundStatement, Load, Raw, run_each
from everpost.stores.sql.engine.servers.postgresql_login import connect

_DEFAULTS = {
    "statement_cache_size": 500,  # prepared statements that a connection keeps
    "max_cached_statement_lifetime": 0,
}
_BACKEND = (
    "FROM pg_stat_activity WHERE pid = $1"
    " AND EXTRACT(EPOCH FROM clock_timestamp() - backend_start)::float8 BETWEEN $2 AND $3"
)
_FIND = f"SELECT pid {_BACKEND}"
_END = f"SELECT pg_terminate_backend(pid) {_BACKEND}"
_TOLERANCE = 1.0
"""The maximum difference, in seconds, between an age that the server reports and one measured here."""
Driven: TypeAlias = Any
"""A value from asyncpg, which has no type annotations."""


class PostgresqlSession:
    """`PooledSession` of asyncpg."""

    closing: ClassVar[str] = "close"

    def __init__(self, connection: Driven, *, began_at: float) -> None:
        self.connection = connection
        self._process_id: int = connection.get_server_pid()
        self._began_at = began_at
        self._opened_at = self.acquired_at = self.used_at = asyncio.get_running_loop().time()

    @classmethod
    async def open(cls, options: Mapping[str, object]) -> Self:
        """Connect with the options of `asyncpg.connect`."""
        began_at = asyncio.get_running_loop().time()
        return cls(await connect(**{**_DEFAULTS, **options}), began_at=began_at)

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
    def is_open(self) -> bool:
        return not self.connection.is_closed()

    @property
    def in_transaction(self) -> bool:
        return bool(self.connection.is_in_transaction())

    async def begin(self) -> None:
        await self.connection.execute("BEGIN")

    async def ping(self) -> None:
        await self.connection.execute("SELECT 1")

    async def recover(self) -> bool:
        """asyncpg has already sent a cancel request, over a connection that does not count towards the
        server's limit. The next statement waits until it has been handled.
        """
        await self.connection.execute("")
        if self.in_transaction:
            await self.connection.execute("ROLLBACK")
        return True

    async def end(self, other: Self) -> bool:
        """Ask for it again until the server has no such backend. The backend's age tells it from one that has
        the same process id on another server, or after a restart.
        """
        now = asyncio.get_running_loop().time()
        youngest, oldest = now - other._opened_at, now - other._began_at
        ages = (youngest - _TOLERANCE, oldest + _TOLERANCE)
        try:
            return not await self.fetch(_END, (other._process_id, *ages))
        except asyncpg.InsufficientPrivilegeError:  # the server has to notice the closed connection by itself
            return not await self.fetch(_FIND, (other._process_id, *ages))

    async def log_out(self) -> None:
        await self.connection.close()

    def abort(self) -> None:
        self.connection.terminate()
