"""A thread of comments: its order, its pages, and any length."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import Comment, CommentChange, CommentQuery, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.domain.posts import PostQuery
from everpost.errors import Conflict
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    publish_thread,
    read_post,
    read_thread,
    register,
    spread,
)
from tests.contract.port.mirrored import MirroredThread
from tests.contract.refusals import raises


def a_thread(post_id: Id, count: int, *, first: int = 0, content: str = "Content") -> list[Comment]:
    """Comments in the order of the thread, many with the same date."""
    numbers = range(first, first + count)
    return in_order(
        [
            a_comment(
                post_id, id=numbered(number), publication_date=spread(number, over=101), content=content
            )
            for number in numbers
        ]
    )


async def grow(
    store: Store, post_id: Id, count: int, *, first: int = 0, content: str = "Content", at_once: int = 1
) -> list[Comment]:
    """A thread of this many comments, added in no particular order."""
    comments = a_thread(post_id, count, first=first, content=content)
    waiting = iter(random.Random(first).sample(comments, count))

    async def add_what_waits() -> None:
        for comment in waiting:
            await store.comments.add(comment)

    await asyncio.gather(*(add_what_waits() for _ in range(at_once)))
    return comments


def in_order(comments: Sequence[Comment]) -> list[Comment]:
    return sorted(comments, key=lambda comment: comment.position)


async def assert_thread_is(store: Store, post_id: Id, thread: Sequence[Comment]) -> None:
    """Compare the results of every way to read the thread."""
    assert await read_thread(store, post_id) == thread
    post = await read_post(store, post_id)
    assert list(post.comments) == thread[:100]
    assert post.comment_count == len(thread)
    (listed,) = (await store.posts.page(PostQuery(filter=EVERYBODY, limit=1, comments=10))).rows
    assert (list(listed.comments), listed.comment_count) == (thread[:10], len(thread))


async def page(
    store: Store, post_id: Id, limit: int, after: Position | None = None, *, newest_first: bool = False
) -> tuple[Sequence[Comment], bool]:
    query = CommentQuery(post_id=post_id, limit=limit, after=after, newest_first=newest_first)
    got = await store.comments.page(query)
    return list(got.rows), got.has_more


@pytest.mark.parametrize("count", [0, 1, 2, 99, 100])
async def test_a_post_shows_as_many_of_its_oldest_comments_as_were_asked_for(
    store: Store, count: int
) -> None:
    post = a_post(slug="slug")
    thread = a_thread(post.id, 101)
    post = await publish_thread(store, post, thread)
    shown = replace(post, comments=tuple(thread[:count]))
    assert await store.posts.get(post.id, comments=count) == shown
    assert await store.posts.find("slug", comments=count) == shown
    assert (await store.posts.page(PostQuery(filter=EVERYBODY, limit=1, comments=count))).rows == (shown,)


@pytest.mark.parametrize("limit", [1, 3, 24, 25, 26])
async def test_pages_by_cursor_give_every_comment_once_and_in_order(store: Store, limit: int) -> None:
    post = a_post()
    thread = a_thread(post.id, 25)
    await publish_thread(store, post, thread)
    assert await read_thread(store, post.id, limit=limit) == thread


@pytest.mark.parametrize("length", [5, 205])
async def test_a_page_of_a_thread_starts_and_ends_anywhere(store: Store, length: int) -> None:
    post = a_post()
    thread = a_thread(post.id, length)
    await publish_thread(store, post, thread)
    assert await page(store, post.id, 0) == ([], True)
    assert await page(store, post.id, MAX_NUMBER) == (thread, False)
    assert await page(store, post.id, length) == (thread, False)
    assert await page(store, post.id, length - 1) == (thread[:-1], True)
    for number in range(0, length, 9):
        beyond = await page(store, post.id, 3, thread[number].position)
        assert beyond == (thread[number + 1 : number + 4], number + 4 < length)
        before = await page(store, post.id, 3, thread[number].position, newest_first=True)
        assert before == (thread[max(0, number - 3) : number][::-1], number > 3)
    moment = thread[2].publication_date
    lowest, highest = numbered(0), Id("f" * 24)
    first, after = Position(moment, lowest), Position(moment, highest)
    assert (await page(store, post.id, 3, first))[0] == [c for c in thread if c.position > first][:3]
    assert (await page(store, post.id, 3, after))[0] == [c for c in thread if c.position > after][:3]
    assert await page(store, post.id, 1, Position(EARLIEST, lowest)) == (thread[:1], True)
    assert await page(store, post.id, 1, Position(LATEST, highest)) == ([], False)
    await store.comments.remove(post.id, thread[1].id, match=None)
    assert (await page(store, post.id, 2, thread[1].position))[0] == thread[2:4]


async def test_comments_from_both_ends_of_the_calendar_come_in_order(store: Store) -> None:
    post = await publish(store)
    moments = [EARLIEST, EARLIEST, MOMENT, LATER, LATEST, LATEST]
    for moment in random.Random(3).sample(moments, len(moments)):
        await comment_on(store, post.id, publication_date=moment)
    assert [comment.publication_date for comment in await read_thread(store, post.id, limit=1)] == moments


async def test_a_thread_of_150_comments(store: Store) -> None:
    post = await publish(store)
    await assert_thread_is(store, post.id, await grow(store, post.id, 150))
    assert (await read_post(store, post.id)).version == 151


@pytest.mark.parametrize("content", ["Content", "\U0001f600" * 10_000], ids=["short", "long"])
async def test_edits_and_removals_anywhere_in_a_long_thread(store: Store, content: str) -> None:
    thread = MirroredThread(store, await publish(store, author=(await register(store)).author))
    await thread.load(a_thread(thread.post.id, 200, content=content))
    dice = random.Random(len(content))
    for number in range(1000, 1080):
        chosen = dice.choice(thread.approved())
        match dice.choice(["add", "edit", "decide", "remove", "remove"]):
            case "add":
                moment = spread(number, over=101)
                await thread.add(id=numbered(number), publication_date=moment, parent_id=chosen.id)
            case "edit":
                change = CommentChange(updated_at=LATER, content=f"{number} {content}")
                await thread.save(chosen.id, change)
            case "decide":
                status = dice.choice([CommentStatus.PENDING, CommentStatus.REMOVED])
                await thread.save(chosen.id, CommentChange(updated_at=LATER, status=status))
            case _:
                await thread.remove(chosen.id)
        if number % 40 == 0:
            await thread.assert_same(one_by_one=())
    sample = dice.sample(sorted(thread.comments()), 20)
    await thread.assert_same(one_by_one=sample)
    other = await publish(store)
    for name in sample:
        with raises(Conflict, "comment", "id"):
            await store.comments.add(a_comment(other.id, id=name))


async def test_a_long_thread_is_removed_from_one_end_to_the_other(store: Store) -> None:
    post = a_post()
    thread = a_thread(post.id, 220)
    await publish_thread(store, post, thread)
    while thread:
        for comment in thread[:60]:
            await store.comments.remove(post.id, comment.id, match=None)
        del thread[:60]
        await assert_thread_is(store, post.id, thread)


async def test_concurrent_comments_are_all_stored(store: Store) -> None:
    post = await publish(store)
    threads = await asyncio.gather(*(grow(store, post.id, 30, first=1000 * each) for each in range(8)))
    await assert_thread_is(store, post.id, in_order([comment for thread in threads for comment in thread]))
    assert (await read_post(store, post.id)).version == 241


async def test_concurrent_changes_of_a_thread_are_all_stored(store: Store) -> None:
    post = a_post()
    thread = a_thread(post.id, 240)
    await publish_thread(store, post, thread)
    edited, removed, staying = thread[0::3], thread[1::3], thread[2::3]
    change = CommentChange(updated_at=LATER, content="New")

    async def edit() -> None:
        for comment in edited:
            await store.comments.save(post.id, comment.id, change, match=None)

    async def remove() -> None:
        for comment in removed:
            await store.comments.remove(post.id, comment.id, match=None)

    added, _, _ = await asyncio.gather(grow(store, post.id, 80, first=1000), edit(), remove())
    changed = [replace(comment, content="New", updated_at=LATER, version=2) for comment in edited]
    await assert_thread_is(store, post.id, in_order(added + changed + staying))
    assert (await read_post(store, post.id)).version == 1 + 240 + 3 * 80


async def test_pages_never_repeat_or_skip_a_comment_that_stays_while_others_come_and_go(store: Store) -> None:
    post = a_post()
    staying = a_thread(post.id, 130)
    await publish_thread(store, post, staying)
    walked = asyncio.Event()

    async def come_and_go(first: int) -> None:
        number = first
        while not walked.is_set():
            number += 10
            added = await comment_on(
                store, post.id, id=numbered(number), publication_date=spread(number, over=101)
            )
            if number % 3:
                await store.comments.remove(post.id, added.id, match=None)

    others = [asyncio.create_task(come_and_go(first)) for first in (100_000, 200_001)]
    try:
        for limit in (7, 20, 100):
            seen = await read_thread(store, post.id, limit=limit)
            assert [comment for comment in seen if int(comment.id, 16) < 100_000] == staying
            assert len({comment.id for comment in seen}) == len(seen)
            assert seen == in_order(seen)
            inside = (await read_post(store, post.id)).comments
            stayed_inside = [comment for comment in inside if int(comment.id, 16) < 100_000]
            assert stayed_inside == staying[: len(stayed_inside)]
    finally:
        walked.set()
        await asyncio.gather(*others)


async def test_a_read_post_is_a_consistent_snapshot(store: Store) -> None:
    post = await publish(store, slug="slug")
    await grow(store, post.id, 20)
    read = asyncio.Event()

    async def come_and_go(first: int) -> None:
        number = first
        while not read.is_set():
            number += 10
            added = await comment_on(
                store, post.id, id=numbered(number), publication_date=spread(number, over=101)
            )
            await store.comments.remove(post.id, added.id, match=None)

    others = [asyncio.create_task(come_and_go(first)) for first in (100_000, 200_000)]
    try:
        for _ in range(40):
            for seen in (await read_post(store, post.id), await store.posts.find("slug", comments=100)):
                assert seen is not None
                assert seen.comment_count == len(seen.comments)
                # Each comment that came and went counts twice in the version, one that is there now once.
                assert (seen.version - 21 - (seen.comment_count - 20)) % 2 == 0
    finally:
        read.set()
        await asyncio.gather(*others)


async def test_a_thread_of_20_000_comments_past_16_megabytes(
    store: Store,
) -> None:
    """All but 210 are written in bulk; the comments beyond 16 MB are added one at a time."""
    loaded_first = 20_000 - 210
    post = a_post()
    loaded = in_order(
        [
            a_comment(post.id, id=numbered(number), publication_date=spread(number, over=997))
            for number in range(loaded_first)
        ]
    )
    await publish_thread(store, post, loaded)
    content = "\U0001f600" * 20_000
    grown = await grow(store, post.id, 210, first=loaded_first, content=content, at_once=8)
    assert len(content.encode()) * len(grown) > 16 * 2**20
    thread = in_order([*loaded, *grown])
    await assert_thread_is(store, post.id, thread)
    last = await comment_on(store, post.id, publication_date=LATEST)
    first = await comment_on(store, post.id, publication_date=EARLIEST)
    assert await page(store, post.id, 2, thread[-2].position) == ([thread[-1], last], False)
    assert (await read_post(store, post.id)).comments == (first, *thread[:99])
    await store.posts.remove(post.id, match=None)
    again = await publish(store, id=post.id)
    assert await read_post(store, post.id) == again
    assert await read_thread(store, post.id) == []
    kept = await comment_on(store, post.id, id=thread[10_000].id)
    assert await read_thread(store, post.id) == [kept]
