"""Removing a post removes its whole thread, also while clients are commenting."""

import asyncio
from collections.abc import Sequence

import pytest

from everpost.domain.comments import Comment, CommentChange
from everpost.domain.ids import Id
from everpost.errors import NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    a_comment,
    a_post,
    comment_on,
    publish,
    publish_thread,
    read_post,
    read_posts,
    read_thread,
)
from tests.contract.refusals import describe, raises


async def assert_no_orphans(store: Store, post_id: Id, comments: Sequence[Comment]) -> None:
    """Assert that nothing of a removed post is left: neither the post nor its comments return with its id,
    and every id is free. Of many comments, a few of the first and all of the last are checked.
    """
    some = [*comments[:-30:8], *comments[-30:]]
    for comment in some:
        with raises(NotFound, "post"):
            await store.comments.get(post_id, comment.id)
    again = await publish(store, id=post_id, slug="again")
    assert await read_post(store, post_id) == again
    assert await read_posts(store) == [again]
    assert await read_thread(store, post_id) == []
    for comment in some:
        with raises(NotFound, "comment"):
            await store.comments.get(post_id, comment.id)
    for comment in some:
        await store.comments.add(comment)
    assert sorted(await read_thread(store, post_id), key=id_of) == sorted(some, key=id_of)
    assert (await read_post(store, post_id)).comment_count == len(some)


def id_of(comment: Comment) -> Id:
    return comment.id


@pytest.mark.parametrize("length", [0, 3, 170])
async def test_the_comments_of_a_removed_post_are_gone_and_every_id_is_free(
    store: Store, length: int
) -> None:
    post = a_post(slug="again")
    comments = [a_comment(post.id) for _ in range(length)]
    await publish_thread(store, post, comments)
    await store.posts.remove(post.id, match=None)
    await assert_no_orphans(store, post.id, comments)
    other = await publish(store)
    await store.posts.remove(post.id, match=None)
    for comment in comments[-3:]:
        await comment_on(store, other.id, id=comment.id)
    assert (await read_post(store, other.id)).comment_count == min(length, 3)


@pytest.mark.parametrize("length", [1, 148])
async def test_comments_added_while_their_post_is_removed_leave_nothing_behind(
    store: Store, length: int
) -> None:
    post = a_post()
    comments = [a_comment(post.id) for _ in range(length)]
    await publish_thread(store, post, comments)
    removed = asyncio.Event()

    async def comment_until_not_found() -> None:
        while True:
            comment = a_comment(post.id)
            comments.append(comment)
            try:
                await store.comments.add(comment)
            except NotFound:
                return
            if len(comments) >= length + 4:
                removed.set()

    async def remove_once_they_come() -> None:
        await removed.wait()
        await store.posts.remove(post.id, match=None)

    await asyncio.gather(remove_once_they_come(), *(comment_until_not_found() for _ in range(4)))
    await assert_no_orphans(store, post.id, comments)


async def test_a_comment_that_races_with_a_removal_leaves_nothing_behind(store: Store) -> None:
    for turn in range(25):
        post = await publish(store)
        comments = [a_comment(post.id) for _ in range(3)]

        async def remove(turns: int, post_id: Id) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await store.posts.remove(post_id, match=None)

        outcomes = await asyncio.gather(
            *(store.comments.add(comment) for comment in comments),
            remove(turn, post.id),
            return_exceptions=True,
        )
        assert {*map(describe, outcomes)} <= {"NoneType", "Comment", "NotFound post", "NotFound comment"}
        await assert_no_orphans(store, post.id, comments)
        await store.posts.remove(post.id, match=None)


async def test_a_change_that_races_with_a_removal_restores_nothing(store: Store) -> None:
    change = CommentChange(updated_at=LATER, content="New")
    for _ in range(10):
        post = await publish(store)
        edited, removed = await comment_on(store, post.id), await comment_on(store, post.id)
        outcomes = await asyncio.gather(
            store.comments.save(post.id, edited.id, change, match=None),
            store.comments.remove(post.id, removed.id, match=None),
            store.posts.remove(post.id, match=None),
            return_exceptions=True,
        )
        assert {*map(describe, outcomes)} <= {"NoneType", "Comment", "NotFound post", "NotFound comment"}
        await assert_no_orphans(store, post.id, [edited, removed])
        await store.posts.remove(post.id, match=None)


async def test_a_post_created_again_under_its_id_has_none_of_the_old_comments(store: Store) -> None:
    post = await publish(store)
    for turn in range(10):
        comments = [a_comment(post.id) for _ in range(6)]
        late = [a_comment(post.id) for _ in range(3)]
        await asyncio.gather(*(store.comments.add(comment) for comment in comments))

        async def replace_post(turn: int) -> None:
            await store.posts.remove(post.id, match=None)
            await publish(store, id=post.id, title=str(turn))

        outcomes = await asyncio.gather(
            replace_post(turn), *(store.comments.add(comment) for comment in late), return_exceptions=True
        )
        assert {*map(describe, outcomes)} <= {"NoneType", "Comment", "NotFound post", "NotFound comment"}
        kept = await read_post(store, post.id)
        assert kept.title == str(turn)
        assert {comment.id for comment in kept.comments} <= {comment.id for comment in late}
        assert kept.comment_count == len(kept.comments) == kept.version - 1
        await store.posts.remove(post.id, match=None)
        await assert_no_orphans(store, post.id, comments + late)


async def test_the_branches_of_a_thread_are_read_whole_or_not_at_all(store: Store) -> None:
    post = a_post()
    roots = [a_comment(post.id, reply_count=10) for _ in range(200)]
    replies = [a_comment(post.id, parent_id=root.id, depth=1) for root in roots for _ in range(10)]
    await publish_thread(store, post, [*roots, *replies])

    async def read_until_not_found() -> None:
        while True:
            branches = await store.comments.branches(post.id, [root.id for root in roots], limit=100)
            assert {len(branch.rows) for branch in branches.values()} == {10}

    async def read() -> None:
        with raises(NotFound, "post"):
            await read_until_not_found()

    await asyncio.gather(*(read() for _ in range(3)), store.posts.remove(post.id, match=None))
