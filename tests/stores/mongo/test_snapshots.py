"""What is read of a blog is of one moment, though others write to it all the time."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post, PostChange
from everpost.domain.records import Record
from everpost.domain.users import Role, UserChange
from everpost.stores.mongo.collecting import Collector
from everpost.stores.mongo.spool import Spool
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import LATER, a_post, comment_on, numbered, publish, read_thread, register
from tests.stores.mongo.blog import Thread
from tests.stores.mongo.moving import a_thread, a_token, fill, records_of

Moment = Callable[[Collector], AbstractAsyncContextManager[AsyncClientSession | None]]


def before_each_moment(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]) -> None:
    """Do something whenever all was read once and what has changed is about to be found out."""
    original: Moment = Collector._one_moment

    @asynccontextmanager
    async def one_moment(collector: Collector) -> AsyncIterator[AsyncClientSession | None]:
        await act()
        async with original(collector) as session:
            yield session

    monkeypatch.setattr(Collector, "_one_moment", one_moment)


async def test_what_changes_while_it_is_read_is_read_again(
    store: MongoStore, other_store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    changes = iter([change_people, change_threads, use_ids_again])

    async def change_something() -> None:
        for change in changes:
            await change(other_store)

    with monkeypatch.context() as patched:
        before_each_moment(patched, change_something)
        while_written = await records_of(store)
    assert while_written == await records_of(store)


async def change_people(store: MongoStore) -> None:
    await store.users.save(numbered(1), UserChange(updated_at=LATER, role=Role.ADMIN), match=None)
    await store.tokens.mark_used(numbered(9), LATER)
    await register(store, id=numbered(4))
    await store.tokens.add(a_token(numbered(11), await store.users.get(numbered(4))))
    await store.users.remove(numbered(2), heir_id=numbered(4), match=None)


async def change_threads(store: MongoStore) -> None:
    for comment in list(await read_thread(store, numbered(30)))[::2]:
        await store.comments.remove(comment.post_id, comment.id, match=None)
    await Thread(store, numbered(20), seed=20).change(30)
    await publish(store, id=numbered(24))
    await Thread(store, numbered(24), seed=24).change(30)


async def use_ids_again(store: MongoStore) -> None:
    thread = [comment.id for comment in await read_thread(store, numbered(31))]
    await store.posts.remove(numbered(31), match=None)
    await publish(store, id=numbered(31), slug="again")
    for name in thread:
        await comment_on(store, numbered(31), id=name)
    await store.posts.remove(numbered(21), match=None)


async def test_only_what_a_long_thread_got_is_read_again(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.posts.add(a_post(id=numbered(1)), thread=a_thread(numbered(1), 500))
    kept: list[int] = []
    original = Spool.keep_copies

    def keep_copies(spool: Spool, copies: Sequence[object]) -> None:
        kept.append(len(copies))
        original(spool, copies)  # type: ignore[arg-type] # as they came

    added: list[Comment] = []

    async def add_some() -> None:
        added.extend([await comment_on(store, numbered(1)) for _ in range(0 if added else 20)])

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "keep_copies", keep_copies)
        before_each_moment(patched, add_some)
        records = await records_of(store)
    assert len(records) == 2 + 500 + 20
    assert kept[0] > 400
    assert sum(kept[1:]) < 50


async def test_it_is_of_one_moment_while_writers_write(store: MongoStore, other_store: MongoStore) -> None:
    await fill(store)
    for number in (40, 41):
        await publish(store, id=numbered(number), title="0")

    threads = [Thread(other_store, numbered(number), seed=number) for number in (40, 41)]
    stopping = asyncio.Event()

    async def count_up() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            for post_id in (numbered(40), numbered(41)):
                change = PostChange(updated_at=LATER, title=f"{number}")
                await other_store.posts.save(post_id, change, match=None, comments=0)
                await pause()

    async def comment(thread: Thread) -> None:
        while not stopping.is_set():
            await thread.change(1)
            await pause()

    writers = [asyncio.create_task(count_up()), *(asyncio.create_task(comment(each)) for each in threads)]
    try:
        for _ in range(10):
            assert_of_one_moment(await records_of(store))
    finally:
        stopping.set()
        await asyncio.gather(*writers)


async def pause() -> None:
    """What a writer does between two writes, however busy the blog is."""
    await asyncio.sleep(random.random() / 10)


def assert_of_one_moment(records: Sequence[Record]) -> None:
    titles = {each.id: int(each.title) for each in records if isinstance(each, Post) and each.title.isdigit()}
    assert titles[numbered(40)] - titles[numbered(41)] in (0, 1)
    comments = [each for each in records if isinstance(each, Comment)]
    assert len({comment.id for comment in comments}) == len(comments)
    approved = Counter(each.post_id for each in comments if each.status is CommentStatus.APPROVED)
    replies = Counter(each.parent_id for each in comments if each.is_shown)
    assert all(each.comment_count == approved[each.id] for each in records if isinstance(each, Post))
    assert all(each.reply_count == replies[each.id] for each in comments)
