"""The drivers, asked to read without SQLAlchemy in between."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.stores.sql.errors import fault_of

Raw: TypeAlias = Sequence[Sequence[Any]]
Driven: TypeAlias = Any
"""A connection of a driver that says nothing of its types."""
Ask: TypeAlias = Callable[[Driven, str, Sequence[Any]], Awaitable[Raw]]


class Reader(Protocol):
    """Where reading statements are sent."""

    async def read(self, text: str, arguments: Sequence[Any]) -> Raw:
        """The rows, as the driver has them. Raises what the driver raises."""
        ...

    def close(self) -> None:
        """Give back what the pool does not have."""
        ...


def open_reader(engine: AsyncEngine) -> Reader:
    """The reader for the engine's database."""
    if engine.dialect.name == "sqlite":
        return _FileReader(engine.url.database or "")
    return _ServerReader(engine, _ask_postgresql if engine.dialect.name == "postgresql" else _ask_mysql)


class _FileReader:
    """Reads an SQLite file on the event loop itself: to wake a thread and be woken by it takes many times
    as long as a row does, and threads that hold the interpreter take turns of milliseconds. A reader never
    waits for a writer (https://www.sqlite.org/wal.html#concurrency).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def read(self, text: str, arguments: Sequence[Any]) -> Raw:
        await asyncio.sleep(0)  # one task that reads and reads lets others go on
        if self._connection is None:
            self._connection = self._connect()
        try:
            with closing(self._connection.execute(text, arguments)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            if fault_of(error) is not None:
                self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        """It makes no file, and waits for no lock: whoever asks tries again, and lets others go on."""
        address = f"{Path(self._path).absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection


class _ServerReader:
    """Reads over the connections of the engine's pool."""

    def __init__(self, engine: AsyncEngine, ask: Ask) -> None:
        self._engine = engine
        self._ask = ask

    async def read(self, text: str, arguments: Sequence[Any]) -> Raw:
        async with self._engine.connect() as connection:
            pooled = await connection.get_raw_connection()
            try:
                return await self._ask(pooled.driver_connection, text, arguments)
            except (Exception, asyncio.CancelledError) as error:
                if not isinstance(error, Exception) or fault_of(error) is not None:
                    pooled.invalidate(error)  # what is still to come over it is not known
                raise

    def close(self) -> None:
        """The pool has everything."""


async def _ask_postgresql(connection: Driven, text: str, arguments: Sequence[Any]) -> Raw:
    rows: Raw = await connection.fetch(text, *arguments)
    return rows


async def _ask_mysql(connection: Driven, text: str, arguments: Sequence[Any]) -> Raw:
    async with connection.cursor() as cursor:
        await cursor.execute(text, arguments)
        rows: Raw = await cursor.fetchall()
    return rows
