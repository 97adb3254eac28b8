"""The list of posts, newest first, page by page."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.domain.posts import Post, PostQuery
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    MOMENT,
    a_post,
    comment_on,
    locations,
    numbered,
    publish,
    read_posts,
    spread,
)


async def publish_many(store: Store, count: int) -> Sequence[Post]:
    """Posts in the order of the list, many with the same date; they were added in another order."""
    posts = [a_post(id=numbered(number), publication_date=spread(number, over=7)) for number in range(count)]
    random.Random(1).shuffle(posts)
    for post in posts:
        await store.posts.add(post)
    return sorted(posts, key=lambda post: post.position(), reverse=True)


async def page(
    store: Store, limit: int, *, skip: int = 0, after: Position | None = None
) -> tuple[Sequence[Post], bool]:
    query = PostQuery(filter=EVERYBODY, limit=limit, skip=skip, after=after, comments=0)
    got = await store.posts.page(query)
    assert await store.posts.page_locations(query) == locations(got)
    return list(got.rows), got.has_more


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 19, 20, 21])
async def test_pages_by_cursor_give_every_post_once_and_in_order(store: Store, limit: int) -> None:
    posts = await publish_many(store, 20)
    assert await read_posts(store, limit=limit) == posts


async def test_a_page_says_whether_others_follow(store: Store) -> None:
    posts = await publish_many(store, 5)
    assert await page(store, 4) == (posts[:4], True)
    assert await page(store, 5) == (posts, False)
    assert await page(store, 4, skip=1) == (posts[1:], False)
    assert await page(store, 2, after=posts[1].position()) == (posts[2:4], True)
    assert await page(store, 3, after=posts[1].position()) == (posts[2:], False)
    assert await page(store, 3, after=posts[4].position()) == ([], False)


async def test_skip_and_limit_are_taken_from_one_end_of_the_numbers_to_the_other(store: Store) -> None:
    posts = await publish_many(store, 3)
    assert await page(store, 0) == ([], True)
    assert await page(store, 0, skip=3) == ([], False)
    assert await page(store, MAX_NUMBER) == (posts, False)
    assert await page(store, MAX_NUMBER, skip=MAX_NUMBER) == ([], False)
    assert await page(store, 1, skip=MAX_NUMBER) == ([], False)
    assert await page(store, 1, skip=2) == (posts[2:], False)
    assert await page(store, MAX_NUMBER, after=posts[0].position()) == (posts[1:], False)


async def test_a_page_starts_anywhere_between_the_posts(store: Store) -> None:
    posts = await publish_many(store, 6)
    lowest, highest = numbered(0), Id("f" * 24)
    assert await page(store, 9, after=Position(LATEST, highest)) == (posts, False)
    assert await page(store, 9, after=Position(EARLIEST, lowest)) == ([], False)
    for number, post in enumerate(posts):
        moment = post.publication_date
        newer_or_same = [each for each in posts if each.publication_date >= moment]
        assert await page(store, 9, after=post.position()) == (posts[number + 1 :], False)
        assert await page(store, 9, after=Position(moment, lowest)) == (posts[len(newer_or_same) :], False)
        newer = [each for each in posts if each.publication_date > moment]
        assert await page(store, 9, after=Position(moment, highest)) == (posts[len(newer) :], False)


async def test_a_cursor_stays_valid_after_its_post_is_removed(store: Store) -> None:
    posts = await publish_many(store, 6)
    await store.posts.remove(posts[2].id, match=None)
    assert await page(store, 9, after=posts[2].position()) == (posts[3:], False)


async def test_posts_of_one_moment_come_in_the_order_of_their_ids(store: Store) -> None:
    ids = [Id(prefix + "0" * 22) for prefix in ("00", "09", "0a", "7f", "80", "a0", "ff")]
    for post_id in random.Random(2).sample(ids, len(ids)):
        await publish(store, id=post_id)
    assert [post.id for post in await read_posts(store, limit=2)] == ids[::-1]


async def test_posts_from_both_ends_of_the_calendar_come_in_order(store: Store) -> None:
    millisecond = timedelta(milliseconds=1)
    moments = [EARLIEST, EARLIEST + millisecond, MOMENT, MOMENT + millisecond, LATEST - millisecond, LATEST]
    for moment in random.Random(3).sample(moments, len(moments)):
        await publish(store, publication_date=moment)
    assert [post.publication_date for post in await read_posts(store, limit=1)] == moments[::-1]


@pytest.mark.parametrize("count", [0, 1, 3, 10, 100])
async def test_each_post_of_a_page_shows_its_oldest_comments(store: Store, count: int) -> None:
    posts = await publish_many(store, 4)
    threads = {
        post.id: [
            await comment_on(store, post.id, publication_date=spread(number, over=3))
            for number in range(length)
        ]
        for post, length in zip(posts, (0, 2, 12, 3), strict=True)
    }
    for query in (
        PostQuery(filter=EVERYBODY, limit=9, comments=count),
        PostQuery(filter=EVERYBODY, limit=3, comments=count, skip=1),
        PostQuery(filter=EVERYBODY, limit=3, comments=count, after=posts[0].position()),
    ):
        shown = (await store.posts.page(query)).rows
        assert [post.id for post in shown] == [post.id for post in posts[-len(shown) :]]
        for post in shown:
            thread = sorted(threads[post.id], key=lambda comment: comment.position)
            assert post.comments == tuple(thread[:count])
            assert post.comment_count == len(thread)


async def test_pages_never_repeat_or_skip_a_post_that_stays_while_others_come_and_go(store: Store) -> None:
    staying = await publish_many(store, 40)
    walked = asyncio.Event()

    async def come_and_go(first: int) -> None:
        number = first
        while not walked.is_set():
            number += 10
            added = await publish(store, id=numbered(number), publication_date=spread(number, over=7))
            if number % 3:
                await store.posts.remove(added.id, match=None)

    others = [asyncio.create_task(come_and_go(first)) for first in (100_000, 200_001)]
    try:
        for limit in (1, 3, 5):
            seen = await read_posts(store, limit=limit)
            assert [post.id for post in seen if int(post.id, 16) < 100_000] == [post.id for post in staying]
            assert len({post.id for post in seen}) == len(seen)
    finally:
        walked.set()
        await asyncio.gather(*others)
