"""Threads that outgrow their document, while everybody works on them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bson import ObjectId

from everpost.domain.comments import CommentChange
from everpost.domain.ids import Id
from everpost.errors import Conflict, Invalid, NotFound, Stale
from everpost.stores.mongo.collections import Collections
from everpost.stores.mongo.settling import Limits, Settler
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import (
    a_comment,
    comment_on,
    numbered,
    publish,
    read_post,
    read_thread,
    spread,
)
from tests.stores.mongo.blog import Database, Thread, assert_thread_is, nothing_settled, until
from tests.volume import volumes


@asynccontextmanager
async def settling_all_the_time(database: Database, post_id: Id) -> AsyncIterator[None]:
    """Two others settle the thread, over and over, and each takes the other's runs for dead."""
    limits = Limits(nested=0, kept=2, kept_bytes=10**6, copied_at_once=5, stale_after=0)
    settlers = [Settler(Collections.of(database), limits) for _ in range(2)]
    ended = asyncio.Event()

    async def settle(settler: Settler) -> None:
        while not ended.is_set():
            await settler.settle(ObjectId(post_id))
            await asyncio.sleep(0.02)  # leaves the writers some of the document's time

    tasks = [asyncio.create_task(settle(settler)) for settler in settlers]
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(*tasks)


async def post_document(database: Database, post_id: Id) -> dict[str, object]:
    document = await database["posts"].find_one({"_id": ObjectId(post_id)})
    assert document is not None
    return document


@pytest.mark.parametrize("seed", volumes(0, 1))
async def test_a_thread_is_what_was_done_to_it(store: MongoStore, database: Database, seed: int) -> None:
    post = await publish(store)
    thread = Thread(store, post.id, seed=seed)
    for _ in range(4):
        await thread.change(30)
        await assert_thread_is(store, post.id, thread.comments)
    assert (await read_post(store, post.id)).version == 1 + thread.changes
    assert await database["comments"].count_documents({}) > 0


@pytest.mark.parametrize("times", volumes(8, 20))
async def test_writers_of_two_processes_and_runs_that_void_each_other_lose_nothing(
    store: MongoStore, other_store: MongoStore, database: Database, times: int
) -> None:
    post = await publish(store)
    threads = [Thread((store, other_store)[seed % 2], post.id, seed=seed) for seed in range(4)]
    async with settling_all_the_time(database, post.id):
        await asyncio.gather(*(thread.change(times) for thread in threads))
    expected = {name: comment for thread in threads for name, comment in thread.comments.items()}
    await assert_thread_is(other_store, post.id, expected)
    changes = sum(thread.changes for thread in threads)
    assert (await read_post(store, post.id)).version == 1 + changes


async def test_whoever_reads_misses_nothing_that_stays_and_sees_nothing_twice(
    store: MongoStore, other_store: MongoStore, database: Database
) -> None:
    post = await publish(store)
    staying = [
        await comment_on(
            store, post.id, id=numbered(number + 100_000), publication_date=spread(number, over=5)
        )
        for number in range(30)
    ]
    names = {comment.id for comment in staying}
    busy = Thread(other_store, post.id, seed=1)

    async def edit_what_stays() -> None:
        for number, comment in enumerate(staying):
            change = CommentChange(updated_at=comment.updated_at, content=str(number))
            await other_store.comments.save(post.id, comment.id, change, match=None)

    async with settling_all_the_time(database, post.id):
        others = asyncio.gather(busy.change(40), edit_what_stays())
        while not others.done():
            seen = [comment.id for comment in await read_thread(store, post.id, limit=7)]
            assert len(set(seen)) == len(seen)
            assert set(seen) >= names
            inside = [comment.id for comment in (await store.posts.get(post.id, comments=100)).comments]
            assert len(set(inside)) == len(inside)
            assert set(inside) >= names
        await others


async def test_an_id_that_is_added_to_two_posts_at_once_is_on_one_of_them(
    store: MongoStore, other_store: MongoStore, database: Database
) -> None:
    first, second = await publish(store), await publish(store)
    added: list[Id] = []

    async def add(to: MongoStore, post_id: Id) -> None:
        for number in range(25):
            try:
                await comment_on(to, post_id, id=numbered(number))
            except Conflict:
                continue
            added.append(numbered(number))

    async with settling_all_the_time(database, first.id), settling_all_the_time(database, second.id):
        await asyncio.gather(add(store, first.id), add(other_store, second.id))
    kept = [comment.id for post in (first, second) for comment in await read_thread(store, post.id)]
    assert sorted(kept) == sorted(added)
    assert len(set(kept)) == len(kept)


async def test_a_settled_comment_is_found_matched_answered_and_its_id_is_taken(
    store: MongoStore, database: Database
) -> None:
    post, other = await publish(store), await publish(store)
    thread = [
        await comment_on(store, post.id, publication_date=spread(number, over=50)) for number in range(20)
    ]
    await store.comments.finish()
    answered, last = sorted(thread, key=lambda comment: comment.position)[-2:]
    assert await database["comments"].count_documents({"_id.id": ObjectId(last.id)}) == 1
    with pytest.raises(Conflict):
        await comment_on(store, post.id, id=last.id)
    with pytest.raises(Conflict):
        await comment_on(store, other.id, id=last.id)
    with pytest.raises(Invalid):
        await comment_on(store, other.id, parent_id=last.id)
    assert (await comment_on(store, post.id, parent_id=answered.id)).parent_id == answered.id
    assert (await store.comments.get(post.id, answered.id)).reply_count == 1
    with pytest.raises(Stale):
        await store.comments.remove(post.id, last.id, match=frozenset())
    await store.comments.remove(post.id, last.id, match=frozenset({last.revision}))
    assert await database["comments"].count_documents({"_id.id": ObjectId(last.id)}) == 0
    with pytest.raises(NotFound):
        await store.comments.get(post.id, last.id)
    moved = await comment_on(store, other.id, id=last.id)
    assert await store.comments.get(other.id, last.id) == moved


async def test_a_comment_that_changes_while_it_is_copied_stays_nested_as_it_is(
    store: MongoStore, database: Database
) -> None:
    post = await publish(store)
    kept, edited, removed, again = [await comment_on(store, post.id, id=numbered(each)) for each in range(4)]
    await store.comments.finish()
    settler = Settler(Collections.of(database), Limits(kept=1))
    run = await settler.begin(ObjectId(post.id))
    assert run is not None
    copies = await settler.copy(run)
    change = CommentChange(updated_at=edited.updated_at, content="Edited")
    changed = await store.comments.save(post.id, edited.id, change, match=None)
    await store.comments.remove(post.id, removed.id, match=None)
    await store.comments.remove(post.id, again.id, match=None)
    replaced = await comment_on(store, post.id, id=again.id, content="Another")
    await store.comments.finish()
    await settler.erase(run)
    assert await settler.commit(run, copies)
    await assert_thread_is(store, post.id, {each.id: each for each in (kept, changed, replaced)})
    assert len((await post_document(database, post.id))["gone"]) == 3  # type: ignore[arg-type] # an array


async def test_a_run_that_was_taken_for_dead_changes_nothing_when_it_comes_back(
    store: MongoStore, database: Database
) -> None:
    post = await publish(store)
    comments = [await comment_on(store, post.id, id=numbered(each)) for each in range(6)]
    settler = Settler(Collections.of(database), Limits(kept=1, stale_after=0))
    slow = await settler.begin(ObjectId(post.id))
    assert slow is not None
    assert await settler.settle(ObjectId(post.id))
    await store.comments.remove(post.id, comments[3].id, match=None)
    copies = await settler.copy(slow)
    assert not await settler.commit(slow, copies)
    expected = {each.id: each for each in comments if each is not comments[3]}
    await assert_thread_is(store, post.id, expected)
    assert await settler.settle(ObjectId(post.id))
    assert await database["comments"].count_documents({"_id.run": slow["runs"]}) == 0
    await assert_thread_is(store, post.id, expected)


async def test_a_removed_post_leaves_nothing_and_its_id_begins_anew(
    store: MongoStore, database: Database
) -> None:
    post = await publish(store)
    thread = [await comment_on(store, post.id) for _ in range(30)]
    await store.comments.finish()
    await store.posts.remove(post.id, match=None)
    again = await publish(store, id=post.id)
    assert await store.posts.get(post.id, comments=100) == again
    kept = [await comment_on(store, post.id, id=comment.id) for comment in thread]
    await assert_thread_is(store, post.id, {comment.id: comment for comment in kept})
    await store.posts.remove(post.id, match=None)
    await until(lambda: nothing_settled(database))


async def test_comments_that_come_while_their_post_is_removed_leave_nothing(
    store: MongoStore, other_store: MongoStore, database: Database
) -> None:
    post = await publish(store)

    async def add(to: MongoStore) -> None:
        while True:
            await to.comments.add(a_comment(post.id))

    adding = asyncio.gather(*(add(to) for to in (store, other_store) * 2), return_exceptions=True)
    async with settling_all_the_time(database, post.id):
        await until(lambda: has_settled(database))
        await store.posts.remove(post.id, match=None)
        refusals = await adding
    assert {str(refusal) for refusal in refusals} == {str(NotFound("post", post.id))}
    await until(lambda: nothing_settled(database))


async def has_settled(database: Database) -> bool:
    return await database["comments"].count_documents({}, limit=1) > 0


async def test_a_process_that_opens_the_store_erases_what_another_left_behind(
    store: MongoStore, url: str, database: Database
) -> None:
    post = await publish(store)
    for _ in range(30):
        await comment_on(store, post.id)
    await store.close()
    await database["posts"].delete_one({"_id": ObjectId(post.id)})
    assert not await nothing_settled(database)
    reopened = await MongoStore.open(url, timeout=10, pool_size=2)
    await until(lambda: nothing_settled(database))
    await reopened.close()
