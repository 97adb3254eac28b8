"""SQLite's reads of unbounded cost, on a thread of their own."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from everpost.stores.sql.transactions import Arguments, Raw

_INTERRUPT_EVERY = 0.05
"""Seconds. An interrupt that comes before the statement has begun does nothing, so it is repeated."""


class BackgroundReader:
    """Runs one reading statement after another off the event loop, on a connection of its own.

    A read that is cancelled, for instance by a timeout, is interrupted in the database.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "everpost-sqlite-reads")
        self._turn = asyncio.Lock()

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        """The rows of the statement."""
        async with self._turn:
            if self._connection is None:
                self._connection = self._connect()
            connection = self._connection
            reading = asyncio.get_running_loop().run_in_executor(
                self._thread, _fetch, connection, text, arguments
            )
            try:
                return await asyncio.shield(reading)
            except asyncio.CancelledError:
                while not reading.done():
                    connection.interrupt()
                    await asyncio.wait([reading], timeout=_INTERRUPT_EVERY)
                raise
            except sqlite3.Error:
                self._close_connection()
                raise

    async def close(self) -> None:
        """Give the connection back, once nothing is being read."""
        async with self._turn:
            self._close_connection()
        self._thread.shutdown()

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _fetch(connection: sqlite3.Connection, text: str, arguments: Arguments) -> Raw:
    with closing(connection.execute(text, arguments)) as cursor:
        return cursor.fetchall()
