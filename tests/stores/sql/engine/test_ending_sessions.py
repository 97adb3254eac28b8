"""Ends sessions in a real server, and only those that are meant."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from devtools.servers.proxy import Proxy
from sqlalchemy import text

from everpost.stores.sql.engine import Connections
from everpost.stores.sql.engine.connections import _pool_for
from everpost.stores.sql.engine.servers.pool import ConnectionPool, PooledSession
from tests.stores.sql.conftest import TIMEOUT

pytestmark = pytest.mark.usefixtures("on_a_server")

SLEEP = {"postgresql": "SELECT pg_sleep(60)", "mysql": "SELECT SLEEP(60)"}
AGE = 1_000_000_000
IMPOSTORS: dict[str, dict[str, dict[str, Any]]] = {
    "postgresql": {
        "an older backend": {"_began_at": -AGE, "_opened_at": -AGE},
        "a younger backend": {"_began_at": AGE, "_opened_at": AGE},
    },
    "mysql": {"a server that was restarted since": {"_opened_at": -AGE}},
}
"""What differs between a session and another with the same id, in the event loop's time."""


@pytest.fixture
async def pool(url: str) -> AsyncIterator[ConnectionPool]:
    pool = _pool_for(url, timeout=TIMEOUT, size=2)
    assert pool is not None
    yield pool
    await pool.close()


async def until_ended(killer: PooledSession, session: PooledSession) -> None:
    while not await killer.end(session):  # noqa: ASYNC110 - only the server knows
        await asyncio.sleep(0.005)


async def test_a_session_whose_statement_is_running_ends(engine_name: str, pool: ConnectionPool) -> None:
    session = await pool.acquire()
    killer = await pool.acquire()
    running = asyncio.create_task(session.fetch(SLEEP[engine_name], ()))
    await asyncio.sleep(0)
    assert not await killer.end(session), "the server still had it"
    await until_ended(killer, session)
    with pytest.raises(Exception, match=r"terminat|[Ll]ost|kill"):
        await running
    pool.release(session)
    pool.release(killer)


@pytest.mark.parametrize("impostor", [*IMPOSTORS["postgresql"], *IMPOSTORS["mysql"]])
async def test_another_session_with_the_same_id_goes_on(
    engine_name: str, pool: ConnectionPool, impostor: str
) -> None:
    if impostor not in IMPOSTORS[engine_name]:
        return
    session = await pool.acquire()
    killer = await pool.acquire()
    real = dict(vars(session))
    for name, seconds in IMPOSTORS[engine_name][impostor].items():
        setattr(session, name, real[name] + seconds)
    assert await killer.end(session), "the session is considered gone"
    assert [tuple(row) for row in await session.fetch("SELECT 1", ())] == [(1,)]
    for name, value in real.items():
        setattr(session, name, value)
    assert not await killer.end(session)
    await until_ended(killer, session)
    pool.release(session)
    pool.release(killer)


async def test_a_session_of_another_server_goes_on(engine_name: str, pool: ConnectionPool) -> None:
    if engine_name != "mysql":  # PostgreSQL compares ages only
        return
    session = await pool.acquire()
    killer = await pool.acquire()
    session.connection.host_name = "another"
    assert await killer.end(session)
    assert [tuple(row) for row in await session.fetch("SELECT 1", ())] == [(1,)]
    pool.release(session)
    pool.release(killer)


@pytest.mark.own_database
async def test_postgresql_may_forbid_ending_sessions(
    engine_name: str, url: str, raw_connections: Connections
) -> None:
    """The place is free once the server notices by itself that the connection is closed."""
    if engine_name != "postgresql":
        return
    for statement in (
        "CREATE ROLE bound LOGIN",
        "GRANT CONNECT ON DATABASE {0} TO bound",
        "REVOKE EXECUTE ON FUNCTION pg_terminate_backend FROM PUBLIC",
    ):
        await raw_connections.change(text(statement.format(url.rpartition("/")[2])), {})
    pool = _pool_for(url.replace("//everpost@", "//bound@"), timeout=TIMEOUT, size=1)
    assert pool is not None
    try:
        pool.discard(await pool.acquire())
        async with asyncio.timeout(TIMEOUT):
            pool.release(await pool.acquire())
    finally:
        await pool.close()
        await raw_connections.change(text(f"REVOKE ALL ON DATABASE {url.rpartition('/')[2]} FROM bound"), {})
        await raw_connections.change(text("DROP ROLE bound"), {})


async def test_an_aborted_connection_is_closed_even_if_the_server_reads_nothing(url: str) -> None:
    with Proxy(url) as proxy:
        pool = _pool_for(proxy.url, timeout=TIMEOUT, size=1)
        assert pool is not None
        session = await pool.acquire()
        transport = session.connection._transport
        transport.pause_reading()
        transport.write(bytes(50_000_000))
        session.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert transport.get_extra_info("socket").fileno() == -1
        pool.release(session)
        await pool.close()
