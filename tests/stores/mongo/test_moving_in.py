"""Moving a blog into MongoDB has the same result as writing it there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import AutoReconnect

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.people.tokens import Token
from everpost.domain.people.users import User
from everpost.domain.posts import Post
from everpost.domain.records import Batch, Record
from everpost.errors import Busy, Conflict
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import (
    LATER,
    a_post,
    a_user,
    comment_on,
    numbered,
    publish,
    read_post,
    read_thread,
    tokens_of,
)
from tests.stores.mongo.blog import (
    TIMEOUT,
    Database,
    assert_previews_are_right,
    assert_thread_is,
    has_no_garbage,
    until,
)
from tests.stores.mongo.conftest import Pool
from tests.stores.mongo.moving import a_thread, a_token, assert_reads_as, fill, records_of, threads_in, write
from tests.volume import volumes

POST = numbered(1)
OTHER = numbered(2)


@pytest.fixture
async def target(pool: Pool) -> AsyncIterator[MongoStore]:
    """A store on another database."""
    store = await MongoStore.open(await pool.empty_blog("target"), timeout=TIMEOUT, pool_size=2)
    yield store
    await store.close()


@pytest.mark.parametrize("size", [1_000, *volumes(7, 1)])
async def test_a_blog_is_the_same_elsewhere_by_every_way_to_read_it(
    store: MongoStore, target: MongoStore, size: int
) -> None:
    await fill(store)
    records = await records_of(store)
    await write(target, records, size=size)
    assert await records_of(target) == records
    await write(target, records, size=1000)
    assert await records_of(target) == records
    await assert_reads_as(target, records)
    found = await target.tokens.find(a_token(numbered(10), a_user(id=numbered(2))).digest)
    assert found is not None
    assert found[1].id == numbered(2)


async def test_a_blog_becomes_another_one_in_parts(store: MongoStore, target: MongoStore) -> None:
    """Copies differences: records that differ are kept, records that are missing are erased."""
    await fill(store)
    await fill(target)
    await publish(target, id=numbered(19))
    await target.posts.remove(numbered(31), match=None)
    await publish(target, id=numbered(31), title="Another")
    for comment in list(await read_thread(store, numbered(30)))[::2]:
        await store.comments.remove(comment.post_id, comment.id, match=None)
    wanted = await records_of(store)
    there = await records_of(target)
    for batch in differences(there, wanted, size=5):
        await target.records.write(batch)
    assert await records_of(target) == wanted
    await assert_reads_as(target, wanted)


def differences(there: Sequence[Record], wanted: Sequence[Record], *, size: int) -> Sequence[Batch]:
    before, after = {key(each): each for each in there}, {key(each): each for each in wanted}
    keys = sorted(before.keys() | after.keys())
    changed = [each for each in keys if before.get(each) != after.get(each)]
    batches = []
    for start in range(0, len(changed), size):
        some = changed[start : start + size]
        kept = [after[each] for each in some if each in after]
        erased = [before[each] for each in some if each not in after]
        batches.append(Batch(kept=kept, erased=erased))
    return batches


def key(record: Record) -> tuple[str, ...]:
    match record:
        case User():
            return ("1", record.id)
        case Token():
            return ("2", record.id)
        case Post():
            return ("3", record.id)
        case Comment():
            return ("3", record.post_id, record.publication_date.isoformat(), record.id)
    return ("0",)


@pytest.mark.parametrize("length", volumes(1_000, 20_000))
async def test_a_long_thread_arrives_in_parts_and_lives_on(
    store: MongoStore, database: Database, length: int
) -> None:
    thread = a_thread(POST, length)
    post = a_post(id=POST, slug="long")
    records: list[Record] = [replace(post, comment_count=len(thread)), *thread]
    await write(store, records, size=length // 7)
    assert (await records_of(store))[1:] == records
    await assert_previews_are_right(database)
    assert (await read_post(store, POST)).comments == tuple(thread[:100])
    await assert_still_alive(store, thread)
    await store.posts.remove(POST, match=None)
    await until(lambda: has_no_garbage(database))


async def test_a_preview_is_right_in_whatever_order_the_comments_arrive(
    store: MongoStore, database: Database
) -> None:
    thread = a_thread(POST, 300)
    await store.records.write(Batch(kept=[replace(a_post(id=POST), comment_count=len(thread))]))
    for start in (200, 0, 100):
        await store.records.write(Batch(kept=thread[start : start + 100]))
        await assert_previews_are_right(database)
    assert (await read_post(store, POST)).comments == tuple(thread[:100])


async def assert_still_alive(store: MongoStore, thread: Sequence[Comment]) -> None:
    answer = await comment_on(store, POST, id=numbered(1), parent_id=thread[-1].id, publication_date=LATER)
    assert answer.depth == thread[-1].depth + 1
    removed, taken = thread[len(thread) // 2], thread[len(thread) * 3 // 4]
    await store.comments.remove(POST, removed.id, match=None)
    assert (await store.comments.get(POST, removed.id)).status is CommentStatus.REMOVED
    with pytest.raises(Conflict):
        await comment_on(store, POST, id=taken.id)
    shown = await read_thread(store, POST)
    assert len(shown) == len(thread) + 1
    assert (await read_post(store, POST)).comment_count == len(thread)


async def test_a_thread_that_no_document_could_hold_arrives(store: MongoStore) -> None:
    thread = a_thread(POST, 300, content="\U0001f600" * 20_000)
    records: list[Record] = [a_post(id=POST), *thread]
    await write(store, records, size=100)
    assert (await records_of(store))[1:] == records
    edited = [replace(comment, content="x", version=2) for comment in thread]
    await write(store, edited, size=200)
    assert (await records_of(store))[2:] == edited


async def test_who_has_what_is_unique_loses_it_for_the_time_being(store: MongoStore) -> None:
    users = [a_user(id=numbered(number), email=f"{number}@example.org") for number in (1, 2)]
    posts = [a_post(id=numbered(number), slug=f"slug-{number}") for number in (1, 2)]
    tokens = [a_token(numbered(number), users[number]) for number in (0, 1)]
    threads = [a_thread(post.id, 20, first=(number + 1) * 100) for number, post in enumerate(posts)]
    await store.records.write(Batch(kept=[*users, *tokens, *posts, *threads[0], *threads[1]]))
    swapped_users = [replace(users[0], email=users[1].email), replace(users[1], email=users[0].email)]
    swapped_posts = [replace(posts[0], slug=posts[1].slug), replace(posts[1], slug=posts[0].slug)]
    swapped_tokens = [replace(tokens[0], user_id=users[1].id), replace(tokens[1], digest=tokens[0].digest)]
    swapped = [[replace(each, post_id=posts[1 - number].id) for each in threads[number]] for number in (0, 1)]
    await store.records.write(
        Batch(kept=[swapped_users[0], swapped_tokens[0], swapped_posts[0], *swapped[1]])
    )
    records = await records_of(store)
    taken = next(each for each in records if isinstance(each, Post) and each.id == posts[1].id)
    assert taken.slug == f"~{posts[1].id}"
    assert threads_in(records)[posts[1].id] == {}
    await store.records.write(Batch(kept=[swapped_users[1], swapped_posts[1], *swapped[0]]))
    expected = [*swapped_users, swapped_tokens[0], tokens[1]]
    expected += [swapped_posts[0], *swapped[1], swapped_posts[1], *swapped[0]]
    assert (await records_of(store))[1:] == expected
    lasting = replace(swapped_tokens[1], user_id=users[0].id)
    await store.records.write(Batch(kept=[lasting]))
    assert await tokens_of(store, users[1].id) == []


async def test_a_comment_is_erased_only_where_it_has_the_same_date(store: MongoStore) -> None:
    thread = a_thread(POST, 20)
    moved = [replace(comment, publication_date=LATER) for comment in thread]
    await store.records.write(Batch(kept=[a_post(id=POST), *thread]))
    await store.records.write(Batch(kept=moved))
    await store.records.write(Batch(erased=thread))
    assert (await records_of(store))[2:] == moved
    await store.records.write(Batch(erased=moved))
    assert (await records_of(store))[2:] == []


async def test_erased_people_leave_nothing(store: MongoStore, database: Database) -> None:
    await fill(store)
    ada = await store.users.get(numbered(1))
    await store.records.write(Batch(erased=[ada]))
    records = await records_of(store)
    assert [each.id for each in records if isinstance(each, User)] == [numbered(2)]
    assert all(each.user_id == numbered(2) for each in records if isinstance(each, Token))
    assert (await store.posts.get(numbered(20), comments=0)).author is None
    await store.records.write(Batch(kept=[ada, a_user(id=numbered(3))]))
    assert (await store.posts.get(numbered(20), comments=0)).author is None
    assert await database["users"].count_documents({"removed_at": {"$exists": True}}) == 0


async def test_a_write_that_broke_off_can_be_done_again(
    store: MongoStore, target: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    await fill(target)
    for comment in list(await read_thread(store, numbered(30)))[::3]:
        await store.comments.remove(comment.post_id, comment.id, match=None)
    wanted = await records_of(store)
    extra = a_thread(numbered(30), 25, first=900)
    batch = Batch(kept=[*wanted, *extra], erased=await records_of(target))
    for calls in range(1, 30):
        breaking = BreakingOff(calls)
        with monkeypatch.context() as patched:
            breaking.patch(patched)
            try:
                await target.records.write(batch)
            except Busy:
                threads_in(await records_of(target))
        if not breaking.broke:
            break
        await target.records.write(replace(batch, kept=wanted))
    assert calls > 5
    everything = [*wanted, *extra]
    assert sorted(map(key, await records_of(target))) == sorted(map(key, everything))


class BreakingOff:
    """Loses the connection in the middle of the n-th bulk write."""

    def __init__(self, calls: int) -> None:
        self._left = calls
        self.broke = False

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        original: Callable[..., Awaitable[object]] = AsyncCollection.bulk_write

        async def bulk_write(collection: object, writes: object, **options: object) -> object:
            self._left -= 1
            if self._left == 0:
                self.broke = True
                await original(collection, list(writes)[::2], **options)  # type: ignore[call-overload]
                raise AutoReconnect("lost")
            return await original(collection, writes, **options)

        monkeypatch.setattr(AsyncCollection, "bulk_write", bulk_write)


async def test_a_thread_goes_on_after_a_move(store: MongoStore) -> None:
    thread = a_thread(POST, 30)
    await write(store, [replace(a_post(id=POST), comment_count=30), *thread], size=4)
    more = [await comment_on(store, POST, id=numbered(number)) for number in range(100, 130)]
    await assert_thread_is(store, POST, {comment.id: comment for comment in [*thread, *more]})


async def test_a_blog_that_is_written_to_at_that_moment_is_not_moved_into(
    store: MongoStore, other_store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    original: Callable[..., Awaitable[object]] = AsyncCollection.insert_one

    async def insert_one(collection: object, document: Mapping[str, object]) -> object:
        if "origin" in document:
            await publish(other_store)
        return await original(collection, document)

    monkeypatch.setattr(AsyncCollection, "insert_one", insert_one)
    with pytest.raises(Conflict):
        await store.records.begin("somewhere", latest=None)
    assert await store.records.transfer() is None
