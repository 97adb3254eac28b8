"""Single comments, and their effect on their post."""

import asyncio
from dataclasses import replace

import pytest

from everpost.domain.comments import CommentChange, CommentQuery, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.errors import Invalid, NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    a_comment,
    comment_on,
    numbered,
    publish,
    read_post,
    read_thread,
)
from tests.contract.refusals import attempt, describe, raises

CHANGE = CommentChange(updated_at=LATER, content="New")


async def test_a_comment_increases_the_version_of_its_post(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    commented = await read_post(store, post.id)
    assert commented.comments == (comment,)
    assert (commented.comment_count, commented.version, commented.updated_at) == (1, 2, MOMENT)
    await store.comments.save(post.id, comment.id, CHANGE, match=None)
    edited = await read_post(store, post.id)
    assert (edited.comment_count, edited.version, edited.updated_at) == (1, 3, MOMENT)
    await store.comments.remove(post.id, comment.id, match=None)
    emptied = await read_post(store, post.id)
    assert (emptied.comment_count, emptied.version, emptied.updated_at) == (0, 4, MOMENT)
    assert emptied.comments == ()


async def test_a_change_of_a_comment_changes_what_it_names_and_nothing_else(store: Store) -> None:
    post = await publish(store)
    first = await comment_on(store, post.id)
    comment = await comment_on(store, post.id, parent_id=first.id, content="Old")
    saved = await store.comments.save(post.id, comment.id, CHANGE, match=None)
    assert saved == a_comment(
        post.id, id=comment.id, parent_id=first.id, content="New", updated_at=LATER, version=2, depth=1
    )
    assert await store.comments.get(post.id, comment.id) == saved
    assert list(await read_thread(store, post.id)) == [replace(first, reply_count=1), saved]
    same = await store.comments.save(post.id, comment.id, CHANGE, match=None)
    assert (same.content, same.updated_at, same.version) == ("New", LATER, 3)


async def test_a_comment_on_a_missing_post_is_not_found(store: Store) -> None:
    unknown = new_id()
    comment = await comment_on(store, (await publish(store)).id)
    for call in (
        store.comments.get(unknown, comment.id),
        store.comments.page(CommentQuery(post_id=unknown, limit=10)),
        store.comments.page(CommentQuery(post_id=unknown, limit=0)),
        store.comments.page(CommentQuery(post_id=unknown, limit=10, after=comment.position)),
        store.comments.add(a_comment(unknown)),
        store.comments.save(unknown, comment.id, CHANGE, match=None),
        store.comments.remove(unknown, comment.id, match=None),
    ):
        with raises(NotFound, "post"):
            await call


async def test_a_comment_that_is_not_on_this_post_is_not_found(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment = await comment_on(store, other.id)
    for comment_id in (new_id(), comment.id, post.id):
        for call in (
            store.comments.get(post.id, comment_id),
            store.comments.save(post.id, comment_id, CHANGE, match=None),
            store.comments.remove(post.id, comment_id, match=None),
        ):
            with raises(NotFound, "comment"):
                await call
    assert await read_post(store, post.id) == post
    assert (await read_post(store, other.id)).comments == (comment,)


async def test_a_comment_and_a_post_may_have_the_same_id(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, id=post.id)
    assert (await read_post(store, post.id)).comments == (comment,)


async def test_a_taken_comment_id_is_a_conflict_on_every_post(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment = await comment_on(store, post.id)
    before = await read_post(store, post.id)
    for post_id in (post.id, other.id):
        assert (
            await attempt(store.comments.add(a_comment(post_id, id=comment.id, content="Other")))
            == "Conflict comment id"
        )
    assert await read_post(store, post.id) == before
    assert await read_post(store, other.id) == other


async def test_a_refused_comment_reports_the_first_reason(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment, of_other = await comment_on(store, post.id), await comment_on(store, other.id)
    before = await read_post(store, post.id)
    unknown = new_id()
    for comment_id in (comment.id, new_id()):
        for parent_id in (None, unknown, comment.id):
            refused = a_comment(unknown, id=comment_id, parent_id=parent_id)
            assert await attempt(store.comments.add(refused)) == "NotFound post"
    for taken in (comment.id, of_other.id):
        for parent in (unknown, of_other.id, comment.id):
            assert (
                await attempt(store.comments.add(a_comment(post.id, id=taken, parent_id=parent)))
                == "Conflict comment id"
            )
    for parent in (unknown, of_other.id, post.id):
        assert await attempt(store.comments.add(a_comment(post.id, parent_id=parent))) == "Invalid parent_id"
    itself = new_id()
    assert (
        await attempt(store.comments.add(a_comment(post.id, id=itself, parent_id=itself)))
        == "Invalid parent_id"
    )
    assert await read_post(store, post.id) == before


async def test_replies_can_have_replies(store: Store) -> None:
    post = await publish(store)
    thread = [await comment_on(store, post.id, id=numbered(0))]
    for number in range(1, 20):
        thread.append(await comment_on(store, post.id, id=numbered(number), parent_id=thread[-1].id))
    assert [comment.depth for comment in thread] == list(range(20))
    answered = [replace(comment, reply_count=1) for comment in thread[:-1]] + thread[-1:]
    assert list(await read_thread(store, post.id)) == answered
    assert (await read_post(store, post.id)).comments == tuple(answered)


async def test_adding_returns_the_stored_comment(store: Store) -> None:
    """Counters are computed by the store, not taken from the caller."""
    post = await publish(store)
    first = await comment_on(store, post.id, depth=7, reply_count=7)
    assert (first.depth, first.reply_count) == (0, 0)
    assert await store.comments.get(post.id, first.id) == first
    answer = await comment_on(store, post.id, parent_id=first.id, depth=7, reply_count=7)
    assert (answer.depth, answer.reply_count) == (1, 0)
    assert await store.comments.get(post.id, answer.id) == answer


async def test_a_removed_comment_is_gone_and_its_id_is_free_again(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    comment = await comment_on(store, post.id)
    await store.comments.remove(post.id, comment.id, match=None)
    for call in (
        store.comments.get(post.id, comment.id),
        store.comments.save(post.id, comment.id, CHANGE, match=None),
        store.comments.remove(post.id, comment.id, match=None),
    ):
        with raises(NotFound, "comment"):
            await call
    assert await store.comments.find(comment.id) is None
    for post_id in (post.id, other.id, post.id):
        again = await comment_on(store, post_id, id=comment.id, content="Again")
        assert await store.comments.get(post_id, comment.id) == again
        assert await store.comments.find(comment.id) == again
        await store.comments.remove(post_id, comment.id, match=None)
    assert (await read_post(store, post.id)).version == 1 + 2 * 3


@pytest.mark.parametrize("posts", [1, 3])
async def test_of_concurrent_comments_with_one_id_one_is_stored(store: Store, posts: int) -> None:
    post_ids = [(await publish(store)).id for _ in range(posts)]
    comment_id = new_id()
    attempts = [a_comment(post_ids[each % posts], id=comment_id, content=str(each)) for each in range(9)]
    outcomes = await asyncio.gather(*(attempt(store.comments.add(comment)) for comment in attempts))
    assert sorted(outcomes) == ["Conflict comment id"] * 8 + ["done"]
    kept = attempts[outcomes.index("done")]
    for post_id in post_ids:
        post = await read_post(store, post_id)
        assert post.comments == ((kept,) if post_id == kept.post_id else ())
        assert post.comment_count == post.version - 1 == len(post.comments)


async def test_of_concurrent_removals_of_a_comment_one_succeeds(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    outcomes = await asyncio.gather(
        *(store.comments.remove(post.id, comment.id, match=None) for _ in range(6)), return_exceptions=True
    )
    assert sorted(map(describe, outcomes)) == ["NoneType"] + ["NotFound comment"] * 5
    emptied = await read_post(store, post.id)
    assert (emptied.comment_count, emptied.version) == (0, 3)


async def test_comments_on_one_post_do_not_affect_others(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    await asyncio.gather(*(comment_on(store, Id(post.id)) for _ in range(20)))
    assert (await read_post(store, post.id)).comment_count == 20
    assert await read_post(store, other.id) == other
    assert await read_thread(store, other.id) == []


async def test_an_import_may_reply_to_unapproved_comments(store: Store) -> None:
    post = await publish(store)
    first = await comment_on(store, post.id, status=CommentStatus.PENDING)
    below = a_comment(post.id, parent_id=first.id, status=CommentStatus.SPAM)
    assert (await store.comments.add(below, under_hidden=True)).depth == 1
    assert await read_thread(store, post.id) == []
    replies = [a_comment(post.id, parent_id=below.id) for _ in range(3)]
    await asyncio.gather(*(store.comments.add(each, under_hidden=True) for each in replies))
    shown = {each.id: (each.status, each.reply_count) for each in await read_thread(store, post.id)}
    assert shown == {
        first.id: (CommentStatus.PENDING, 1),
        below.id: (CommentStatus.SPAM, 3),
        **{each.id: (CommentStatus.APPROVED, 0) for each in replies},
    }
    assert await attempt(store.comments.add(a_comment(post.id, parent_id=below.id))) == "Invalid parent_id"
    with raises(Invalid, field="parent_id"):
        await store.comments.add(a_comment(post.id, parent_id=new_id()), under_hidden=True)
    assert (await read_post(store, post.id)).comment_count == 3
