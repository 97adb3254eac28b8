"""The store as a whole: it is used by any number of tasks, for the lifetime of the process."""

import asyncio
import time
from pathlib import Path

import pytest
from devtools.servers.databases import Databases

import everpost
from everpost.domain.comments import Comment
from everpost.errors import Unreachable
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.conftest import TIMEOUT
from tests.contract.port.examples import a_comment, comment_on, publish, read_post, read_posts, read_thread

OURS = str(Path(everpost.__file__).parent)
"""Where a task of Everpost's own is, as its `repr` says."""


async def test_a_store_answers(store: Store) -> None:
    await store.ping()


async def test_a_missing_database_is_unreachable_within_seconds(databases: Databases) -> None:
    before = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        await open_store(databases.unreachable_url(), timeout=1, pool_size=1)
    assert time.monotonic() - before < TIMEOUT
    assert "secret" not in str(caught.value)


async def test_writes_are_visible_to_the_next_process(store: Store, blog_url: str) -> None:
    post = await publish(store, slug="slug")
    comment = await comment_on(store, post.id)
    kept = await read_post(store, post.id)
    other = await open_store(blog_url, timeout=10, pool_size=1)
    try:
        await other.ping()
        assert await other.posts.find("slug", comments=1) == kept
        added = await comment_on(other, post.id)
        assert list(await read_thread(store, post.id)) == [comment, added]
    finally:
        await other.close()


async def test_far_more_tasks_than_connections_can_wait(store: Store) -> None:
    posts = await asyncio.gather(*(publish(store) for _ in range(60)))
    await asyncio.gather(*(comment_on(store, post.id) for post in posts))
    kept = await asyncio.gather(*(read_post(store, post.id) for post in posts))
    assert [(post.comment_count, post.version) for post in kept] == [(1, 2)] * 60
    assert len(await read_posts(store)) == 60


async def test_two_stores_on_one_database_write_at_the_same_time(store: Store, blog_url: str) -> None:
    other = await open_store(blog_url, timeout=10, pool_size=3)
    try:
        post = await publish(store)
        await asyncio.gather(*(comment_on(each, post.id) for each in (store, other) for _ in range(50)))
        kept = await read_post(other, post.id)
        assert (kept.comment_count, kept.version) == (100, 101)
        assert len(await read_thread(store, post.id)) == 100
    finally:
        await other.close()


async def test_a_cancelled_call_is_atomic(store: Store) -> None:
    post = await publish(store)
    comments: list[Comment] = []
    for turns in range(60):
        comment = a_comment(post.id)
        comments.append(comment)
        call = asyncio.create_task(store.comments.add(comment))
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    last = await comment_on(store, post.id)
    kept = await read_post(store, post.id)  # one read, because the last call may take effect even now
    assert last in kept.comments
    assert {comment.id for comment in kept.comments} <= {comment.id for comment in (*comments, last)}
    assert kept.comment_count == len(kept.comments) == kept.version - 1


async def test_a_closed_store_leaves_no_task_behind(store: Store, blog_url: str) -> None:
    post = await publish(store)
    before = asyncio.all_tasks()
    for turns in range(0, 40, 3):
        other = await open_store(blog_url, timeout=10, pool_size=2)
        call = asyncio.create_task(comment_on(other, post.id))
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await other.close()
        left = asyncio.all_tasks() - before  # PyMongo's own tasks, of other stores too, come and go
        assert not [task for task in left if OURS in repr(task)]
