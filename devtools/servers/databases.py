"""Creates, empties and drops databases on a server, without knowledge of Everpost's schema."""

import asyncio
import secrets
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from sqlalchemy import TableClause, column, delete, insert, inspect, select, table, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from devtools.servers.private import free_port

SQL_MIGRATIONS = "everpost_migrations"
MONGODB_MIGRATIONS = "migrations"
"""The tables and the collection with the migration history, which are not emptied."""


Contents: TypeAlias = dict[TableClause, list[dict[str, Any]]]
"""The rows of each table; tables come after those that they refer to."""


def new_name() -> str:
    """An unused database name."""
    return f"everpost_test_{secrets.token_hex(8)}"


class Databases:
    """The databases of one server, for one event loop."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url

    def url(self, database: str) -> str:
        """The URL of a database, as it would be in `EVERPOST_DATABASE_URL`."""
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{database}"))

    def unreachable_url(self) -> str:
        """A URL with the password "secret" at which there is no database."""
        return f"{urlsplit(self.server_url).scheme}://someone:secret@127.0.0.1:{free_port()}/database"

    @abstractmethod
    async def create(self, database: str) -> None:
        """Create an empty database."""

    @abstractmethod
    async def drop(self, database: str) -> None:
        """Drop the database, even if clients are connected."""

    @abstractmethod
    async def remember(self, database: str) -> None:
        """Remember the current content as the initial data of the schema."""

    @abstractmethod
    async def empty(self, database: str) -> None:
        """Restore the content as of `remember`. Cheap enough to call before every test."""

    @abstractmethod
    async def enter_revision(self, url: str, number: int) -> None:
        """Record, in a database with a schema, that a migration with this number was run as well."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""


class SqlDatabases(Databases):
    """Databases of a SQL engine."""

    drivername: ClassVar[str]
    drop_statement: ClassVar[str] = "DROP DATABASE {}"

    def __init__(self, server_url: str) -> None:
        super().__init__(server_url)
        self._engines: dict[str, AsyncEngine] = {}
        self._contents: dict[str, Contents] = {}

    async def create(self, database: str) -> None:
        await self._execute(self.server_url, f"CREATE DATABASE {database}")

    async def drop(self, database: str) -> None:
        await self._forget(database)
        await self._execute(self.server_url, self.drop_statement.format(database))

    async def remember(self, database: str) -> None:
        self._engines[database] = self._engine(self.url(database))
        async with self._engines[database].begin() as connection:
            self._contents[database] = await connection.run_sync(_contents)

    async def empty(self, database: str) -> None:
        contents = self._contents[database]
        async with self._engines[database].begin() as connection:
            for each in reversed(contents):
                await connection.execute(delete(each))
            for each, rows in contents.items():
                if rows:
                    await connection.execute(insert(each), rows)

    async def enter_revision(self, url: str, number: int) -> None:
        await self._execute(url, f"UPDATE {SQL_MIGRATIONS} SET version_num = '{number:04}'")

    async def close(self) -> None:
        for database in list(self._engines):
            await self._forget(database)

    async def _forget(self, database: str) -> None:
        self._contents.pop(database, None)
        if engine := self._engines.pop(database, None):
            await engine.dispose()

    async def _execute(self, url: str, statement: str) -> None:
        engine = self._engine(url)
        try:
            async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                await connection.execute(text(statement))
        finally:
            await engine.dispose()

    def _engine(self, url: str) -> AsyncEngine:
        return create_async_engine(make_url(url).set(drivername=self.drivername), pool_size=1)


def _contents(connection: Connection) -> Contents:
    inspector = inspect(connection)
    contents = {}
    for name, _ in inspector.get_sorted_table_and_fkc_names():
        if name not in (None, SQL_MIGRATIONS):
            # Columns without a type: each value is written back as the driver returned it.
            there = table(name, *(column(each["name"]) for each in inspector.get_columns(name)))
            contents[there] = [dict(row) for row in connection.execute(select(there)).mappings()]
    return contents


class PostgresqlDatabases(SqlDatabases):
    drivername = "postgresql+asyncpg"
    drop_statement = "DROP DATABASE {} WITH (FORCE)"


class MysqlDatabases(SqlDatabases):
    drivername = "mysql+asyncmy"


class MongodbDatabases(Databases):
    """Databases of MongoDB, which exist once they contain something."""

    def __init__(self, server_url: str) -> None:
        super().__init__(server_url)
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(server_url)
        self._contents: dict[str, dict[str, list[dict[str, Any]]]] = {}

    async def create(self, database: str) -> None:
        pass

    async def drop(self, database: str) -> None:
        """Aborts transactions of killed processes, which would otherwise keep their locks for a minute."""
        dropping = asyncio.create_task(self._client.drop_database(database))
        while not (await asyncio.wait([dropping], timeout=1))[0]:
            await self._abort_idle_transactions()
        await dropping

    async def _abort_idle_transactions(self) -> None:
        idle = {"type": "idleSession", "transaction.timeInactiveMicros": {"$gt": 1_000_000}}
        operations: list[dict[str, Any]] = [
            {"$currentOp": {"allUsers": True, "idleSessions": True}},
            {"$match": idle},
            {"$project": {"lsid.id": 1}},
        ]
        found = await self._client.admin.aggregate(operations)
        if sessions := [operation["lsid"] async for operation in found]:
            await self._client.admin.command("killSessions", sessions)

    async def remember(self, database: str) -> None:
        there = self._client[database]
        self._contents[database] = {name: await there[name].find().to_list() for name in await _filled(there)}

    async def empty(self, database: str) -> None:
        there = self._client[database]
        for name in await _not_empty(there, await _filled(there)):
            await there[name].delete_many({})
        for name, documents in self._contents[database].items():
            if documents:
                await there[name].insert_many(documents)

    async def enter_revision(self, url: str, number: int) -> None:
        there = self._client[urlsplit(url).path.strip("/")]
        await there[MONGODB_MIGRATIONS].update_one({}, {"$set": {"number": number}})

    async def close(self) -> None:
        await self._client.close()


async def _filled(there: AsyncDatabase[dict[str, Any]]) -> list[str]:
    """The collections that hold a blog."""
    return [name for name in await there.list_collection_names() if name != MONGODB_MIGRATIONS]


async def _not_empty(there: AsyncDatabase[dict[str, Any]], names: Sequence[str]) -> list[str]:
    """The collections that are not empty, found with a single query."""
    first, *others = names
    unions = [{"$unionWith": {"coll": name, "pipeline": _one_named(name)}} for name in others]
    found = await there[first].aggregate([*_one_named(first), *unions])
    return [each["name"] async for each in found]


def _one_named(name: str) -> list[dict[str, Any]]:
    """The stages that return the name of a collection if it is not empty."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
