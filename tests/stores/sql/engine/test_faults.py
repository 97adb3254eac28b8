"""Faults: databases that refuse statements, disconnect or hold locks."""

import asyncio
import errno
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from asyncmy.errors import OperationalError
from devtools.servers.private import free_port
from sqlalchemy import text

from everpost.domain.ids import Id
from everpost.errors import Busy, Conflict, NotFound, Unreachable
from everpost.stores import open_store
from everpost.stores.sql.engine import Connections, Transaction, reason_of
from everpost.stores.sql.engine.errors import is_server_gone
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import comment_on, publish, read_post
from tests.stores.sql.conftest import TIMEOUT, answer

KILL_THE_OTHERS = {
    "postgresql": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ),
    "mysql": (
        "SELECT CONCAT('KILL ', id) FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    ),
}
WRITE_NO_MORE = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET default_transaction_read_only = on",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}

Call = Callable[[SqlStore, Id], Awaitable[object]]
WRITES: dict[str, Call] = {
    "add a post": lambda store, _post_id: publish(store),
    "add a comment": comment_on,
    "remove a post": lambda store, post_id: store.posts.remove(post_id, match=None),
}
CALLS: dict[str, Call] = {**WRITES, "read a post": read_post}


@asynccontextmanager
async def locked(raw_connections: Connections, post_id: Id) -> AsyncIterator[None]:
    """Another writer, with an open transaction that has locked the post."""
    has_it, may_end = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await transaction.execute(text("UPDATE posts SET version = version WHERE id = :id"), {"id": post_id})
        has_it.set()
        await may_end.wait()

    holding = asyncio.create_task(raw_connections.transact(hold))
    await has_it.wait()
    try:
        yield
    finally:
        may_end.set()
        await holding


async def kill_others(engine_name: str, raw_connections: Connections) -> None:
    """Close every other connection to the database; return once they are gone."""
    others = KILL_THE_OTHERS[engine_name]
    for row in await answer(raw_connections, others):
        if engine_name == "mysql":
            await raw_connections.change(text(row[0]), {})
    while await answer(raw_connections, others):  # noqa: ASYNC110 - only the server knows
        await asyncio.sleep(0.01)


async def test_a_writer_that_waits_too_long_is_busy(
    raw_connections: Connections, short_timeout_store: SqlStore
) -> None:
    post = await publish(short_timeout_store)
    async with locked(raw_connections, post.id):
        with pytest.raises(Busy):
            await comment_on(short_timeout_store, post.id)
        assert (await read_post(short_timeout_store, post.id)).comment_count == 0
    await comment_on(short_timeout_store, post.id)
    assert (await read_post(short_timeout_store, post.id)).comment_count == 1


async def test_readers_do_not_wait_for_a_writer(
    raw_connections: Connections, short_timeout_store: SqlStore
) -> None:
    post = await publish(short_timeout_store)
    async with locked(raw_connections, post.id):
        assert await read_post(short_timeout_store, post.id) == post


@pytest.mark.usefixtures("on_a_server")
async def test_a_caller_that_gets_no_connection_is_busy(short_timeout_store: SqlStore) -> None:
    async with short_timeout_store._connections.snapshot():
        with pytest.raises(Busy):
            await short_timeout_store.ping()
    await short_timeout_store.ping()


@pytest.mark.parametrize("write", WRITES)
async def test_a_database_that_refuses_writes_is_busy(
    engine_name: str, short_timeout_store: SqlStore, write: str
) -> None:
    post = await publish(short_timeout_store)
    await short_timeout_store._connections.change(text(WRITE_NO_MORE[engine_name]), {})
    with pytest.raises(Busy, match="does not accept writes"):
        await WRITES[write](short_timeout_store, post.id)
    assert await read_post(short_timeout_store, post.id) == post


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
@pytest.mark.parametrize("call", CALLS)
async def test_connections_that_died_while_idle_are_replaced(
    engine_name: str, store: SqlStore, raw_connections: Connections, call: str
) -> None:
    post = await publish(store)
    await asyncio.gather(*(store.ping() for _ in range(10)))
    await kill_others(engine_name, raw_connections)
    await CALLS[call](store, post.id)


@pytest.mark.own_database
@pytest.mark.usefixtures("on_a_server")
async def test_a_transaction_whose_connection_dies_is_retried(
    engine_name: str, store: SqlStore, raw_connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is logged that looks like a bug."""
    post = await publish(store)
    tries = 0

    async def work(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        await transaction.execute(
            text("UPDATE posts SET version = version + 1 WHERE id = :id"), {"id": post.id}
        )
        if tries == 1:
            await kill_others(engine_name, raw_connections)
        await transaction.execute(text("SELECT 1"))

    await store._connections.transact(work)
    assert tries == 2
    assert (await read_post(store, post.id)).version == 2
    assert caplog.records == []


@pytest.mark.usefixtures("on_a_server")
async def test_the_victim_of_a_deadlock_is_retried(store: SqlStore) -> None:
    first, second = await publish(store), await publish(store)
    both_began = asyncio.Barrier(2)
    tries = 0

    async def lock(*posts: Id) -> None:
        began = False

        async def work(transaction: Transaction) -> None:
            nonlocal began, tries
            tries += 1
            for post_id in posts:
                await transaction.execute(
                    text("UPDATE posts SET version = version + 1 WHERE id = :id"), {"id": post_id}
                )
                if not began:
                    began = True
                    await both_began.wait()

        await store._connections.transact(work)

    await asyncio.gather(lock(first.id, second.id), lock(second.id, first.id))
    assert tries == 3
    assert [(await read_post(store, post.id)).version for post in (first, second)] == [3, 3]


@pytest.mark.own_database
async def test_a_table_may_be_altered_while_the_store_is_open(
    engine_name: str, store: SqlStore, raw_connections: Connections
) -> None:
    post = await publish(store)
    await asyncio.gather(*(read_post(store, post.id) for _ in range(10)))
    alter = "ALTER TABLE posts ALTER COLUMN title TYPE TEXT"
    if engine_name != "postgresql":  # only PostgreSQL would have to prepare its statements again
        alter = "ALTER TABLE posts ADD COLUMN note INTEGER"
    await raw_connections.change(text(alter), {})
    assert await read_post(store, post.id) == post
    await comment_on(store, post.id)


@pytest.mark.parametrize("mistake", [KeyError(3), RuntimeError("connection is closed"), Conflict("a", "b")])
async def test_a_bug_is_not_reported_as_a_database_fault(store: SqlStore, mistake: Exception) -> None:
    async def work(_transaction: Transaction) -> None:
        raise mistake

    with pytest.raises(type(mistake)):
        await store._connections.transact(work)


async def test_a_cancelled_call_is_atomic_and_affects_no_other(store: SqlStore) -> None:
    post = await publish(store)
    for _ in range(60):
        call = asyncio.create_task(comment_on(store, post.id))
        await asyncio.wait([call], timeout=random.uniform(0, 0.01))
        call.cancel()
        await asyncio.wait([call])
    # The last call may take effect even now, so one read must tell everything.
    later = await asyncio.gather(*(comment_on(store, post.id) for _ in range(5)))
    kept = await read_post(store, post.id)
    assert set(later) <= set(kept.comments)
    assert kept.comment_count == len(kept.comments) == kept.version - 1


async def test_comments_on_a_post_that_is_being_removed_leave_no_orphan(
    store: SqlStore, raw_connections: Connections
) -> None:
    async def keep_commenting(post_id: Id) -> None:
        while True:
            await comment_on(store, post_id)

    for _ in range(5):
        post = await publish(store)
        commenting = [asyncio.create_task(keep_commenting(post.id)) for _ in range(4)]
        await comment_on(store, post.id)
        await store.posts.remove(post.id, match=None)
        ends = await asyncio.gather(*commenting, return_exceptions=True)
        assert {type(end) for end in ends} == {NotFound}
    assert [tuple(row) for row in await answer(raw_connections, "SELECT count(*) FROM comments")] == [(0,)]


async def test_a_full_disk_is_reported_and_rolls_back_everything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'blog.db'}"
    await (await open_store(url, timeout=TIMEOUT, pool_size=1)).close()
    store = await SqlStore.open(url, timeout=TIMEOUT, pool_size=1)
    post = await publish(store)
    raw_connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1, engine="reference")
    ((pages,),) = await answer(raw_connections, "PRAGMA page_count")
    await raw_connections.close()
    await store._connections.change(text(f"PRAGMA max_page_count = {pages + 1}"), {})
    with pytest.raises(Busy, match="out of disk space"):
        await comment_on(store, post.id, content="x" * 200_000)
    assert await read_post(store, post.id) == post
    await store._connections.change(text("PRAGMA max_page_count = 1000000"), {})
    await comment_on(store, post.id, content="x" * 20_000)
    assert (await read_post(store, post.id)).comment_count == 1
    await store.close()


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
async def test_a_missing_server_is_unreachable(scheme: str) -> None:
    port = free_port()
    shown = f"Cannot connect to the database {scheme}://writer@127.0.0.1:{port}/blog"
    with pytest.raises(Unreachable, match=shown) as error:
        await SqlStore.open(f"{scheme}://writer:secret@127.0.0.1:{port}/blog", timeout=5, pool_size=1)
    assert "secret" not in error.value.message


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
async def test_a_server_that_does_not_answer_is_unreachable_in_time(scheme: str) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://writer:secret@127.0.0.1:{silent.getsockname()[1]}/blog"
        with pytest.raises(Unreachable, match="no answer within 1 s"):
            await SqlStore.open(url, timeout=1, pool_size=1)
    assert loop.time() - began < TIMEOUT


@pytest.mark.parametrize("path", ["/no/such/folder/blog.db", "/"])
async def test_a_file_that_cannot_exist_is_unreachable(path: str) -> None:
    with pytest.raises(Unreachable, match="unable to open database file"):
        await SqlStore.open(f"sqlite:///{path}", timeout=1, pool_size=1)


def test_a_server_without_tls_is_reported_as_such() -> None:
    said = (
        "Can't connect to MySQL server on 'h' ([SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1))"
    )
    assert reason_of(OperationalError(2003, said)) == "the server does not support TLS"
    assert reason_of(OperationalError(2003, "Can't connect")) == "Can't connect"


def test_a_server_is_gone_if_nothing_listens_at_any_of_its_addresses() -> None:
    refused = f"[Errno {errno.ECONNREFUSED}] Connect call failed ('::1', 5432, 0, 0)"
    assert is_server_gone(OSError(f"Multiple exceptions: {refused}, {refused}"))
    assert not is_server_gone(OSError(f"Multiple exceptions: {refused}, [Errno {errno.ETIMEDOUT}] no answer"))
    assert not is_server_gone(TimeoutError())
