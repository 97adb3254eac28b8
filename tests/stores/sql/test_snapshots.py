"""Snapshots: their demands on an engine, and their timeouts."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, literal_column, select, text

from everpost.domain.comments import MAX_COMMENT
from everpost.domain.records import Batch, Record
from everpost.errors import Busy
from everpost.stores.sql.bulk.records import SqlRecords
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.store import SqlStore
from tests.contract.port.blog.whole_blogs import records_of
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered, publish
from tests.stores.sql.conftest import TIMEOUT, answer
from tests.stores.sql.engine.test_faults import kill_others

MEGABYTE = 1024 * 1024
PATIENCE = {
    "postgresql": (func.current_setting("idle_in_transaction_session_timeout"), "0"),
    "mysql": (literal_column("@@wait_timeout"), 86_400),
}


@pytest.fixture
async def short_timeout_connections(url: str) -> AsyncIterator[Connections]:
    """Connections with a timeout of half a second."""
    connections = Connections(
        (await Connections.open(url, timeout=TIMEOUT, pool_size=1))._database, timeout=0.5
    )
    yield connections
    await connections.close()


async def test_a_snapshot_takes_longer_than_the_store_waits(
    store: SqlStore, short_timeout_connections: Connections
) -> None:
    posts = [await publish(store, id=numbered(number)) for number in range(1, 30)]
    await short_timeout_connections.transact(_nothing, time_limited=False)
    seen: list[Record] = []
    async with SqlRecords(short_timeout_connections).snapshot() as snapshot:
        async for batch in snapshot.records():
            if not seen:
                await asyncio.sleep(0.6)
            seen += batch
    assert seen[1:] == posts


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_server_waits_for_the_reader_of_a_snapshot(
    engine_name: str, raw_connections: Connections, url: str
) -> None:
    if engine_name == "postgresql":
        ((name,),) = await answer(raw_connections, "SELECT current_database()")
        short_idle_timeout = f'ALTER DATABASE "{name}" SET idle_in_transaction_session_timeout = 1000'
        await raw_connections.change(text(short_idle_timeout), {})
    setting, patience = PATIENCE[engine_name]
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1)
    async with connections.snapshot() as transaction:
        assert tuple((await transaction.execute(select(setting))).one()) == (patience,)
    await connections.close()


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_snapshot_opens_after_the_server_closed_the_connections(
    engine_name: str, store: SqlStore, raw_connections: Connections
) -> None:
    post = await publish(store)
    await kill_others(engine_name, raw_connections)
    assert (await records_of(store))[1:] == [post]


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_connection_lost_during_a_read_is_busy(
    engine_name: str, store: SqlStore, raw_connections: Connections
) -> None:
    for number in range(1, 30):
        await publish(store, id=numbered(number))

    async def read() -> None:
        async with store.records.snapshot() as snapshot:
            async for _batch in snapshot.records():
                await kill_others(engine_name, raw_connections)

    with pytest.raises(Busy):
        await read()


async def test_an_error_of_the_reader_is_not_reported_as_a_database_fault(store: SqlStore) -> None:
    with pytest.raises(OSError, match="No space left"):
        async with store.records.snapshot():
            raise OSError(28, "No space left on device")


async def test_only_the_page_being_read_is_in_memory(store: SqlStore) -> None:
    """A driver may read ahead while nobody takes the rows."""
    post = a_post(id=numbered(1))
    await store.records.write(Batch(kept=[post]))
    for lot in range(4):
        thread = [
            a_comment(
                post.id,
                id=numbered(lot * 200 + number),
                content="\U0010ffff" * MAX_COMMENT,
                publication_date=MOMENT + timedelta(seconds=lot * 200 + number),
            )
            for number in range(200)
        ]
        await store.records.write(Batch(kept=thread))
    tracemalloc.start()
    read = 0
    async with store.records.snapshot() as snapshot:
        async for batch in snapshot.records():
            if len(batch) > 1 and read < 300:
                for _ in range(100):
                    await asyncio.sleep(0.005)
            read += len(batch)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 802
    assert most < 60 * MEGABYTE


async def _nothing(_connection: object) -> None:
    """Do nothing but connect."""
