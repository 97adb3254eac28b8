"""SQLite, asked without threads in between, but for what waits for the disk or takes long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.stores.sql.engine.background_reads import BackgroundReader
from everpost.stores.sql.engine.engines import SQLITE_SETTINGS
from everpost.stores.sql.engine.errors import Fault, fault_of
from everpost.stores.sql.engine.transactions import Arguments, Outcome, Raw, Session

_STATEMENTS = 500
"""How many a connection keeps prepared."""
_MOST_TOGETHER = 100
"""Works that share one commit."""
_ONLY_READ = "PRAGMA query_only = ON"


class _LoopSession:
    """`Session` of sqlite3 on the event loop itself: to wake a thread and be woken by it takes many times as
    long as a row does, and threads that hold the interpreter take turns of milliseconds.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        with closing(self._connection.execute(text, arguments)) as cursor:
            return cursor.fetchall()

    async def change(self, text: str, arguments: Arguments) -> int:
        with closing(self._connection.execute(text, arguments)) as cursor:
            return cursor.rowcount

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        self._connection.executemany(text, rows).close()


class _ThreadSession:
    """The same on a thread, for what takes so long that it would hold up others."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        return await _on(self._thread, lambda: self._connection.execute(text, arguments).fetchall())

    async def change(self, text: str, arguments: Arguments) -> int:
        return await _on(self._thread, lambda: self._connection.execute(text, arguments).rowcount)

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        await _on(self._thread, lambda: self._connection.executemany(text, rows).close())


class _Waiting(Generic[Outcome]):
    """A transaction that waits for its turn, and who waits for it."""

    def __init__(self, work: Callable[[Session], Awaitable[Outcome]]) -> None:
        self._work = work
        self._outcome: Outcome | None = None
        self.done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def run(self, session: Session) -> None:
        """Do it; it holds only when all is committed."""
        self._outcome = await self._work(session)

    def hold(self) -> None:
        if not self.done.done():
            self.done.set_result(self._outcome)  # type: ignore[arg-type]  # it has run

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class FileDatabase:
    """`Database` in a file. Readers never wait for writers (https://www.sqlite.org/wal.html#concurrency).

    There is one writer at a time. Transactions that come while one is being committed are the next one
    together, each after a savepoint of its own, and wait for the disk once.
    """

    def __init__(self, engine: AsyncEngine, *, timeout: float) -> None:
        self._engine = engine
        self._path = Path(engine.url.database or "")
        self._timeout = timeout
        self._reader: sqlite3.Connection | None = None
        self._background = BackgroundReader(partial(self._connect, _ONLY_READ))
        self._writer: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "everpost-sqlite")
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting[Any]] = []
        self._work: asyncio.Task[None] | None = None

    async def read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:
        if not bounded:
            return await self._background.fetch(text, arguments)
        await asyncio.sleep(0)  # one task that reads and reads lets others go on
        if self._reader is None:
            self._reader = self._connect(_ONLY_READ)
        try:
            return await _LoopSession(self._reader).fetch(text, arguments)
        except sqlite3.Error as error:
            if fault_of(error) is not None:
                self._reader.close()
                self._reader = None
            raise

    async def run(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:
        if not hurried:
            return await self._run_long(work)
        waiting = _Waiting(work)
        self._waiting.append(waiting)
        if self._work is None:
            self._work = asyncio.create_task(self._take_turns())
        return await waiting.done

    async def run_alone(self, work: Callable[[Session], Awaitable[Outcome]], *, hurried: bool) -> Outcome:
        return await self.run(work, hurried=hurried)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection

    async def close(self) -> None:
        if self._work is not None:
            await asyncio.wait([self._work])
        async with self._turn:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None
        self._thread.shutdown()
        await self._background.close()
        await self._engine.dispose()

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                async with self._turn:
                    turn, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
                    await self._run_together(turn)
        finally:
            self._work = None
            for each in self._waiting:
                each.done.cancel()
            self._waiting.clear()

    async def _run_together(self, turn: Sequence[_Waiting[Any]]) -> None:
        """Run them all in one transaction; who fails fails alone, unless the database undoes everything."""
        try:
            writer = await self._begin()
            failed = await _run_each(turn, writer)
            await _on(self._thread, lambda: writer.execute("COMMIT"))
        except BaseException as error:
            self._undo(error)
            for each in turn:
                each.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            # Only now: what was in the way of one that failed may be what another one wrote.
            for each in turn:
                if each in failed:
                    each.fail(failed[each])
                else:
                    each.hold()

    async def _run_long(self, work: Callable[[Session], Awaitable[Outcome]]) -> Outcome:
        async with self._turn:
            writer = await self._begin()
            try:
                outcome = await work(_ThreadSession(writer, self._thread))
                await _on(self._thread, lambda: writer.execute("COMMIT"))
            except BaseException as error:
                self._undo(error)
                raise
            return outcome

    async def _begin(self) -> sqlite3.Connection:
        """Take the lock. Where another process has it, that is waited for on the thread."""
        if self._writer is None:
            self._writer = self._connect(*SQLITE_SETTINGS)
        writer = self._writer
        try:
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if fault_of(error) is not Fault.CONTENTION:
                raise
            await _on(self._thread, lambda: _begin_patiently(writer, self._timeout))
        return writer

    def _undo(self, error: BaseException) -> None:
        """Roll back what is open; a connection on which more went wrong is not used again."""
        if self._writer is None:
            return
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        fault = fault_of(error) if isinstance(error, Exception) else None
        if fault is Fault.REFUSED:
            self._writer.close()
            self._writer = None

    def _connect(self, *settings: str) -> sqlite3.Connection:
        """It makes no file, and waits for no lock: whoever asks tries again, and lets others go on."""
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,  # it is used from one at a time
            cached_statements=_STATEMENTS,
        )
        for setting in settings:
            connection.execute(setting)
        return connection


async def _run_each(
    turn: Sequence[_Waiting[Any]], writer: sqlite3.Connection
) -> dict[_Waiting[Any], Exception]:
    """Run them after savepoints; those that failed, and are undone."""
    failed: dict[_Waiting[Any], Exception] = {}
    session = _LoopSession(writer)
    for each in turn:
        if each.done.done():  # who asked has given up while another process had the lock
            continue
        writer.execute("SAVEPOINT one")
        try:
            await each.run(session)
        except Exception as error:
            failed[each] = error
            if not writer.in_transaction:
                raise
            writer.execute("ROLLBACK TO one")
        writer.execute("RELEASE one")
    return failed


def _begin_patiently(writer: sqlite3.Connection, timeout: float) -> None:
    writer.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
    try:
        writer.execute("BEGIN IMMEDIATE")
    finally:
        writer.execute("PRAGMA busy_timeout = 0")


Value = TypeVar("Value")


async def _on(thread: ThreadPoolExecutor, work: Callable[[], Value]) -> Value:
    """What the work gives, done on the thread; whoever is cancelled meanwhile waits for its end, since what
    it works on is used by others next.
    """
    future = asyncio.get_running_loop().run_in_executor(thread, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise
