"""Abandoned connections do not accumulate in a server that hangs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.domain.ids import new_id
from everpost.errors import Busy, NotFound
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import comment_on, publish, read_post
from tests.stores.sql.conftest import answer

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
async def short_timeout_store(url: str) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url, timeout=0.3, pool_size=POOL_SIZE)
    yield store
    await store.close()


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
    engine_name: str, short_timeout_store: SqlStore, raw_connections: Connections, alchemy: AsyncEngine
) -> None:
    post = await publish(short_timeout_store)
    counts: list[int] = []

    async def count() -> None:
        while True:
            ((number,),) = await answer(raw_connections, CONNECTIONS[engine_name])
            counts.append(number)
            await asyncio.sleep(0.01)

    async with locked(engine_name, alchemy):
        counting = asyncio.create_task(count())
        for _ in range(4):
            writes = [comment_on(short_timeout_store, post.id) for _ in range(5)] + [
                publish(short_timeout_store) for _ in range(5)
            ]
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            assert {type(each) for each in outcomes} == {Busy}
            with pytest.raises((NotFound, Busy)):
                await short_timeout_store.users.get(new_id())
        counting.cancel()
    # One counts, one holds the lock, and on MySQL one kills abandoned statements.
    assert max(counts) <= POOL_SIZE + 3
    await asyncio.gather(*(comment_on(short_timeout_store, post.id) for _ in range(5)))


async def test_reads_continue_while_writes_time_out(
    short_timeout_store: SqlStore, alchemy: AsyncEngine
) -> None:
    post = await publish(short_timeout_store)
    async with alchemy.connect() as connection:
        await connection.exec_driver_sql("BEGIN")
        await connection.execute(text("UPDATE posts SET version = version WHERE id = :id"), {"id": post.id})
        for _ in range(10):
            with pytest.raises(Busy):
                await comment_on(short_timeout_store, post.id)
            assert (await read_post(short_timeout_store, post.id)).comment_count == 0
        await connection.exec_driver_sql("ROLLBACK")


async def test_a_statement_that_timed_out_has_ended_in_the_server(
    engine_name: str, short_timeout_store: SqlStore, raw_connections: Connections, alchemy: AsyncEngine
) -> None:
    post = await publish(short_timeout_store)
    async with locked(engine_name, alchemy):
        with pytest.raises(Busy):
            await comment_on(short_timeout_store, post.id)
        while await answer(raw_connections, WAITING[engine_name]):  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.01)
