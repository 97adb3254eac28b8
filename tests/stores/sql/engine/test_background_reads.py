"""SQLite reads whose cost grows with the blog. They block nobody, and end when their caller gives up."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, literal, literal_column, select

from everpost.domain.clock import now
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import PostFilter, PostQuery, TagQuery
from everpost.errors import Busy
from everpost.stores import open_store
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.engine.sqlite.threads import ThreadSession

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
ENDLESS_SELECT: Select[*tuple[Any, ...]] = select(literal_column(f"({ENDLESS})"))


@pytest.fixture
async def session() -> AsyncIterator[ThreadSession]:
    session = ThreadSession(sqlite3.connect(":memory:", check_same_thread=False))
    yield session
    session.close()


async def test_a_statement_that_takes_too_long_ends_and_the_next_one_is_answered(
    session: ThreadSession,
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await session.fetch(ENDLESS, ())
    assert await session.fetch("SELECT 1", ()) == [(1,)]


@pytest.fixture
async def connections(empty_blog_file: Path) -> AsyncIterator[Connections]:
    """Connections with a timeout of half a second."""
    connections = await Connections.open(f"sqlite:///{empty_blog_file}", timeout=0.5, pool_size=1)
    yield connections
    await connections.close()


async def test_a_read_that_takes_too_long_is_busy_and_the_next_one_is_answered(
    connections: Connections,
) -> None:
    with pytest.raises(Busy):
        await connections.fetch(ENDLESS_SELECT, {}, bounded=False)
    assert await connections.fetch(select(literal(1)), {}, bounded=False)


async def test_a_read_of_a_snapshot_can_be_timed_out(connections: Connections) -> None:
    async with connections.snapshot() as transaction:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await transaction.execute(ENDLESS_SELECT)
        assert (await transaction.execute(select(literal(1)))).first() is not None


async def test_a_read_that_is_cancelled_before_its_turn_does_not_disturb_the_one_before(
    connections: Connections,
) -> None:
    endless = asyncio.create_task(connections.fetch(ENDLESS_SELECT, {}, bounded=False))
    waiting = asyncio.create_task(connections.fetch(select(literal(1)), {}, bounded=False))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert not endless.done()
    endless.cancel()
    await asyncio.wait([endless])


async def test_a_read_that_fails_leaves_a_connection_for_the_next(connections: Connections) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await connections.fetch(select(literal_column("nothing")), {}, bounded=False)
    assert await connections.fetch(select(literal(1)), {}, bounded=False)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that ran statements, in order."""
    names: list[str] = []

    class TracedConnection(sqlite3.Connection):
        def execute(self, *arguments: object) -> sqlite3.Cursor:
            names.append(threading.current_thread().name)
            return super().execute(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=TracedConnection))
    return names


async def test_reads_that_grow_with_the_blog_run_on_a_thread(threads: list[str], tmp_path: Path) -> None:
    """Counts, tags and deep pages run on a thread; the validators of a page stay on the event loop,
    which is faster.
    """
    store = await open_store(f"sqlite:///{tmp_path}/blog.db", timeout=5, pool_size=1)
    everything = PostFilter(audience=PUBLIC.audience(now()))

    def page(skip: int) -> Awaitable[object]:
        return store.posts.page_validators(PostQuery(filter=everything, limit=10, skip=skip))

    async def is_on_the_loop(reading: Awaitable[object]) -> bool:
        await reading
        return threads[-1] == threading.current_thread().name

    assert await is_on_the_loop(page(skip=100))
    assert not await is_on_the_loop(page(skip=101))
    assert not await is_on_the_loop(store.posts.count(everything))
    assert not await is_on_the_loop(store.posts.tags(TagQuery(moment=now(), limit=10)))
    await store.close()
