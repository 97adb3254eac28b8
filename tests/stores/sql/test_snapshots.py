"""What a snapshot asks of an engine, and how long it may take."""

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
async def hasty(url: str) -> AsyncIterator[Connections]:
    """Connections that wait for half a second."""
    connections = Connections(
        (await Connections.open(url, timeout=TIMEOUT, pool_size=1))._database, timeout=0.5
    )
    yield connections
    await connections.close()


async def test_a_snapshot_takes_longer_than_the_store_waits(store: SqlStore, hasty: Connections) -> None:
    posts = [await publish(store, id=numbered(number)) for number in range(1, 30)]
    await hasty.transact(_nothing, time_limited=False)
    seen: list[Record] = []
    async with SqlRecords(hasty).snapshot() as snapshot:
        async for batch in snapshot.records():
            if not seen:
                await asyncio.sleep(0.6)
            seen += batch
    assert seen[1:] == posts


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_server_waits_for_the_reader_of_a_snapshot(
    engine_name: str, aside: Connections, url: str
) -> None:
    if engine_name == "postgresql":
        ((name,),) = await answer(aside, "SELECT current_database()")
        impatient = f'ALTER DATABASE "{name}" SET idle_in_transaction_session_timeout = 1000'
        await aside.change(text(impatient), {})
    setting, patience = PATIENCE[engine_name]
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1)
    async with connections.snapshot() as transaction:
        assert tuple((await transaction.execute(select(setting))).one()) == (patience,)
    await connections.close()


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_snapshot_opens_though_the_server_has_cut_the_connections(
    engine_name: str, store: SqlStore, aside: Connections
) -> None:
    post = await publish(store)
    await kill_others(engine_name, aside)
    assert (await records_of(store))[1:] == [post]


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_connection_that_is_cut_while_it_is_read_is_busy(
    engine_name: str, store: SqlStore, aside: Connections
) -> None:
    for number in range(1, 30):
        await publish(store, id=numbered(number))

    async def read() -> None:
        async with store.records.snapshot() as snapshot:
            async for _batch in snapshot.records():
                await kill_others(engine_name, aside)

    with pytest.raises(Busy):
        await read()


async def test_what_the_reader_does_wrong_is_not_the_fault_of_the_database(store: SqlStore) -> None:
    with pytest.raises(OSError, match="No space left"):
        async with store.records.snapshot():
            raise OSError(28, "No space left on device")


async def test_only_what_the_reader_takes_is_in_memory(store: SqlStore) -> None:
    """A driver may read on while nobody takes what it has read."""
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
    """Only connects."""
