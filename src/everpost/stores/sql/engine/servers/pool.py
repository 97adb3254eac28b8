"""A pool of connections to a server, with an exact limit.

Neither driver's pool has one: both reuse a place as soon as their side of a connection is closed, while the
server may still be running its statement.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any, ClassVar, Protocol, Self

from everpost.stores.sql.engine.compiled import Session
from everpost.stores.sql.engine.errors import connecting, is_server_gone

MAX_IDLE = 60.0
"""A connection that has been idle for this many seconds is closed."""
_PAUSES = (0.005, 0.5)
"""The maximum pause, in seconds, before a connection is looked for again: at first, and later."""
_LONGEST_PAUSE = 30.0
"""The same, before another killer is opened after several have broken."""
_CLOSED = "the pool is closed"


class PooledSession(Session, Protocol):
    """A session that belongs to a pool."""

    closing: ClassVar[str]
    """The name of the driver's coroutine function that closes a connection."""
    connection: Any
    """The driver's connection."""
    acquired_at: float
    used_at: float
    """The event loop's time when the session was last known to work."""

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as is known."""
        ...

    @property
    def in_transaction(self) -> bool: ...

    async def begin(self) -> None:
        """Begin a transaction, possibly together with the next statement."""
        ...

    async def ping(self) -> None: ...

    async def recover(self) -> bool:
        """End the statement of a cancelled caller. Return whether the session can be used again."""
        ...

    async def end(self, other: Self, /) -> bool:
        """Ask the server to end another session. Return whether it no longer has that session."""
        ...

    async def log_out(self) -> None:
        """Close the connection after the server has been told."""
        ...

    def abort(self) -> None:
        """Close the connection without telling the server."""
        ...


class ConnectionPool:
    """Connections to one server, opened on demand. The server has at most `size` of them, and one more while
    that one ends others: the killer. A killer that breaks may be one too many, so the next one waits longer.

    The place of a connection that broke, or whose statement could not be ended, stays taken until the server
    no longer has the connection. The additional connection asks for that, and then takes the last place.
    """

    def __init__(self, connect: Callable[[], Awaitable[PooledSession]], *, size: int, timeout: float) -> None:
        self._connect = connect
        self._size = size
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._sessions: set[PooledSession] = set()
        """All connections that the server may have."""
        self._opening = 0
        self._idle: list[PooledSession] = []
        self._waiting: deque[asyncio.Future[PooledSession]] = deque()
        self._doomed: deque[PooledSession] = deque()
        self._ending: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closing = self._is_closed = False
        self._returned = asyncio.Event()

    async def acquire(self) -> PooledSession:
        """Return the most recently used session, or wait for one, first come, first served. Raises
        ConnectionError if the pool closes.
        """
        if self._is_closing:
            raise ConnectionError(_CLOSED)
        while self._idle:
            session = self._idle.pop()
            if session.is_open:
                return session
            self.discard(session)
        waiter: asyncio.Future[PooledSession] = self._loop.create_future()
        self._waiting.append(waiter)
        self._open_more()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                with suppress(ValueError):  # a connection that failed to open has already found it
                    self._waiting.remove(waiter)
            elif waiter.exception() is None:
                self.release(waiter.result())
            raise

    def release(self, session: PooledSession) -> None:
        """Return a session, which is in no transaction, to the pool."""
        if not session.is_open:
            self.discard(session)
        elif self._is_closing:
            self._start(self._log_out(session))
            self._returned.set()
        elif (waiter := self._next_waiter()) is not None:
            waiter.set_result(session)
        else:
            self._idle.append(session)
            if self._timer is None:
                self._timer = self._loop.call_later(MAX_IDLE, self._close_idle)

    def recover(self, session: PooledSession) -> None:
        """Return a session to the pool once the server has ended the statement of its cancelled caller."""
        self._start(self._recover(session))

    def discard(self, session: PooledSession) -> None:
        """Close a connection. Its place stays taken until the server no longer has it."""
        if self._is_closed:
            session.abort()
            return
        self._doom(session)
        self._returned.set()
        if self._ending is None:
            self._ending = self._start(self._end_doomed())

    async def close(self) -> None:
        """Close all connections. Those in use have until the timeout. Callers that wait for one fail."""
        self._is_closing = True
        while (waiter := self._next_waiter()) is not None:
            waiter.set_exception(ConnectionError(_CLOSED))
        if self._timer is not None:
            self._timer.cancel()
        for session in self._idle:
            self._start(self._log_out(session))
        self._idle.clear()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    while self._sessions or self._tasks:
                        self._returned.clear()
                        await (asyncio.wait(self._tasks) if self._tasks else self._returned.wait())
        finally:
            self._is_closed = True
            for session in self._sessions:
                session.abort()
            while self._tasks:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task that outlives the request and its deadline."""
        task = self._loop.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _next_waiter(self) -> asyncio.Future[PooledSession] | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                return waiter
        return None

    def _open_more(self) -> None:
        """Open connections for waiting callers, within the limit."""
        while self._opening < len(self._waiting) and len(self._sessions) + self._opening < self._size:
            self._opening += 1
            self._start(self._open())

    async def _open(self) -> None:
        try:
            with connecting():
                session = await self._connect()
        except Exception as error:  # noqa: BLE001 - it is raised by `acquire`
            self._opening -= 1
            if (waiter := self._next_waiter()) is not None:
                waiter.set_exception(error)
        except BaseException:
            self._opening -= 1
            raise
        else:
            self._opening -= 1
            self._sessions.add(session)
            self.release(session)
        self._open_more()

    async def _recover(self, session: PooledSession) -> None:
        can_be_used = False
        with suppress(Exception):  # the connection is closed
            async with asyncio.timeout(self._timeout):
                can_be_used = await session.recover()
        if can_be_used:
            self.release(session)
        else:
            self.discard(session)

    async def _end_doomed(self) -> None:
        """End connections in the server, one after another, over the killer, which then takes the last
        place.
        """
        killer: PooledSession | None = None
        shortest, longest = _PAUSES
        pause = shortest
        try:
            while self._doomed:
                try:
                    killer = killer or await self._open_killer()
                    has_ended = await self._end_first(killer)
                except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for an answer
                    has_ended = False
                    if killer is not None:
                        self._doom(killer)
                        killer = None
                    if is_server_gone(error):
                        self._forget_doomed()
                        break
                pause = shortest if has_ended else min(2 * pause, longest)
                if not has_ended:
                    await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - it only spreads retries
        except BaseException:
            if killer is not None:
                killer.abort()
            raise
        finally:
            self._ending = None
        if killer is not None:
            self._sessions.add(killer)
            self.release(killer)

    async def _open_killer(self) -> PooledSession:
        """Open the additional connection, later if the server may still have several that broke."""
        excess = max(1, len(self._sessions) + self._opening - self._size)
        await asyncio.sleep(min(self._timeout * (2 ** (excess - 1) - 1), _LONGEST_PAUSE))
        return await self._connect()

    async def _end_first(self, killer: PooledSession) -> bool:
        """End the connection whose turn it is. Return whether the server no longer has it."""
        session = self._doomed[0]
        async with asyncio.timeout(self._timeout):
            has_ended = await killer.end(session)
        self._doomed.popleft()
        if not has_ended:
            self._doomed.append(session)
            return False
        self._sessions.discard(session)
        if self._doomed:  # otherwise the place is for the killer
            self._open_more()
        return True

    def _doom(self, session: PooledSession) -> None:
        session.abort()
        self._sessions.add(session)
        self._doomed.append(session)

    def _forget_doomed(self) -> None:
        self._sessions.difference_update(self._doomed)
        self._doomed.clear()
        self._open_more()

    def _close_idle(self) -> None:
        """Close connections that have been idle for long."""
        self._timer = None
        before = self._loop.time() - MAX_IDLE
        for session in [each for each in self._idle if each.used_at <= before]:
            self._idle.remove(session)
            self._start(self._log_out(session))
        if self._idle:
            oldest = min(each.used_at for each in self._idle)
            self._timer = self._loop.call_at(oldest + MAX_IDLE, self._close_idle)

    async def _log_out(self, session: PooledSession) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await session.log_out()
        except Exception:  # noqa: BLE001 - whatever it is, the server may still have the connection
            self.discard(session)
        else:
            self._sessions.discard(session)
            self._open_more()
