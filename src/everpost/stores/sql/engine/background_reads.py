"""SQLite reads of unbounded cost: one at a time, on a thread, interruptible."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from everpost.stores.sql.engine.transactions import Arguments, Raw


class BackgroundReader:
    """A dedicated connection, so that long reads delay neither other readers nor writers."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "everpost-reads")
        self._turn = asyncio.Lock()

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        """The rows of a statement; a caller that is cancelled, as by a timeout, ends it."""
        async with self._turn:
            if self._connection is None:
                self._connection = self._connect()
            connection = self._connection

            def fetch_all() -> Raw:
                return connection.execute(text, arguments).fetchall()

            job = asyncio.get_running_loop().run_in_executor(self._thread, fetch_all)
            try:
                return await asyncio.shield(job)
            except sqlite3.Error:
                self._forget()
                raise
            except asyncio.CancelledError:
                while not job.done():
                    connection.interrupt()  # does nothing before the statement runs, hence the loop
                    await asyncio.wait([job], timeout=0.01)
                with suppress(sqlite3.Error):
                    job.result()  # or asyncio would report that nobody has looked at its error
                raise

    async def close(self) -> None:
        """Wait for the one that runs, and give the connection back."""
        async with self._turn:
            self._forget()
        self._thread.shutdown()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
