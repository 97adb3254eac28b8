"""Posts that are known already: they come out again while they are what would be read, and no longer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from everpost.domain.comments import CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostChange, PostQuery
from everpost.domain.records import Batch
from everpost.domain.users import UserChange
from everpost.errors import NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import EVERYBODY, LATER, comment_on, publish, read_post, register
from tests.contract.refusals import raises

INSIDE = 9
WHOLE = PostQuery(filter=EVERYBODY, limit=10, comments=INSIDE)


class Known:
    """A post by one user, with comments of another and of a guest inside, as it was read; and another."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def make(self) -> None:
        writer, reader = await register(self.store), await register(self.store)
        self.writer_id, self.reader_id = writer.id, reader.id
        post = await publish(self.store, author=writer.author)
        self.said_by_reader = await comment_on(self.store, post.id, author=reader.author)
        self.said_by_guest = await comment_on(self.store, post.id, guest_name="A guest")
        self.other = await publish(self.store)
        self.post = await self.store.posts.get(post.id, comments=INSIDE)
        self.posts = {each.id: each for each in (await self.store.posts.page(WHOLE)).rows}

    async def comment(self, comment_id: Id, change: CommentChange) -> None:
        await self.store.comments.save(self.post.id, comment_id, change, match=None)


@pytest.fixture
async def known(store: Store) -> Known:
    known = Known(store)
    await known.make()
    return known


async def test_a_post_that_did_not_change_comes_out_itself(store: Store, known: Known) -> None:
    assert await store.posts.get(known.post.id, comments=INSIDE, known=known.post) is known.post


async def test_a_page_that_did_not_change_comes_out_itself(store: Store, known: Known) -> None:
    page = await store.posts.page(WHOLE, known=known.posts.get)
    assert len(page.rows) == 2
    assert all(post is known.posts[post.id] for post in page.rows)
    first = await store.posts.page(replace(WHOLE, limit=1), known=known.posts.get)
    assert first.rows[0] is page.rows[0]
    assert first.has_more


async def test_of_a_page_all_is_known_or_all_is_read(store: Store, known: Known) -> None:
    some = {known.post.id: known.post}
    assert (await store.posts.page(WHOLE, known=some.get)).rows == tuple(known.posts.values())


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
async def test_what_changed_is_read_anew(store: Store, known: Known, change: str) -> None:
    await CHANGES[change](known)
    now = await store.posts.get(known.post.id, comments=INSIDE)
    assert now != known.post
    assert await store.posts.get(known.post.id, comments=INSIDE, known=known.post) == now
    page = await store.posts.page(WHOLE, known=known.posts.get)
    assert page == await store.posts.page(WHOLE)
    assert now in page.rows


async def test_what_is_gone_is_known_no_more(store: Store, known: Known) -> None:
    await store.posts.remove(known.post.id, match=None)
    with raises(NotFound, "post"):
        await store.posts.get(known.post.id, comments=INSIDE, known=known.post)
    assert (await store.posts.page(WHOLE, known=known.posts.get)).rows == (known.posts[known.other.id],)


async def test_another_post_under_its_id_is_not_taken_for_it(store: Store, known: Known) -> None:
    """Neither its version nor its dates need be others."""
    another = replace(known.other, content="Other words.")
    await store.posts.remove(another.id, match=None)
    await store.posts.add(another)
    assert await store.posts.get(another.id, comments=INSIDE, known=known.other) == another
    assert another in (await store.posts.page(WHOLE, known=known.posts.get)).rows


async def test_what_is_moved_in_is_not_known(store: Store, known: Known) -> None:
    """Its version came with it. Its comments come after it, and it may be read in between."""
    await store.records.write(Batch(kept=(replace(known.other, content="Other words."),)))
    post = await store.posts.get(known.other.id, comments=INSIDE, known=known.other)
    assert post.content == "Other words."
    comment = replace(known.said_by_guest, content="Other words.")
    await store.records.write(Batch(kept=(comment,)))
    post = await store.posts.get(known.post.id, comments=INSIDE, known=known.post)
    assert comment in post.comments
    await store.records.write(Batch(erased=(comment,)))
    assert comment not in (await store.posts.get(post.id, comments=INSIDE, known=post)).comments


async def test_nobody_is_told_what_was_so_before_they_asked(store: Store) -> None:
    """However many ask at once, and are answered together."""
    post = await publish(store)
    known: dict[Id, Post] = {post.id: await read_post(store, post.id)}

    async def ask(version: int) -> None:
        found = await store.posts.get(post.id, comments=100, known=known[post.id])
        assert found.version >= version
        if found.version > known[post.id].version:
            known[post.id] = found

    asking = []
    for version in range(2, 30):
        asking += [asyncio.create_task(ask(version - 1)) for _ in range(5)]
        await comment_on(store, post.id)
        asking += [asyncio.create_task(ask(version)) for _ in range(5)]
        await asyncio.sleep(0)
    await asyncio.gather(*asking)
    assert (await read_post(store, post.id)).version == 29
