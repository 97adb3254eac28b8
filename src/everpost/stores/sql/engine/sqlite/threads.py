"""SQLite connections on threads, for work that waits for the disk or takes long."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

from everpost.stores.sql.engine.compiled import Arguments, BoundStatement, Load, Raw, run_each

Value = TypeVar("Value")

_MOST_ROWS = 500
"""The maximum number of rows in one INSERT."""


class ThreadSession:
    """`Session` of sqlite3 on its own thread. If the caller of a statement is cancelled, for example by a
    timeout, the statement is interrupted.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._thread = ThreadPoolExecutor(1, "everpost-sqlite")

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        return await self.do(
            lambda: self.connection.execute(text, arguments).fetchall(), self.connection.interrupt
        )

    async def change(self, text: str, arguments: Arguments) -> int:
        return await self.do(
            lambda: self.connection.execute(text, arguments).rowcount, self.connection.interrupt
        )

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        await self.do(lambda: self.connection.executemany(text, rows).close(), self.connection.interrupt)

    async def load(self, load: Load) -> None:
        await self.do(lambda: _load(self.connection, load), self.connection.interrupt)

    async def run_all(self, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
        return await run_each(self, calls)

    async def do(self, work: Callable[[], Value], interrupt: Callable[[], None] | None = None) -> Value:
        """Run the work on the thread and return its result. If the caller is cancelled, wait for the work to
        end before returning, because others use the connection next; `interrupt` ends it early.
        """
        job = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            while not job.done():
                if interrupt is not None:
                    interrupt()  # it has no effect before the statement runs, hence the loop
                await asyncio.wait([job], timeout=0.01 if interrupt else None)
            job.exception()  # otherwise asyncio reports that the exception was never retrieved
            raise

    def close(self) -> None:
        """Close the connection. Nothing may be running on it."""
        self.connection.close()
        self._thread.shutdown(wait=False)


def _load(connection: sqlite3.Connection, load: Load) -> None:
    """Insert many rows per statement, because a thread waits for the interpreter lock after each one."""
    width = len(load.columns)
    most = min(_MOST_ROWS, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width)
    marks = f", ({', '.join('?' * width)})"
    for start in range(0, len(load.rows), most):
        rows = load.rows[start : start + most]
        connection.execute(load.text + marks * (len(rows) - 1), [*chain.from_iterable(rows)])
