"""Abandoned connections do not accumulate in a server that hangs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.domain.ids import new_id
from everpost.errors import Busy, NotFound
from everpost.stores.deadlines import limited
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import comment_on, publish, read_post
from tests.stores.sql.conftest import TIMEOUT, answer

POOL_SIZE = 3
LOCK = {
    "postgresql": "BEGIN; LOCK TABLE posts IN ACCESS EXCLUSIVE MODE",
    "mysql": "LOCK TABLES posts WRITE",
}
UNLOCK = {"postgresql": "ROLLBACK", "mysql": "UNLOCK TABLES"}
CONNECTIONS = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()",
}
WAITING = {
    "postgresql": f"{CONNECTIONS['postgresql']} AND wait_event_type = 'Lock' HAVING count(*) > 0",
    "mysql": f"{CONNECTIONS['mysql']} AND state LIKE '%lock%' HAVING count(*) > 0",
}

pytestmark = [pytest.mark.own_database, pytest.mark.usefixtures("on_a_server")]


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url, timeout=TIMEOUT, pool_size=POOL_SIZE)
    yield store
    await store.close()


async def time_out(*calls: Awaitable[object]) -> None:
    """Run calls of one request, whose time is up before the database answers."""
    with limited(0.3):
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(each) for each in outcomes} == {Busy}


@asynccontextmanager
async def locked(engine_name: str, alchemy: AsyncEngine) -> AsyncIterator[None]:
    """Lock posts, so that nobody else can read or write them."""
    async with alchemy.connect() as connection:
        for statement in LOCK[engine_name].split("; "):
            await connection.exec_driver_sql(statement)
        try:
            yield
        finally:
            await connection.exec_driver_sql(UNLOCK[engine_name])


async def test_no_more_connections_are_open_than_the_pool_allows(
    engine_name: str, store: SqlStore, raw_connections: Connections, alchemy: AsyncEngine
) -> None:
    post = await publish(store)
    counts: list[int] = []

    async def count() -> None:
        while True:
            ((number,),) = await answer(raw_connections, CONNECTIONS[engine_name])
            counts.append(number)

    async with locked(engine_name, alchemy):
        counting = asyncio.create_task(count())
        for _ in range(4):
            writes = [comment_on(store, post.id) for _ in range(5)] + [publish(store) for _ in range(5)]
            await time_out(*writes)
            with pytest.raises(NotFound):
                await store.users.get(new_id())
        counting.cancel()
    # One counts, one holds the lock, and one ends abandoned statements.
    assert max(counts) <= POOL_SIZE + 3
    await asyncio.gather(*(comment_on(store, post.id) for _ in range(5)))


async def test_reads_continue_while_writes_time_out(store: SqlStore, alchemy: AsyncEngine) -> None:
    post = await publish(store)
    async with alchemy.connect() as connection:
        await connection.exec_driver_sql("BEGIN")
        await connection.execute(text("UPDATE posts SET version = version WHERE id = :id"), {"id": post.id})
        for _ in range(10):
            await time_out(comment_on(store, post.id))
            assert (await read_post(store, post.id)).comment_count == 0
        await connection.exec_driver_sql("ROLLBACK")


async def test_a_statement_that_timed_out_has_ended_in_the_server(
    engine_name: str, store: SqlStore, raw_connections: Connections, alchemy: AsyncEngine
) -> None:
    post = await publish(store)
    async with locked(engine_name, alchemy):
        await time_out(comment_on(store, post.id))
        while await answer(raw_connections, WAITING[engine_name]):  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.01)
