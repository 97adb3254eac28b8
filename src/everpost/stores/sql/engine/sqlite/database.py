"""SQLite on the event loop, except for work that waits for the disk or takes long.

Switching to a thread and back takes many times as long as reading a row, and a thread may hold the
interpreter lock for milliseconds.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Generic

from everpost.stores.sql.engine.compiled import (
    Arguments,
    BoundStatement,
    CompiledDatabase,
    Load,
    Raw,
    Session,
    run_each,
)
from everpost.stores.sql.engine.engines import BEGIN_SNAPSHOT, SQLITE_SETTINGS
from everpost.stores.sql.engine.errors import Fault, fault_of
from everpost.stores.sql.engine.protocol import Outcome
from everpost.stores.sql.engine.sqlite.threads import ThreadSession
from everpost.stores.sql.engine.statements import StatementCache

_STATEMENTS = 500
"""The number of prepared statements that a connection keeps."""
_MOST_TOGETHER = 100
"""The maximum number of transactions that share a commit."""
_ONLY_READ = "PRAGMA query_only = ON"


class _LoopSession:
    """`Session` of sqlite3 on the event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, text: str, arguments: Arguments) -> Raw:
        return self._connection.execute(text, arguments).fetchall()

    async def change(self, text: str, arguments: Arguments) -> int:
        return self._connection.execute(text, arguments).rowcount

    async def change_each(self, text: str, rows: Sequence[Arguments]) -> None:
        self._connection.executemany(text, rows)

    async def load(self, load: Load) -> None:
        await self.change_each(load.text, load.rows)

    async def run_all(self, calls: Sequence[BoundStatement]) -> Sequence[Raw | int]:
        return await run_each(self, calls)


class _QueuedTransaction(Generic[Outcome]):
    """A queued transaction, and the future of its caller."""

    def __init__(self, work: Callable[[Session], Awaitable[Outcome]]) -> None:
        self._work = work
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self.done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def run(self, writer: sqlite3.Connection) -> None:
        """Run the transaction after a savepoint. If it fails, it is rolled back to the savepoint and fails
        alone, unless SQLite rolled back everything.
        """
        writer.execute("SAVEPOINT one")
        try:
            self._outcome = await self._work(_LoopSession(writer))
        except Exception as error:
            self._error = error
            if not writer.in_transaction:
                raise
            writer.execute("ROLLBACK TO one")
        writer.execute("RELEASE one")

    def resolve(self, error: BaseException | None = None) -> None:
        """Resolve the future after the commit. A failure is also reported only then, because it may depend on
        rows that another transaction of the group wrote.
        """
        if self.done.done():
            return
        if (error := error or self._error) is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(self._outcome)  # type: ignore[arg-type]  # the transaction has run


class SqliteDatabase(CompiledDatabase):
    """`Database` in a file. Readers never wait for writers (https://www.sqlite.org/wal.html#concurrency).

    There is one writer at a time. Transactions that arrive during a commit form the next group: each runs
    after its own savepoint, and one commit waits for the disk (group commit).
    """

    def __init__(self, statements: StatementCache, path: str, *, timeout: float) -> None:
        super().__init__(statements)
        self._path = Path(path)
        self._timeout = timeout
        self._reader: sqlite3.Connection | None = None
        self._scanner: ThreadSession | None = None
        self._scanning = asyncio.Lock()
        self._writer: ThreadSession | None = None
        self._writing = asyncio.Lock()
        self._queue: list[_QueuedTransaction[Any]] = []
        self._work: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._work is not None:
            await asyncio.wait([self._work])
        async with self._writing, self._scanning:
            for each in (self._reader, self._scanner, self._writer):
                if each is not None:
                    each.close()
            self._reader = self._scanner = self._writer = None

    async def _read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:
        if not bounded:
            return await self._read_on_thread(text, arguments)
        await asyncio.sleep(0)  # let other tasks run, even if one reads in a loop
        if self._reader is None:
            self._reader = self._connect(_ONLY_READ)
        try:
            return self._reader.execute(text, arguments).fetchall()
        except sqlite3.Error as error:
            if fault_of(error) is not None:
                self._reader.close()
                self._reader = None
            raise

    async def _read_on_thread(self, text: str, arguments: Arguments) -> Raw:
        """Read on a thread, one statement at a time, on a separate connection, so that neither readers nor
        writers are delayed.
        """
        async with self._scanning:
            if self._scanner is None:
                self._scanner = ThreadSession(self._connect(_ONLY_READ))
            try:
                return await self._scanner.fetch(text, arguments)
            except sqlite3.Error:
                self._scanner.close()
                self._scanner = None
                raise

    async def _run(self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool) -> Outcome:
        if not time_limited:
            return await self._run_long(work)
        waiting = _QueuedTransaction(work)
        self._queue.append(waiting)
        if self._work is None:
            self._work = asyncio.create_task(self._run_queue())
        return await waiting.done

    async def _run_alone(
        self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        return await self._run(work, time_limited=time_limited)

    @asynccontextmanager
    async def _snapshot_session(self) -> AsyncIterator[Session]:
        session = ThreadSession(self._connect(_ONLY_READ))
        try:
            for statement in BEGIN_SNAPSHOT["sqlite"]:
                await session.fetch(statement, ())
            yield session
        finally:
            session.close()

    async def _run_queue(self) -> None:
        try:
            while self._queue:
                async with self._writing:
                    group, self._queue = self._queue[:_MOST_TOGETHER], self._queue[_MOST_TOGETHER:]
                    await self._run_together(group)
        finally:
            self._work = None
            for each in self._queue:
                each.done.cancel()
            self._queue.clear()

    async def _run_together(self, group: Sequence[_QueuedTransaction[Any]]) -> None:
        """Run the group in one transaction."""
        try:
            async with self._transaction() as writer:
                for each in group:
                    if not each.done.done():  # the caller gave up while another process held the lock
                        await each.run(writer.connection)
        except BaseException as error:
            for each in group:
                each.resolve(error)
            if not isinstance(error, Exception):
                raise
        else:
            for each in group:
                each.resolve()

    async def _run_long(self, work: Callable[[Session], Awaitable[Outcome]]) -> Outcome:
        async with self._writing, self._transaction() as writer:
            return await work(writer)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[ThreadSession]:
        """The writer in a transaction, which an exception rolls back. If the rollback fails too, the
        connection is not used again.
        """
        writer = self._writer = self._writer or ThreadSession(self._connect(*SQLITE_SETTINGS))
        try:
            await self._begin(writer)
            yield writer
            await writer.do(lambda: writer.connection.execute("COMMIT"))
        except BaseException as error:
            if writer.connection.in_transaction:
                writer.connection.execute("ROLLBACK")
            if isinstance(error, Exception) and fault_of(error) is Fault.REFUSED:
                writer.close()
                self._writer = None
            raise

    async def _begin(self, writer: ThreadSession) -> None:
        """Acquire the write lock. If another process holds it, wait on the thread."""
        connection = writer.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if fault_of(error) is not Fault.CONTENTION:
                raise
        else:
            return
        connection.execute(f"PRAGMA busy_timeout = {int(self._timeout * 1000)}")
        try:
            await writer.do(lambda: connection.execute("BEGIN IMMEDIATE"))
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def _connect(self, *settings: str) -> sqlite3.Connection:
        """Open a connection that creates no file and does not wait for locks: its user retries, and lets
        other tasks run in between.
        """
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time uses it
            cached_statements=_STATEMENTS,
        )
        for setting in settings:
            connection.execute(setting)
        return connection
