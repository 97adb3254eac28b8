"""PostgreSQL with a synchronous standby."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from devtools.servers.databases import new_name
from devtools.servers.replicated.postgresql_pair import PostgresqlPair

from tests.failovers.harness.experiment import POOL_SIZE

TIMEOUT = 5.0
"""Seconds for each call of the plain client: Everpost's default."""

FAULTS = ("the primary is killed and the standby promoted", "the standby is away")


class PostgresqlCluster:
    """The `Cluster`."""

    name = "postgresql"
    most_connections = POOL_SIZE

    def __init__(self) -> None:
        self.pair = PostgresqlPair()
        self._blog = ""
        self._plain: asyncpg.Connection | None = None
        self._refused = asyncio.Event()

    async def start(self) -> None:
        await asyncio.to_thread(self.pair.start)
        await asyncio.to_thread(self.pair.primary.sql, "CREATE TABLE writes (number SERIAL)")

    async def stop(self) -> None:
        if self._plain is not None:
            self._plain.terminate()
        await asyncio.to_thread(self.pair.stop)

    def urls(self, servers: int) -> list[str]:
        """The URLs of a new blog."""
        self._blog = new_name()
        self.pair.primary.sql(f"CREATE DATABASE {self._blog}")
        return [self.pair.url(self._blog)] * servers

    async def write(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT):
                if self._plain is None:
                    self._plain = await asyncpg.connect(self.pair.url("postgres"))
                await self._plain.execute("INSERT INTO writes DEFAULT VALUES")
        except Exception:
            if self._plain is not None:
                self._plain.terminate()
            self._plain = None
            self._refused.set()
            raise

    async def connections(self) -> int:
        connection = await asyncpg.connect(self.pair.primary.url(), timeout=TIMEOUT)
        try:
            question = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
            return int(await connection.fetchval(question, self._blog))
        finally:
            await connection.close()

    async def until_whole(self) -> None:
        await asyncio.to_thread(self.pair.until_synchronous)

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        match name:
            case "the primary is killed and the standby promoted":
                await asyncio.to_thread(self.pair.primary.kill)
                await asyncio.to_thread(self.pair.promote)
                yield
                await asyncio.to_thread(self.pair.replace_standby)
            case "the standby is away":
                await asyncio.to_thread(self.pair.standby.kill)
                self._refused.clear()
                await self._refused.wait()
                await asyncio.to_thread(self.pair.standby.restart)
                yield
            case _:
                raise LookupError(name)
