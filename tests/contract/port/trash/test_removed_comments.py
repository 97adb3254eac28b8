"""Removed comments, whose words can be restored."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.clock import LATEST
from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Position
from everpost.domain.trash.removed_comments import Removal, RemovedComment, RemovedCommentQuery
from everpost.errors import Conflict, InTrash, NotFound, ParentRemoved
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    comment_on,
    publish,
    read_post,
    read_thread,
    register,
    spread,
)
from tests.contract.port.mirrored import MirroredThread, tombstone_of
from tests.contract.refusals import attempt, raises

DAY = timedelta(days=1)
REMOVAL = Removal(LATER, None)


async def remove(store: Store, comment: Comment, removal: Removal | None = REMOVAL) -> None:
    await store.comments.remove(comment.post_id, comment.id, match=None, removal=removal)


async def removed_in(
    store: Store, *, post_author_id: Id | None = None, limit: int = 100
) -> list[RemovedComment]:
    """All removed comments, page by page."""
    found: list[RemovedComment] = []
    after: Position | None = None
    while True:
        query = RemovedCommentQuery(limit=limit, after=after, post_author_id=post_author_id)
        page = await store.trash.page_comments(query)
        found.extend(page.rows)
        if not page.has_more:
            return found
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position


async def test_a_removed_comment_is_kept_as_it_was(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    post = await publish(store)
    parent = await comment_on(store, post.id)
    comment = await comment_on(store, post.id, parent_id=parent.id, author=ann.author)
    edit = CommentChange(updated_at=LATER, content="Other words", editor_id=otto.id)
    comment = await store.comments.save(post.id, comment.id, edit, match=None)
    guest = await comment_on(
        store, post.id, guest_name="Gus", key_digest="a" * 64, status=CommentStatus.PENDING
    )
    await remove(store, comment, Removal(LATER, otto.id))
    await remove(store, guest, Removal(LATER + DAY, None))
    assert await removed_in(store) == [
        RemovedComment(
            id=each.id,
            post_id=post.id,
            parent_id=each.parent_id,
            content=each.content,
            publication_date=each.publication_date,
            updated_at=each.updated_at,
            version=each.version,
            status=each.status,
            author_id=None if each.author is None else each.author.id,
            guest_name=each.guest_name,
            key_digest=each.key_digest,
            editor_id=each.editor_id,
            edited_at=each.edited_at,
            removed_at=removal.removed_at,
            removed_by_id=removal.removed_by_id,
        )
        for each, removal in ((guest, Removal(LATER + DAY, None)), (comment, Removal(LATER, otto.id)))
    ]


async def test_a_tombstone_gets_its_words_back(store: Store) -> None:
    ann = await register(store)
    post = await publish(store)
    comment = await comment_on(store, post.id, author=ann.author)
    reply = await comment_on(store, post.id, parent_id=comment.id, guest_name="Gus")
    before = await store.comments.get(post.id, comment.id)
    await remove(store, comment)
    assert await store.comments.get(post.id, comment.id) == tombstone_of(before)
    restored = await store.trash.restore_comment(post.id, comment.id)
    assert restored == replace(before, version=before.version + 2)
    assert restored.stamp != before.stamp
    found = await read_post(store, post.id)
    assert (found.comment_count, found.comments) == (2, (restored, replace(reply, depth=1)))
    assert await removed_in(store) == []


async def test_a_comment_of_which_nothing_stayed_is_added_again(store: Store) -> None:
    ann = await register(store)
    post = await publish(store)
    parent = await comment_on(store, post.id)
    comment = await comment_on(store, post.id, parent_id=parent.id, author=ann.author)
    await remove(store, comment)
    assert (await read_post(store, post.id)).comment_count == 1
    restored = await store.trash.restore_comment(post.id, comment.id)
    assert restored == replace(comment, version=comment.version + 1)
    found = await read_post(store, post.id)
    assert (found.comment_count, found.comments) == (2, (replace(parent, reply_count=1), restored))


@pytest.mark.parametrize("seed", range(3))
async def test_threads_are_right_whatever_is_removed_and_restored(store: Store, seed: int) -> None:
    author = await register(store)
    chosen = random.Random(seed)
    thread = MirroredThread(store, await publish(store, author=author.author))
    statuses = [*CommentStatus, *[CommentStatus.APPROVED] * 6]
    for number in range(24):
        restorable = sorted(filter(thread.can_be_restored, thread.removed))
        there = sorted(each.id for each in thread.comments().values() if each.content)
        turn = chosen.random()
        if restorable and turn < 0.3:
            await thread.restore(chosen.choice(restorable))
        elif there and turn < 0.6:
            removal = chosen.choice([Removal(spread(number), None)] * 3 + [None])
            await thread.remove(chosen.choice(there), removal=removal)
        else:
            parents = [None, *(each.id for each in thread.approved())]
            await thread.add(
                parent_id=chosen.choice(parents),
                status=chosen.choice(statuses),
                publication_date=spread(number, over=5),
            )
        if number % 6 == 5:
            await thread.assert_same()
    assert {each.id for each in await removed_in(store)} == thread.removed.keys()


async def test_what_the_writer_removed_is_not_kept(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    await remove(store, comment, None)
    assert await removed_in(store) == []
    with raises(NotFound, "comment"):
        await store.trash.restore_comment(post.id, comment.id)


async def test_a_removed_tombstone_keeps_the_words_that_it_had(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, content="Words")
    reply = await comment_on(store, post.id, parent_id=comment.id)
    await remove(store, comment)
    await remove(store, reply)
    await remove(store, comment, Removal(LATER + DAY, None))
    with raises(ParentRemoved, "comment", "parent_id"):
        await store.trash.restore_comment(post.id, reply.id)
    assert {each.id for each in await removed_in(store)} == {comment.id, reply.id}
    assert (await store.trash.restore_comment(post.id, comment.id)).content == "Words"
    restored = await store.trash.restore_comment(post.id, reply.id)
    assert (restored.depth, restored.parent_id) == (1, comment.id)
    assert [each.id for each in await read_thread(store, post.id)] == sorted([comment.id, reply.id])


async def test_another_comment_with_the_id_is_not_overwritten(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment, elsewhere = await comment_on(store, post.id), await comment_on(store, post.id)
    for each in (comment, elsewhere):
        await remove(store, each)
    again = await comment_on(store, post.id, id=comment.id, content="Other words")
    await comment_on(store, other.id, id=elsewhere.id)
    for each in (comment, elsewhere):
        with raises(Conflict, "comment", "id"):
            await store.trash.restore_comment(post.id, each.id)
    await remove(store, again, Removal(LATER + DAY, None))
    assert (await store.trash.restore_comment(post.id, comment.id)).content == "Other words"


async def test_a_missing_comment_is_not_restored(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment, there = await comment_on(store, post.id), await comment_on(store, post.id)
    await remove(store, comment)
    for comment_id in (new_id(), there.id):
        with raises(NotFound, "comment"):
            await store.trash.restore_comment(post.id, comment_id)
    with raises(NotFound, "comment"):
        await store.trash.restore_comment(other.id, comment.id)
    with raises(NotFound, "post"):
        await store.trash.restore_comment(new_id(), comment.id)
    await store.trash.restore_comment(post.id, comment.id)


async def test_removed_comments_are_listed_by_removal(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    posts = [await publish(store, author=each.author) for each in (ann, otto, ann)]
    for number in range(9):
        comment = await comment_on(store, posts[number % 3].id)
        await remove(store, comment, Removal(spread(number, over=4), None))
    await store.trash.move_post(posts[2].id, moment=LATER, match=None)
    everything = await removed_in(store)
    assert len(everything) == 6
    assert everything == sorted(everything, key=lambda each: each.position, reverse=True)
    assert await removed_in(store, limit=1) == everything
    of_ann = [each for each in everything if each.post_id == posts[0].id]
    assert await removed_in(store, post_author_id=ann.id, limit=2) == of_ann
    with raises(InTrash, "post", "status"):
        await store.trash.restore_comment(posts[2].id, everything[0].id)


async def test_removed_comments_go_with_their_post(store: Store) -> None:
    post = await publish(store)
    await remove(store, await comment_on(store, post.id))
    await store.posts.remove(post.id, match=None)
    assert await removed_in(store) == []
    await publish(store, id=post.id)
    assert await removed_in(store) == []


async def test_comments_are_forgotten_after_a_time(store: Store) -> None:
    post = await publish(store)
    comments = [await comment_on(store, post.id) for _ in range(4)]
    for day, comment in enumerate(comments):
        await remove(store, comment, Removal(MOMENT + day * DAY, None))
    assert await store.trash.remove_comments(MOMENT, limit=10) == 0
    assert await store.trash.remove_comments(MOMENT + 3 * DAY, limit=2) == 2
    assert await store.trash.remove_comments(MOMENT + 3 * DAY, limit=2) == 1
    assert [each.id for each in await removed_in(store)] == [comments[3].id]
    with raises(NotFound, "comment"):
        await store.trash.restore_comment(post.id, comments[0].id)


async def test_of_concurrent_restorations_one_succeeds(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    await remove(store, comment)
    outcomes = await asyncio.gather(
        *(attempt(store.trash.restore_comment(post.id, comment.id)) for _ in range(3))
    )
    assert sorted(outcomes) == ["NotFound comment", "NotFound comment", "done"]
    assert (await read_post(store, post.id)).comment_count == 1


async def test_either_a_restoration_or_the_expiry_comes_first(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    await remove(store, comment)
    restored, forgotten = await asyncio.gather(
        attempt(store.trash.restore_comment(post.id, comment.id)),
        store.trash.remove_comments(LATEST, limit=10),
    )
    assert (restored, forgotten) in [("done", 0), ("NotFound comment", 1)]
    assert (await store.comments.find(comment.id) is None) == (forgotten == 1)
