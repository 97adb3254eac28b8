"""PostgreSQL, MySQL and MariaDB, over the pools of their drivers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from contextvars import Context
from typing import Any, ClassVar, Protocol, Self

from everpost.stores.deadlines import timed
from everpost.stores.sql.engine.compiled import Arguments, CompiledDatabase, Raw, Session
from everpost.stores.sql.engine.engines import FREEZE
from everpost.stores.sql.engine.errors import Fault, connecting, fault_of, final_word
from everpost.stores.sql.engine.protocol import Outcome
from everpost.stores.sql.engine.statements import StatementCache

MAX_IDLE = 60.0
"""Seconds after which the pools close a connection that nobody uses."""
_PATIENCE = 0.2
"""The fraction of the timeout in which a connection must answer a ping."""


class PooledSession(Session, Protocol):
    """A session lent by a pool."""

    connection: Any
    """The driver's."""
    lent_at: float
    used_at: float
    """The loop's time when it was last known to work."""

    @property
    def in_transaction(self) -> bool: ...

    async def begin(self) -> None:
        """Begin a transaction, at the latest with the next statement."""
        ...

    async def ping(self) -> None: ...


class Pool(Protocol):
    """A driver's pool. The server never has more open connections than its size."""

    closing: ClassVar[str]
    """The name of the driver's coroutine that closes a connection."""

    async def acquire(self) -> PooledSession: ...

    async def release(self, session: PooledSession) -> None:
        """Take back a session that is in no transaction, or closed."""
        ...

    async def end(self, session: PooledSession) -> None:
        """End the session's statement in the server; afterwards it is closed, or can be used again."""
        ...

    def discard(self, session: PooledSession) -> None:
        """Drop the connection without telling the server."""
        ...

    async def close(self) -> None: ...


class Borrowed:
    """A connection of a pool, for SQLAlchemy: closing it gives it back."""

    def __init__(self, pool: Pool, session: PooledSession) -> None:
        self._pool = pool
        self._session = session

    @classmethod
    async def from_pool(cls, pool: Pool) -> Self:
        """The next connection of the pool."""
        return cls(pool, await pool.acquire())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver's connection has
        return self._give_back if name == self._pool.closing else getattr(self._session.connection, name)

    async def _give_back(self, **_options: object) -> None:
        await self._pool.release(self._session)


async def close_in_time(pool: Pool, timeout: float) -> None:
    """Close a pool whose server may be unreachable."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await pool.close()


class ServerDatabase(CompiledDatabase):
    """`Database` of a server.

    A connection whose caller was cancelled stays out of the pool until the server has ended the statement, so
    that no request leaves a connection behind. After a timeout or a broken connection, idle ones that have
    not been used since are pinged; if one does not answer, all of them are closed.
    """

    def __init__(self, statements: StatementCache, pool: Pool, *, timeout: float) -> None:
        super().__init__(statements)
        self._pool = pool
        self._timeout = timeout
        self._doubted = self._distrusted = -1.0
        self._recovering: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        while self._recovering:
            await asyncio.wait(self._recovering)
        await close_in_time(self._pool, self._timeout)

    async def _read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:  # noqa: ARG002 - all cost others nothing elsewhere
        async with self._lend() as session:
            return await session.fetch(text, arguments)

    async def _run(self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool) -> Outcome:
        async with self._lend(time_limited=time_limited) as session:
            await session.begin()
            outcome = await work(session)
            with final_word():
                await session.change("COMMIT", ())
            return outcome

    async def _run_alone(
        self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        async with self._lend(time_limited=time_limited) as session:
            with final_word():
                return await work(session)

    @asynccontextmanager
    async def _frozen(self) -> AsyncIterator[Session]:
        async with self._lend() as session:
            for statement in FREEZE[self.dialect.name]:
                await session.change(statement, ())
            yield session
            await session.change("COMMIT", ())

    @asynccontextmanager
    async def _lend(self, *, time_limited: bool = True) -> AsyncIterator[PooledSession]:
        async with nullcontext() if time_limited else timed(self._timeout):  # what takes long begins in time
            session = await self._acquire()
        is_released = False
        try:
            try:
                yield session
            except Exception as error:
                await self._reset(session, _fault_behind(error))
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
        with suppress(Exception):  # a connection that breaks now has done its work
            await self._pool.release(session)

    async def _acquire(self) -> PooledSession:
        """Take a session from the pool that works, as far as is known."""
        while True:
            with connecting():
                session = await self._pool.acquire()
            session.lent_at = asyncio.get_running_loop().time()
            if session.used_at >= self._doubted:
                return session
            try:
                if session.used_at >= self._distrusted and await self._is_alive(session):
                    return session
                self._pool.discard(session)
                await self._pool.release(session)
            except BaseException:
                self._recover(session)
                raise

    async def _is_alive(self, session: PooledSession) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE * self._timeout):
                await session.ping()
        except Exception:  # noqa: BLE001 - whatever it is, the connection cannot be used
            self._distrusted = session.lent_at
            return False
        return True

    async def _reset(self, session: PooledSession, fault: Fault | None) -> None:
        """Roll back an open transaction. A connection that is broken, or whose server refuses, is closed."""
        if fault in (Fault.LOST, Fault.UNSENT):
            self._doubted = asyncio.get_running_loop().time()
        if fault not in (None, Fault.CONTENTION):
            self._pool.discard(session)
            return
        try:
            if session.in_transaction:
                await session.change("ROLLBACK", ())
        except Exception:  # noqa: BLE001 - the first error is the one to report
            self._pool.discard(session)

    def _recover(self, session: PooledSession) -> None:
        """End, in the background, what the session does for a cancelled caller."""
        self._doubted = max(self._doubted, session.lent_at)
        task = asyncio.create_task(self._end(session), context=Context())
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def _end(self, session: PooledSession) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._pool.end(session)
        except Exception:  # noqa: BLE001 - it did not end: nothing more can be done about it from here
            self._pool.discard(session)
        await self._release(session)


def _fault_behind(error: Exception) -> Fault | None:
    """The fault that an error, or one that it was raised from, stands for."""
    cause = error.__cause__
    return fault_of(error) or (fault_of(cause) if isinstance(cause, Exception) else None)
