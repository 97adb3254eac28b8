"""What SQLite reads at a cost that grows with the blog holds up nobody, and ends when it has to."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from everpost.domain.clock import now
from everpost.domain.posts import Audience, PostFilter, PostQuery, TagQuery
from everpost.errors import Busy
from everpost.stores import open_store
from everpost.stores.sql.background_reads import BackgroundReader
from tests.contract.port.examples import EVERYBODY, publish

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


async def test_a_read_without_end_lets_others_go_on_and_ends_with_its_caller() -> None:
    reader = BackgroundReader(in_memory)
    reading = asyncio.create_task(reader.fetch(FOREVER, ()))
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert not reading.done()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await reader.fetch("SELECT 1", ()) == [(1,)]
    await reader.close()


async def test_one_that_waits_for_its_turn_ends_with_its_caller_as_well() -> None:
    reader = BackgroundReader(in_memory)
    first, second = (asyncio.create_task(reader.fetch(FOREVER, ())) for _ in range(2))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each) for each in results] == [asyncio.CancelledError] * 2
    await reader.close()


async def test_an_error_costs_no_later_read() -> None:
    reader = BackgroundReader(in_memory)
    with pytest.raises(sqlite3.OperationalError):
        await reader.fetch("SELECT nothing", ())
    assert await reader.fetch("SELECT 1", ()) == [(1,)]
    await reader.close()


async def test_counts_tags_and_tags_of_an_author_are_read_there_and_pages_are_not(
    empty_blog_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_self: BackgroundReader, _text: str, _arguments: object) -> None:
        raise Busy("in the background")

    store = await open_store(f"sqlite:///{empty_blog_file}", timeout=5, pool_size=1)
    try:
        post = await publish(store)
        monkeypatch.setattr(BackgroundReader, "fetch", refuse)
        public = Audience(moment=now(), author_id=None, sees_all=False)
        by_tag_and_author = PostFilter(audience=public, tag="t", author_id=post.id)
        unbounded = [
            store.posts.count(EVERYBODY),
            store.posts.tags(TagQuery(limit=1, moment=now())),
            store.posts.page(PostQuery(filter=by_tag_and_author, limit=1, comments=0)),
        ]
        for each in unbounded:
            with pytest.raises(Busy, match="in the background"):
                await each
        for cheap in (EVERYBODY, PostFilter(audience=public, tag="t")):
            await store.posts.page(PostQuery(filter=cheap, limit=1, comments=0))
    finally:
        await store.close()
