"""PostgreSQL, MySQL and MariaDB, through the connection pools of their drivers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from contextvars import Context
from typing import Any, ClassVar, Protocol, Self

from everpost.stores.deadlines import timed
from everpost.stores.sql.engine.compiled import Arguments, CompiledDatabase, Raw, Session
from everpost.stores.sql.engine.engines import BEGIN_SNAPSHOT
from everpost.stores.sql.engine.errors import Fault, connecting, fault_of, without_retry
from everpost.stores.sql.engine.protocol import Outcome
from everpost.stores.sql.engine.statements import StatementCache

MAX_IDLE = 60.0
"""The pools close a connection that has been idle for this many seconds."""
_PING_TIMEOUT = 0.2
"""A connection must answer a ping within this fraction of the timeout."""


class PooledSession(Session, Protocol):
    """A session acquired from a pool."""

    connection: Any
    """The driver's connection."""
    acquired_at: float
    used_at: float
    """The event loop's time when the session was last known to work."""

    @property
    def in_transaction(self) -> bool: ...

    async def begin(self) -> None:
        """Begin a transaction, possibly together with the next statement."""
        ...

    async def ping(self) -> None: ...


class Pool(Protocol):
    """A driver's pool. The server never has more open connections than its size."""

    closing: ClassVar[str]
    """The name of the driver's coroutine function that closes a connection."""

    async def acquire(self) -> PooledSession: ...

    async def release(self, session: PooledSession) -> None:
        """Return a session to the pool. It is closed, or in no transaction."""
        ...

    async def end(self, session: PooledSession) -> None:
        """End the session's statement in the server. Afterwards the session is closed or can be reused."""
        ...

    def discard(self, session: PooledSession) -> None:
        """Close the connection without notifying the server."""
        ...

    async def close(self) -> None: ...


class BorrowedConnection:
    """A pooled connection for SQLAlchemy. Closing it returns it to the pool."""

    def __init__(self, pool: Pool, session: PooledSession) -> None:
        self._pool = pool
        self._session = session

    @classmethod
    async def from_pool(cls, pool: Pool) -> Self:
        """Acquire a connection from the pool."""
        return cls(pool, await pool.acquire())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver's connection has
        return self._return if name == self._pool.closing else getattr(self._session.connection, name)

    async def _return(self, **_options: object) -> None:
        await self._pool.release(self._session)


async def close_in_time(pool: Pool, timeout: float) -> None:
    """Close a pool whose server may be unreachable."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await pool.close()


class ServerDatabase(CompiledDatabase):
    """`Database` on a server.

    A connection whose caller was cancelled stays out of the pool until the server has ended the statement, so
    no request leaves a connection behind. After a timeout or a broken connection, idle connections that have
    not been used since are pinged. If one does not answer, all of them are closed.
    """

    def __init__(self, statements: StatementCache, pool: Pool, *, timeout: float) -> None:
        super().__init__(statements)
        self._pool = pool
        self._timeout = timeout
        self._ping_before = self._discard_before = -1.0
        self._recovering: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        while self._recovering:
            await asyncio.wait(self._recovering)
        await close_in_time(self._pool, self._timeout)

    async def _read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:  # noqa: ARG002 - the server runs any statement beside others
        async with self._session() as session:
            return await session.fetch(text, arguments)

    async def _run(self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool) -> Outcome:
        async with self._session(time_limited=time_limited) as session:
            await session.begin()
            outcome = await work(session)
            with without_retry():
                await session.change("COMMIT", ())
            return outcome

    async def _run_alone(
        self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        async with self._session(time_limited=time_limited) as session:
            with without_retry():
                return await work(session)

    @asynccontextmanager
    async def _snapshot_session(self) -> AsyncIterator[Session]:
        async with self._session() as session:
            for statement in BEGIN_SNAPSHOT[self.dialect.name]:
                await session.change(statement, ())
            yield session
            await session.change("COMMIT", ())

    @asynccontextmanager
    async def _session(self, *, time_limited: bool = True) -> AsyncIterator[PooledSession]:
        async with (
            nullcontext() if time_limited else timed(self._timeout)
        ):  # a long transaction must begin in time, too
            session = await self._acquire()
        is_released = False
        try:
            try:
                yield session
            except Exception as error:
                await self._reset(session, _fault_of_cause(error))
                is_released = True
                await self._release(session)
                raise
            session.used_at = asyncio.get_running_loop().time()
            is_released = True
            await self._release(session)
        except (asyncio.CancelledError, GeneratorExit):
            if not is_released:
                self._recover(session)
            raise

    async def _release(self, session: PooledSession) -> None:
        with suppress(Exception):  # the work is done, even if the connection breaks now
            await self._pool.release(session)

    async def _acquire(self) -> PooledSession:
        """Acquire a session that works, as far as is known."""
        while True:
            with connecting():
                session = await self._pool.acquire()
            session.acquired_at = asyncio.get_running_loop().time()
            if session.used_at >= self._ping_before:
                return session
            try:
                if session.used_at >= self._discard_before and await self._is_alive(session):
                    return session
                self._pool.discard(session)
                await self._pool.release(session)
            except BaseException:
                self._recover(session)
                raise

    async def _is_alive(self, session: PooledSession) -> bool:
        try:
            async with asyncio.timeout(_PING_TIMEOUT * self._timeout):
                await session.ping()
        except Exception:  # noqa: BLE001 - whatever the error, the connection is unusable
            self._discard_before = session.acquired_at
            return False
        return True

    async def _reset(self, session: PooledSession, fault: Fault | None) -> None:
        """Roll back an open transaction. Close a connection that is broken or whose server refuses
        statements.
        """
        if fault in (Fault.LOST, Fault.UNSENT):
            self._ping_before = asyncio.get_running_loop().time()
        if fault not in (None, Fault.CONTENTION):
            self._pool.discard(session)
            return
        try:
            if session.in_transaction:
                await session.change("ROLLBACK", ())
        except Exception:  # noqa: BLE001 - the first error is the one to report
            self._pool.discard(session)

    def _recover(self, session: PooledSession) -> None:
        """End the statement of a cancelled caller, in the background."""
        self._ping_before = max(self._ping_before, session.acquired_at)
        task = asyncio.create_task(self._end(session), context=Context())
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def _end(self, session: PooledSession) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._pool.end(session)
        except Exception:  # noqa: BLE001 - nothing more can be done from this side
            self._pool.discard(session)
        await self._release(session)


def _fault_of_cause(error: Exception) -> Fault | None:
    """Return the fault of an error or of its cause."""
    cause = error.__cause__
    return fault_of(error) or (fault_of(cause) if isinstance(cause, Exception) else None)
