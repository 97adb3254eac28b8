"""PostgreSQL, MySQL and MariaDB, through their drivers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from everpost.stores.deadlines import timed
from everpost.stores.sql.engine.compiled import Arguments, CompiledDatabase, Raw, Session
from everpost.stores.sql.engine.engines import BEGIN_SNAPSHOT
from everpost.stores.sql.engine.errors import Fault, fault_of, without_retry
from everpost.stores.sql.engine.protocol import Outcome
from everpost.stores.sql.engine.servers.pool import ConnectionPool, PooledSession
from everpost.stores.sql.engine.statements import StatementCache

_PING_TIMEOUT = 0.2
"""A connection must answer a ping within this fraction of the timeout."""


class BorrowedConnection:
    """A pooled connection for SQLAlchemy. Closing it returns it to the pool."""

    def __init__(self, pool: ConnectionPool, session: PooledSession) -> None:
        self._pool = pool
        self._session = session

    @classmethod
    async def from_pool(cls, pool: ConnectionPool) -> Self:
        """Acquire a connection from the pool."""
        return cls(pool, await pool.acquire())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver's connection has
        return self._return if name == self._session.closing else getattr(self._session.connection, name)

    async def _return(self, **_options: object) -> None:
        self._pool.release(self._session)


class ServerDatabase(CompiledDatabase):
    """`Database` on a server.

    A connection whose caller was cancelled stays out of the pool until the server has ended the statement, so
    no request leaves a connection behind. After a timeout or a broken connection, idle connections that have
    not been used since are pinged. If one does not answer, all of them are closed.
    """

    def __init__(self, statements: StatementCache, pool: ConnectionPool, *, timeout: float) -> None:
        super().__init__(statements)
        self._pool = pool
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._ping_before = self._discard_before = -1.0

    async def close(self) -> None:
        await self._pool.close()

    async def _read(self, text: str, arguments: Arguments, *, bounded: bool) -> Raw:  # noqa: ARG002 - the server runs any statement beside others
        return await self._use(lambda session: session.fetch(text, arguments))

    async def _run(self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool) -> Outcome:
        async def in_transaction(session: PooledSession) -> Outcome:
            await session.begin()
            outcome = await work(session)
            with without_retry():
                await session.change("COMMIT", ())
            return outcome

        return await self._use(in_transaction, time_limited=time_limited)

    async def _run_alone(
        self, work: Callable[[Session], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        async def without_repeating(session: PooledSession) -> Outcome:
            with without_retry():
                return await work(session)

        return await self._use(without_repeating, time_limited=time_limited)

    async def _use(
        self, work: Callable[[PooledSession], Awaitable[Outcome]], *, time_limited: bool = True
    ) -> Outcome:
        if time_limited:
            session = await self._acquire()
        else:  # a long transaction must begin in time, too
            async with timed(self._timeout):
                session = await self._acquire()
        try:
            outcome = await work(session)
        except BaseException as error:
            await self._return_after(error, session)
            raise
        self._return(session)
        return outcome

    @asynccontextmanager
    async def _snapshot_session(self) -> AsyncIterator[Session]:
        session = await self._acquire()
        try:
            for statement in BEGIN_SNAPSHOT[self.dialect.name]:
                await session.change(statement, ())
            yield session
            await session.change("COMMIT", ())
        except BaseException as error:
            await self._return_after(error, session)
            raise
        self._return(session)

    async def _acquire(self) -> PooledSession:
        """Acquire a session that works, as far as is known."""
        while True:
            session = await self._pool.acquire()
            session.acquired_at = self._loop.time()
            if session.used_at >= self._ping_before:
                return session
            try:
                if session.used_at >= self._discard_before and await self._is_alive(session):
                    return session
            except BaseException:
                self._recover(session)
                raise
            self._pool.discard(session)

    async def _is_alive(self, session: PooledSession) -> bool:
        try:
            async with asyncio.timeout(_PING_TIMEOUT * self._timeout):
                await session.ping()
        except Exception:  # noqa: BLE001 - whatever the error, the connection is unusable
            self._discard_before = session.acquired_at
            return False
        return True

    def _return(self, session: PooledSession) -> None:
        session.used_at = self._loop.time()
        self._pool.release(session)

    async def _return_after(self, error: BaseException, session: PooledSession) -> None:
        """Return the session of a caller that failed or was cancelled."""
        if not isinstance(error, Exception):
            self._recover(session)
            return
        try:
            can_be_used = await self._reset(session, _fault_of_cause(error))
        except BaseException:
            self._recover(session)
            raise
        if can_be_used:
            self._pool.release(session)
        else:
            self._pool.discard(session)

    async def _reset(self, session: PooledSession, fault: Fault | None) -> bool:
        """Roll back an open transaction. Return whether the session can be used again: the connection is not
        broken, and the server does not refuse statements.
        """
        if fault in (Fault.LOST, Fault.UNSENT):
            self._ping_before = self._loop.time()
        if fault not in (None, Fault.CONTENTION):
            return False
        try:
            if session.in_transaction:
                await session.change("ROLLBACK", ())
        except Exception:  # noqa: BLE001 - the first error is the one to report
            return False
        return True

    def _recover(self, session: PooledSession) -> None:
        """End the statement of a cancelled caller, in the background."""
        self._ping_before = max(self._ping_before, session.acquired_at)
        self._pool.recover(session)


def _fault_of_cause(error: Exception) -> Fault | None:
    """Return the fault of an error or of its cause."""
    cause = error.__cause__
    return fault_of(error) or (fault_of(cause) if isinstance(cause, Exception) else None)
