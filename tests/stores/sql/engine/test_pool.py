"""The pool of connections to a server, in front of a server that misbehaves as each test wants."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar, cast

import pytest

from everpost.stores.sql.engine.servers.pool import ConnectionPool, PooledSession

SIZE = 2
TIMEOUT = 0.05


class FalseServer:
    """Keeps count of its connections."""

    def __init__(self) -> None:
        self.connections: set[FalseSession] = set()
        self.most = 0
        self.logins = 0
        self.may_end = asyncio.Event()
        """Whether a connection that its client aborted, or asked to end, ends."""
        self.may_end.set()
        self.answers_killers = True
        self.answers_farewells = True
        self.refusal: Exception | None = None

    async def connect(self) -> PooledSession:
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        self.logins += 1
        session = FalseSession(self)
        self.connections.add(session)
        self.most = max(self.most, len(self.connections))
        return cast("PooledSession", session)


class FalseSession:
    """Lives in the server until the server ends it."""

    closing: ClassVar[str] = "close"
    in_transaction = False

    def __init__(self, server: FalseServer) -> None:
        self.connection: Any = None
        self.acquired_at = self.used_at = asyncio.get_running_loop().time()
        self.is_open = True
        self._server = server

    async def recover(self) -> bool:
        return False

    async def end(self, other: "FalseSession") -> bool:
        if not self._server.answers_killers:
            await asyncio.Event().wait()
        if other in self._server.connections and self._server.may_end.is_set():
            self._server.connections.remove(other)
            return False
        return other not in self._server.connections

    async def log_out(self) -> None:
        if not self._server.answers_farewells:
            await asyncio.Event().wait()
        self._server.connections.discard(self)

    def abort(self) -> None:
        self.is_open = False


@pytest.fixture
async def server() -> FalseServer:
    return FalseServer()


@pytest.fixture
async def pool(server: FalseServer) -> AsyncIterator[ConnectionPool]:
    pool = ConnectionPool(server.connect, size=SIZE, timeout=TIMEOUT)
    yield pool
    await pool.close()
    assert not pool._tasks


async def test_callers_who_gave_up_are_forgotten(pool: ConnectionPool) -> None:
    """While a server hangs, no connection is returned that would find out."""
    sessions = [await pool.acquire() for _ in range(SIZE)]
    for _ in range(10):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.acquire(), 0.001)
    assert len(pool._waiting) == 0
    for session in sessions:
        pool.release(session)


async def test_those_that_wait_while_the_pool_closes_fail_at_once(
    server: FalseServer, pool: ConnectionPool
) -> None:
    sessions = [await pool.acquire() for _ in range(SIZE)]
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    closing = asyncio.create_task(pool.close())
    await asyncio.wait([waiting], timeout=TIMEOUT / 2)
    for session in sessions:
        pool.release(session)
    await closing
    assert isinstance(waiting.exception(), ConnectionError)
    assert server.logins == SIZE
    assert not server.connections


async def test_a_closed_pool_opens_no_connection(server: FalseServer, pool: ConnectionPool) -> None:
    await pool.close()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(pool.acquire(), TIMEOUT)
    assert server.logins == 0


async def test_a_connection_opened_while_the_pool_closes_is_closed(
    server: FalseServer, pool: ConnectionPool
) -> None:
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    await pool.close()
    await asyncio.wait([waiting])
    assert not server.connections


async def test_a_connection_that_could_not_log_out_keeps_its_place(
    server: FalseServer, pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = [await pool.acquire() for _ in range(SIZE)]
    for session in sessions:
        pool.release(session)
    server.answers_farewells = False
    server.may_end.clear()
    monkeypatch.setattr("everpost.stores.sql.engine.servers.pool.MAX_IDLE", 0)
    pool._close_idle()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.acquire(), 5 * TIMEOUT)
    server.may_end.set()
    server.answers_farewells = True
    pool.release(await pool.acquire())
    assert server.most == SIZE + 1


async def test_killers_that_fail_do_not_accumulate(
    server: FalseServer, pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everpost.stores.sql.engine.servers.pool._PAUSES", (0.001, 0.001))
    sessions = [await pool.acquire() for _ in range(SIZE)]
    server.answers_killers = False
    for session in sessions:
        pool.discard(session)
    await asyncio.sleep(20 * TIMEOUT)
    assert server.most <= SIZE + 5
    server.answers_killers = True
    async with asyncio.timeout(100 * TIMEOUT):
        again = [await pool.acquire() for _ in range(SIZE)]
    assert len(server.connections) == SIZE
    for session in again:
        pool.release(session)


async def test_each_caller_is_told_why_no_connection_opens(server: FalseServer, pool: ConnectionPool) -> None:
    server.refusal = ConnectionError("no")
    ends = await asyncio.gather(*(pool.acquire() for _ in range(20)), return_exceptions=True)
    assert ends == [server.refusal] * 20
    server.refusal = None
    sessions = [await pool.acquire() for _ in range(SIZE)]
    for session in sessions:
        pool.release(session)


async def test_a_connection_that_outlasts_the_pool_opens_no_other(
    server: FalseServer, pool: ConnectionPool
) -> None:
    sessions = [await pool.acquire() for _ in range(SIZE)]
    await pool.close()
    pool.release(sessions[0])
    pool.recover(sessions[1])
    await asyncio.sleep(TIMEOUT)
    assert server.logins == SIZE
    assert not any(session.is_open for session in sessions)


async def test_closing_that_is_cancelled_leaves_nothing_behind(pool: ConnectionPool) -> None:
    session = await pool.acquire()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.close(), TIMEOUT / 5)
    assert not session.is_open
