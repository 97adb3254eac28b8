"""The moderation queue: the comments on all posts with one status, newest first."""

import random
from collections.abc import Sequence

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import Comment, CommentChange, CommentStatus, QueueQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.domain.posts import PostChange, PostStatus
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    publish_thread,
    register,
    spread,
)
from tests.contract.port.mirrored import read_queue

PENDING = CommentStatus.PENDING


def newest_first(comments: Sequence[Comment]) -> list[Comment]:
    return sorted(comments, key=lambda comment: comment.position, reverse=True)


def waiting(post_id: Id, number: int, *, over: int = 5) -> Comment:
    """A comment; many have the same date."""
    moment = spread(number, over=over)
    return a_comment(post_id, id=numbered(number), publication_date=moment, status=PENDING)


async def a_queue(store: Store, count: int, *, posts: Sequence[Id]) -> list[Comment]:
    """Pending comments on these posts in turn, in the order of the queue; added in random order."""
    numbers = random.Random(1).sample(range(count), count)
    return newest_first(
        [await store.comments.add(waiting(posts[number % len(posts)], number)) for number in numbers]
    )


async def page(store: Store, limit: int, after: Position | None = None) -> tuple[Sequence[Comment], bool]:
    got = await store.comments.queue(QueueQuery(status=PENDING, limit=limit, after=after))
    return list(got.rows), got.has_more


async def test_an_empty_blog_has_an_empty_queue(store: Store) -> None:
    for status in CommentStatus:
        assert await read_queue(store, status) == []


@pytest.mark.parametrize("limit", [1, 3, 19, 20, 21])
async def test_pages_give_every_comment_of_all_posts_once_the_newest_first(store: Store, limit: int) -> None:
    posts = [(await publish(store)).id for _ in range(4)]
    queue = await a_queue(store, 20, posts=posts)
    await comment_on(store, posts[0])
    assert await read_queue(store, PENDING, limit=limit) == queue


async def test_the_queue_of_a_long_thread_is_whole(store: Store) -> None:
    posts = [a_post() for _ in range(2)]
    threads = [
        [waiting(post.id, number * 2 + each, over=50) for number in range(180)]
        for each, post in enumerate(posts)
    ]
    for post, thread in zip(posts, threads, strict=True):
        await publish_thread(store, post, thread)
    queue = newest_first([*threads[0], *threads[1]])
    assert await read_queue(store, PENDING, limit=30) == queue
    for decided in queue[::7]:
        change = CommentChange(updated_at=LATER, status=CommentStatus.SPAM)
        await store.comments.save(decided.post_id, decided.id, change, match=None)
    for removed in queue[1::7]:
        await store.comments.remove(removed.post_id, removed.id, match=None)
    rest = [comment for number, comment in enumerate(queue) if number % 7 > 1]
    assert await read_queue(store, PENDING, limit=100) == rest
    spam = await read_queue(store, CommentStatus.SPAM)
    assert [comment.id for comment in spam] == [comment.id for comment in queue[::7]]


async def test_a_page_of_the_queue_starts_and_ends_anywhere(store: Store) -> None:
    queue = await a_queue(store, 7, posts=[(await publish(store)).id])
    lowest, highest = numbered(0), Id("f" * 24)
    assert await page(store, 0) == ([], True)
    assert await page(store, 6) == (queue[:6], True)
    assert await page(store, MAX_NUMBER) == (queue, False)
    assert await page(store, 9, Position(LATEST, highest)) == (queue, False)
    assert await page(store, 9, Position(EARLIEST, lowest)) == ([], False)
    moment = queue[3].publication_date
    for name in (lowest, highest):
        after = Position(moment, name)
        assert (await page(store, 9, after))[0] == [each for each in queue if each.position < after]
    await store.comments.remove(queue[2].post_id, queue[2].id, match=None)
    assert await page(store, 2, queue[2].position) == (queue[3:5], True)


@pytest.mark.parametrize("status", CommentStatus)
async def test_a_comment_is_in_the_queue_of_its_status_and_in_no_other(
    store: Store, status: CommentStatus
) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, status=PENDING)
    saved = await store.comments.save(
        post.id, comment.id, CommentChange(updated_at=LATER, status=status), match=None
    )
    for each in CommentStatus:
        assert await read_queue(store, each) == ([saved] if each is status else [])


async def test_comments_on_drafts_and_on_posts_to_come_wait_too(store: Store) -> None:
    draft = await publish(store, status=PostStatus.DRAFT)
    to_come = await publish(store, publication_date=LATEST)
    comments = [await comment_on(store, each.id, status=PENDING) for each in (draft, to_come)]
    assert await read_queue(store, PENDING) == newest_first(comments)


@pytest.mark.parametrize("limit", [1, 100])
async def test_the_queue_can_be_filtered_by_author(store: Store, limit: int) -> None:
    ada, bob = await register(store), await register(store)
    own = [(await publish(store, author=ada.author)).id for _ in range(2)]
    others = [(await publish(store, author=bob.author)).id, (await publish(store)).id]
    queue = await a_queue(store, 12, posts=[*own, *others])
    by_ada = await comment_on(store, others[0], author=ada.author, status=PENDING)
    assert await read_queue(store, PENDING, limit=limit) == newest_first([*queue, by_ada])
    for author_id, posts in ((ada.id, own), (bob.id, others[:1]), (new_id(), [])):
        expected = newest_first([each for each in (*queue, by_ada) if each.post_id in posts])
        assert await read_queue(store, PENDING, post_author_id=author_id, limit=limit) == expected
    given = PostChange(updated_at=LATER, author_id=bob.id)
    await store.posts.save(own[0], given, match=None, comments=0)
    for author_id, posts in ((ada.id, own[1:]), (bob.id, [own[0], others[0]])):
        expected = newest_first([each for each in (*queue, by_ada) if each.post_id in posts])
        assert await read_queue(store, PENDING, post_author_id=author_id, limit=limit) == expected


async def test_the_queue_of_a_removed_author_goes_to_the_new_author(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    queue = await a_queue(store, 3, posts=[post.id])
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    assert await read_queue(store, PENDING, post_author_id=bob.id) == queue
    assert await read_queue(store, PENDING, post_author_id=ada.id) == []


async def test_a_removed_post_leaves_no_comments_in_the_queue(store: Store) -> None:
    for length in (3, 170):
        post = a_post()
        await publish_thread(store, post, [waiting(post.id, number) for number in range(length)])
        await store.posts.remove(post.id, match=None)
        assert await read_queue(store, PENDING) == []
