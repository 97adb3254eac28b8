"""The baseline for moves: the drivers alone read and load the rows of a blog.

The rows are not processed, checked or read back.
"""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import asyncmy
import asyncpg
from pymongo import AsyncMongoClient

Tables: TypeAlias = Mapping[str, Sequence[Any]]
"""The rows of each table or collection; those that refer to others come last."""

_TABLES = ("users", "tokens", "posts", "post_tags", "comments")
_AT_ONCE = 1_000
"""Rows in one INSERT."""
_SETTINGS = ("blog", "migrations")
"""Collections that are not empty in a new blog."""


async def read(url: str, names: Sequence[str] = _TABLES) -> tuple[Tables, float]:
    """All rows of these tables or collections of a blog, and the seconds it took to read them, without
    connecting.
    """
    return await _ENGINES[urlsplit(url).scheme].read(url, names)


async def load(url: str, tables: Tables) -> float:
    """The seconds it takes to load these rows into the database of a new blog."""
    return await _ENGINES[urlsplit(url).scheme].load(url, tables)


class _Sqlite:
    @staticmethod
    async def read(url: str, names: Sequence[str]) -> tuple[Tables, float]:
        connection = _connect_sqlite(url)
        began = time.perf_counter()
        tables = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
        seconds = time.perf_counter() - began
        connection.close()
        return tables, seconds

    @staticmethod
    async def load(url: str, tables: Tables) -> float:
        connection = _connect_sqlite(url)
        began = time.perf_counter()
        connection.execute("BEGIN")
        for name, rows in tables.items():
            if rows:
                connection.executemany(f"INSERT INTO {name} VALUES ({_marks('?', rows)})", rows)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - began
        connection.close()
        return seconds


class _Postgresql:
    @staticmethod
    async def read(url: str, names: Sequence[str]) -> tuple[Tables, float]:
        connection = await asyncpg.connect(url)
        began = time.perf_counter()
        tables = {name: await connection.fetch(f"SELECT * FROM {name}") for name in names}
        seconds = time.perf_counter() - began
        await connection.close()
        return tables, seconds

    @staticmethod
    async def load(url: str, tables: Tables) -> float:
        connection = await asyncpg.connect(url)
        began = time.perf_counter()
        async with connection.transaction():
            for name, rows in tables.items():
                await connection.copy_records_to_table(name, records=rows)
        seconds = time.perf_counter() - began
        await connection.close()
        return seconds


class _Mysql:
    @staticmethod
    async def read(url: str, names: Sequence[str]) -> tuple[Tables, float]:
        connection = await _connect_mysql(url)
        tables = {}
        began = time.perf_counter()
        async with connection.cursor() as cursor:
            for name in names:
                await cursor.execute(f"SELECT * FROM {name}")
                tables[name] = await cursor.fetchall()
        seconds = time.perf_counter() - began
        connection.close()
        return tables, seconds

    @staticmethod
    async def load(url: str, tables: Tables) -> float:
        connection = await _connect_mysql(url)
        began = time.perf_counter()
        async with connection.cursor() as cursor:
            await cursor.execute("BEGIN")
            for name, rows in tables.items():
                if rows:  # the driver makes long INSERTs of them
                    await cursor.executemany(f"INSERT INTO {name} VALUES ({_marks('%s', rows)})", rows)
            await cursor.execute("COMMIT")
        seconds = time.perf_counter() - began
        connection.close()
        return seconds


class _Mongodb:
    @staticmethod
    async def read(url: str, names: Sequence[str]) -> tuple[Tables, float]:
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            blog = client.get_default_database()
            if names == _TABLES:
                names = [name for name in await blog.list_collection_names() if name not in _SETTINGS]
            began = time.perf_counter()
            tables = {name: await blog[name].find().to_list() for name in names}
            return tables, time.perf_counter() - began

    @staticmethod
    async def load(url: str, tables: Tables) -> float:
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            blog = client.get_default_database()
            await client.admin.command("ping")
            began = time.perf_counter()
            for name, documents in tables.items():
                each = iter(documents)
                while some := list(islice(each, _AT_ONCE)):
                    await blog[name].insert_many(some, ordered=False)
            return time.perf_counter() - began


_ENGINES: Mapping[str, type[_Sqlite | _Postgresql | _Mysql | _Mongodb]] = {
    "sqlite": _Sqlite,
    "postgresql": _Postgresql,
    "mysql": _Mysql,
    "mariadb": _Mysql,
    "mongodb": _Mongodb,
}


def _connect_sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(unquote(urlsplit(url).path[1:]), isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


async def _connect_mysql(url: str) -> Any:  # noqa: ANN401 - the driver says nothing of its types
    parts = urlsplit(url)
    return await asyncmy.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path[1:],
    )


def _marks(mark: str, rows: Sequence[Sequence[Any]]) -> str:
    return ", ".join([mark] * len(rows[0]))
