"""Cached posts: the same object is returned exactly as long as the database would return an equal one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from everpost.domain.comments import CommentChange, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.people.users import UserChange
from everpost.domain.posts import PostChange, PostQuery
from everpost.domain.records import Batch
from everpost.errors import NotFound
from everpost.stores.caching import CachedPosts
from everpost.stores.port import Store
from tests.contract.port.examples import EVERYBODY, LATER, comment_on, publish, register
from tests.contract.refusals import raises

INSIDE = 9
WHOLE = PostQuery(filter=EVERYBODY, limit=10, comments=INSIDE)
CAPACITY = 10_000_000


class Known:
    """A post by one user with comments by another and by a guest, and another post; in a cache."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.posts = CachedPosts(store.posts, capacity=CAPACITY)

    async def make(self) -> None:
        writer, reader = await register(self.store), await register(self.store)
        self.writer_id, self.reader_id = writer.id, reader.id
        post = await publish(self.store, author=writer.author)
        self.said_by_reader = await comment_on(self.store, post.id, author=reader.author)
        self.said_by_guest = await comment_on(self.store, post.id, guest_name="A guest")
        self.other = await publish(self.store)
        self.page = await self.posts.page(WHOLE)
        self.post = await self.posts.get(post.id, comments=INSIDE)

    async def comment(self, comment_id: Id, change: CommentChange) -> None:
        await self.store.comments.save(self.post.id, comment_id, change, match=None)


@pytest.fixture
async def known(store: Store) -> Known:
    known = Known(store)
    await known.make()
    return known


async def test_an_unchanged_post_is_the_same_object(known: Known) -> None:
    assert known.post == await known.store.posts.get(known.post.id, comments=INSIDE)
    assert await known.posts.get(known.post.id, comments=INSIDE) is known.post
    assert await known.posts.get(known.post.id, comments=1) is not known.post


async def test_an_unchanged_page_has_the_same_posts(known: Known) -> None:
    assert known.page == await known.store.posts.page(WHOLE)
    page = await known.posts.page(WHOLE)
    assert len(page.rows) == 2
    assert all(one is other for one, other in zip(page.rows, known.page.rows, strict=True))
    first = await known.posts.page(replace(WHOLE, limit=1))
    assert first.rows[0] is page.rows[0]
    assert first.has_more


async def test_only_changed_posts_of_a_page_are_read_again(known: Known) -> None:
    await comment_on(known.store, known.post.id)
    page = await known.posts.page(WHOLE)
    assert page == await known.store.posts.page(WHOLE)
    assert [now is before for now, before in zip(page.rows, known.page.rows, strict=True)].count(True) == 1


async def test_a_cache_without_room_reads_everything(store: Store, known: Known) -> None:
    posts = CachedPosts(store.posts, capacity=0)
    for _ in range(2):
        assert await posts.get(known.post.id, comments=INSIDE) == known.post
        assert await posts.page(WHOLE) == known.page
    assert await posts.get(known.post.id, comments=INSIDE) is not await posts.get(
        known.post.id, comments=INSIDE
    )


async def test_the_least_recently_used_post_is_evicted(store: Store) -> None:
    posts = [await publish(store, content="x" * 100_000) for _ in range(3)]
    cache = CachedPosts(store.posts, capacity=450_000)
    first, second = [await cache.get(post.id, comments=1) for post in posts[:2]]
    assert await cache.get(first.id, comments=1) is first
    await cache.get(posts[2].id, comments=1)
    assert await cache.get(first.id, comments=1) is first
    assert await cache.get(second.id, comments=1) is not second


async def test_a_post_is_the_same_object_by_its_slug_and_its_path(known: Known) -> None:
    change = PostChange(updated_at=LATER, slug="a-slug", paths=("/old",))
    await known.store.posts.save(known.post.id, change, match=None, comments=0)
    post = await known.posts.find("a-slug", comments=INSIDE)
    assert post == await known.store.posts.get(known.post.id, comments=INSIDE)
    assert await known.posts.find("a-slug", comments=INSIDE) is post
    assert await known.posts.find_by_path("/old", comments=INSIDE) is post
    assert await known.posts.get(known.post.id, comments=INSIDE) is post
    assert await known.posts.find(known.post.slug, comments=INSIDE) is None
    assert await known.posts.find_by_path("/other", comments=INSIDE) is None


async def test_a_slug_and_a_path_that_move_to_another_post_find_that_post(known: Known) -> None:
    first, second = known.post.id, known.other.id

    async def give(to: Id, taken_from: Id) -> None:
        for post_id, slug, path in (
            (taken_from, f"free-{taken_from}", ()),
            (to, "wanted", ("/wanted-path",)),
        ):
            change = PostChange(updated_at=LATER, slug=slug, paths=path)
            await known.store.posts.save(post_id, change, match=None, comments=0)

    for to, taken_from in ((first, second), (second, first), (first, second)):
        await give(to, taken_from)
        for comments in (INSIDE, 1, 0):
            by_slug = await known.posts.find("wanted", comments=comments)
            by_path = await known.posts.find_by_path("/wanted-path", comments=comments)
            assert by_slug == by_path == await known.store.posts.get(to, comments=comments)
    await known.store.posts.remove(first, match=None)
    assert await known.posts.find("wanted", comments=INSIDE) is None
    assert await known.posts.find_by_path("/wanted-path", comments=INSIDE) is None


async def test_slugs_and_paths_of_evicted_posts_are_forgotten(store: Store) -> None:
    cache = CachedPosts(store.posts, capacity=450_000)
    posts = [await publish(store, content="x" * 100_000, paths=(f"/{number}",)) for number in range(3)]
    for _ in range(2):
        for number, post in enumerate(posts):
            assert await cache.find(post.slug, comments=1) == post
            assert await cache.find_by_path(f"/{number}", comments=1) == post


CHANGES: dict[str, Callable[[Known], Awaitable[object]]] = {
    "the title": lambda known: known.store.posts.save(
        known.post.id, PostChange(updated_at=LATER, title="Another"), match=None, comments=0
    ),
    "a comment more": lambda known: comment_on(known.store, known.post.id),
    "the words of a comment": lambda known: known.comment(
        known.said_by_guest.id, CommentChange(updated_at=LATER, content="Other words")
    ),
    "a comment shown no more": lambda known: known.comment(
        known.said_by_guest.id, CommentChange(updated_at=LATER, status=CommentStatus.SPAM)
    ),
    "a comment less": lambda known: known.store.comments.remove(
        known.post.id, known.said_by_guest.id, match=None
    ),
    "the author's name": lambda known: known.store.users.save(
        known.writer_id, UserChange(updated_at=LATER, name="Another name"), match=None
    ),
    "the author disabled": lambda known: known.store.users.save(
        known.writer_id, UserChange(updated_at=LATER, is_disabled=True), match=None
    ),
    "the author removed": lambda known: known.store.users.remove(known.writer_id, heir_id=None, match=None),
    "the author inherited from": lambda known: known.store.users.remove(
        known.writer_id, heir_id=known.reader_id, match=None
    ),
    "a commenter's name": lambda known: known.store.users.save(
        known.reader_id, UserChange(updated_at=LATER, name="Another name"), match=None
    ),
    "a commenter disabled": lambda known: known.store.users.save(
        known.reader_id, UserChange(updated_at=LATER, is_disabled=True), match=None
    ),
    "a commenter removed": lambda known: known.store.users.remove(known.reader_id, heir_id=None, match=None),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_post_that_changed_is_read_again(known: Known, change: str) -> None:
    await CHANGES[change](known)
    now = await known.store.posts.get(known.post.id, comments=INSIDE)
    assert now != known.post
    assert await known.posts.find(known.post.slug, comments=INSIDE) == now
    assert await known.posts.get(known.post.id, comments=INSIDE) == now
    assert await known.posts.page(WHOLE) == await known.store.posts.page(WHOLE)
    assert now in (await known.posts.page(WHOLE)).rows


async def test_a_removed_post_is_no_longer_found(known: Known) -> None:
    await known.store.posts.remove(known.post.id, match=None)
    with raises(NotFound, "post"):
        await known.posts.get(known.post.id, comments=INSIDE)
    assert [post.id for post in (await known.posts.page(WHOLE)).rows] == [known.other.id]


async def test_another_post_under_the_same_id_is_not_mistaken_for_it(known: Known) -> None:
    """Even its version and dates may be the same."""
    another = replace(known.other, content="Other words.")
    await known.store.posts.remove(another.id, match=None)
    await known.store.posts.add(another)
    assert await known.posts.get(another.id, comments=INSIDE) == another
    assert another in (await known.posts.page(WHOLE)).rows


async def test_a_record_that_was_moved_in_is_read_again(store: Store, known: Known) -> None:
    """It has the version of its source. Its comments are written later, and it may be read before that."""
    moved = replace(known.other, content="Other words.")
    await store.records.write(Batch(kept=(moved,)))
    assert (await known.posts.get(moved.id, comments=INSIDE)).content == "Other words."
    comment = replace(known.said_by_guest, content="Other words.")
    await store.records.write(Batch(kept=(comment,)))
    assert comment in (await known.posts.get(known.post.id, comments=INSIDE)).comments
    await store.records.write(Batch(erased=(comment,)))
    assert comment not in (await known.posts.get(known.post.id, comments=INSIDE)).comments
    namesake = replace(moved, id=new_id())
    await store.records.write(Batch(kept=(namesake,)))
    assert (await known.posts.get(moved.id, comments=INSIDE)).slug != moved.slug
    taken = replace(known.said_by_reader, post_id=moved.id)
    await store.records.write(Batch(kept=(taken,)))
    assert (await known.posts.get(known.post.id, comments=INSIDE)).comments == ()


async def test_no_answer_is_older_than_its_request(store: Store) -> None:
    """Even if one batch serves many callers."""
    post = await publish(store)
    posts = CachedPosts(store.posts, capacity=CAPACITY)
    listed = PostQuery(filter=EVERYBODY, limit=10, comments=100)

    async def ask(version: int) -> None:
        assert (await posts.get(post.id, comments=100)).version >= version
        (shown,) = (await posts.page(listed)).rows
        assert shown.version >= version

    asking = []
    for version in range(2, 30):
        asking += [asyncio.create_task(ask(version - 1)) for _ in range(5)]
        await comment_on(store, post.id)
        asking += [asyncio.create_task(ask(version)) for _ in range(5)]
        await asyncio.sleep(0)
    await asyncio.gather(*asking)
    assert (await posts.get(post.id, comments=100)).version == 29
