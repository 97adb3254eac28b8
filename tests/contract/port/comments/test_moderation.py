"""Moderation decisions, and their effect on the visible thread."""

import asyncio
import itertools
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from everpost.domain.comments import Branch, Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.errors import Invalid
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
    register,
)
from tests.contract.port.mirrored import MirroredThread, tombstone_of
from tests.contract.refusals import describe, raises

HIDDEN = (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.REMOVED)
OLDER, NEWER = 100, 60
"""How many others there are in a long thread: MongoDB moves what lies between out of the post's document."""

short_and_long = pytest.mark.parametrize("is_long", [False, True], ids=["short", "long"])


def decision(status: CommentStatus) -> CommentChange:
    return CommentChange(updated_at=LATER, status=status)


async def a_thread(store: Store, *, is_long: bool) -> MirroredThread:
    """A thread; if it is long, with other comments, of which every fourth is pending."""
    ada = await register(store)
    thread = MirroredThread(store, await publish(store, author=ada.author))
    await add_others(thread, MOMENT - timedelta(milliseconds=1), OLDER * is_long)
    return thread


async def add_others(thread: MirroredThread, moment: datetime, count: int) -> None:
    statuses = (CommentStatus.PENDING, *[CommentStatus.APPROVED] * 3)
    await thread.load(
        [
            a_comment(thread.post.id, publication_date=moment, status=statuses[number % 4])
            for number in range(count)
        ]
    )


async def shown_of(thread: MirroredThread, ids: Collection[Id]) -> list[Id]:
    """The visible ones of these comments, in order."""
    shown = await read_thread(thread.store, thread.post.id)
    return [comment.id for comment in shown if comment.id in ids]


@pytest.mark.parametrize("status", CommentStatus)
async def test_only_approved_comments_are_shown_and_counted(store: Store, status: CommentStatus) -> None:
    post = await publish(store)
    approved = await comment_on(store, post.id, id=numbered(1))
    comment = await comment_on(store, post.id, id=numbered(2), status=status)
    assert comment.status is status
    shown = (approved, comment) if status is CommentStatus.APPROVED else (approved,)
    kept = await read_post(store, post.id)
    assert (kept.comments, kept.comment_count, kept.version) == (shown, len(shown), 3)
    assert tuple(await read_thread(store, post.id)) == shown
    assert tuple(await read_thread(store, post.id, branch=Branch(None))) == shown
    assert await store.comments.get(post.id, comment.id) == comment
    assert await store.comments.find(comment.id) == comment
    assert await store.comments.find(new_id()) is None


async def test_a_decision_increases_the_version_but_not_the_date_of_change(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, status=CommentStatus.PENDING, guest_name="Guest")
    saved = await store.comments.save(post.id, comment.id, decision(CommentStatus.APPROVED), match=None)
    assert saved == replace(comment, status=CommentStatus.APPROVED, version=2)
    assert await store.comments.get(post.id, comment.id) == saved
    kept = await read_post(store, post.id)
    assert (kept.version, kept.updated_at, kept.comment_count) == (3, MOMENT, 1)
    both = CommentChange(updated_at=LATER, content="New", status=CommentStatus.SPAM)
    saved = await store.comments.save(post.id, comment.id, both, match=None)
    assert (saved.content, saved.status, saved.updated_at, saved.version) == (
        "New",
        CommentStatus.SPAM,
        LATER,
        3,
    )
    same = await store.comments.save(post.id, comment.id, CommentChange(updated_at=MOMENT), match=None)
    assert same == replace(saved, version=4)


@short_and_long
async def test_every_status_can_change_to_every_other(store: Store, is_long: bool) -> None:
    thread = await a_thread(store, is_long=is_long)
    root = await thread.add()
    comment = await thread.add(parent_id=root.id)
    await thread.add(parent_id=comment.id)
    await add_others(thread, LATER, NEWER * is_long)
    for before, after in itertools.product(CommentStatus, repeat=2):
        await thread.save(comment.id, decision(before))
        await thread.save(comment.id, decision(after))
        kept = await store.comments.get(thread.post.id, comment.id)
        assert (kept.status, kept.reply_count) == (after, 1)
        assert await store.comments.find(root.id) == thread.comments()[root.id]
    await thread.assert_same()


@pytest.mark.parametrize("status", HIDDEN)
async def test_only_approved_comments_accept_replies(store: Store, status: CommentStatus) -> None:
    post = await publish(store)
    parent = await comment_on(store, post.id)
    await comment_on(store, post.id, parent_id=parent.id)
    await store.comments.save(post.id, parent.id, decision(status), match=None)
    before = await read_post(store, post.id)
    with raises(Invalid, field="parent_id"):
        await store.comments.add(a_comment(post.id, parent_id=parent.id))
    assert await read_post(store, post.id) == before
    await store.comments.save(post.id, parent.id, decision(CommentStatus.APPROVED), match=None)
    await comment_on(store, post.id, parent_id=parent.id)
    assert (await store.comments.get(post.id, parent.id)).reply_count == 2


@pytest.mark.parametrize("status", HIDDEN)
async def test_a_hidden_comment_with_replies_keeps_its_place(store: Store, status: CommentStatus) -> None:
    """The public sees it as a tombstone; the store still returns its content."""
    post = await publish(store)
    parent = await comment_on(store, post.id, guest_name="Guest")
    answer = await comment_on(store, post.id, parent_id=parent.id)
    hidden = await store.comments.save(post.id, parent.id, decision(status), match=None)
    assert hidden == replace(parent, status=status, version=2, reply_count=1)
    kept = await read_post(store, post.id)
    assert (kept.comments, kept.comment_count) == ((hidden, answer), 1)
    await store.comments.save(post.id, answer.id, decision(status), match=None)
    kept = await read_post(store, post.id)
    assert (kept.comments, kept.comment_count) == ((), 0)


@pytest.mark.parametrize(
    ("status", "is_long"), [*((status, False) for status in CommentStatus), (CommentStatus.APPROVED, True)]
)
async def test_a_removed_comment_with_replies_becomes_a_tombstone(
    store: Store, status: CommentStatus, is_long: bool
) -> None:
    thread = await a_thread(store, is_long=is_long)
    ada = await register(store)
    answered = await thread.add(author=ada.author, guest_name="Guest", key_digest="0" * 64)
    answer = await thread.add(parent_id=answered.id)
    await thread.save(answer.id, decision(status))
    await add_others(thread, LATER, NEWER * is_long)
    seen = await store.comments.get(thread.post.id, answered.id)
    await thread.remove(answered.id)
    tombstone = await store.comments.get(thread.post.id, answered.id)
    assert tombstone == tombstone_of(seen)
    assert tombstone.reply_count == (status is CommentStatus.APPROVED)
    await thread.assert_same()


@short_and_long
async def test_a_tombstone_is_shown_while_it_has_visible_replies(store: Store, is_long: bool) -> None:
    thread = await a_thread(store, is_long=is_long)
    root = await thread.add(id=numbered(1_001))
    middle = await thread.add(id=numbered(1_002), parent_id=root.id)
    leaf = await thread.add(id=numbered(1_003), parent_id=middle.id)
    await add_others(thread, LATER, NEWER * is_long)
    await thread.remove(root.id)
    await thread.remove(middle.id)
    chain = [root.id, middle.id, leaf.id]
    assert await shown_of(thread, chain) == chain
    versions = [(await store.comments.get(thread.post.id, name)).version for name in chain[:2]]
    for status in HIDDEN[:2]:
        await thread.save(leaf.id, decision(status))
        assert await shown_of(thread, chain) == []
        await thread.save(leaf.id, decision(CommentStatus.APPROVED))
        assert await shown_of(thread, chain) == chain
    assert [(await store.comments.get(thread.post.id, name)).version for name in chain[:2]] == versions
    await thread.assert_same(one_by_one=chain)
    await thread.remove(leaf.id)
    assert await shown_of(thread, chain) == []
    await thread.assert_same(one_by_one=chain)


@short_and_long
async def test_a_tombstone_without_replies_can_be_deleted(store: Store, is_long: bool) -> None:
    thread = await a_thread(store, is_long=is_long)
    root = await thread.add()
    leaf = await thread.add(parent_id=root.id)
    await add_others(thread, LATER, NEWER * is_long)
    await thread.remove(root.id)
    await thread.remove(root.id)
    assert (await store.comments.get(thread.post.id, root.id)).version == root.version + 2
    await thread.remove(leaf.id)
    await thread.remove(root.id)
    assert await store.comments.find(root.id) is None
    await thread.assert_same()
    again = await comment_on(store, thread.post.id, id=root.id)
    assert (again.reply_count, again.version) == (0, 1)


async def test_a_chain_of_fifty_tombstones_exists_as_long_as_the_last_reply(store: Store) -> None:
    thread = await a_thread(store, is_long=False)
    chain = [await thread.add(id=numbered(0))]
    for number in range(1, 51):
        chain.append(await thread.add(id=numbered(number), parent_id=chain[-1].id))
    for comment in chain[:-1]:
        await thread.remove(comment.id)
    assert len(await read_thread(store, thread.post.id)) == 51
    await thread.save(chain[-1].id, decision(CommentStatus.SPAM))
    assert await read_thread(store, thread.post.id) == []
    await thread.save(chain[-1].id, decision(CommentStatus.APPROVED))
    await thread.assert_same()


@short_and_long
async def test_concurrent_decisions_are_all_counted(store: Store, is_long: bool) -> None:
    thread = await a_thread(store, is_long=is_long)
    root = await thread.add()
    await thread.add(parent_id=root.id)
    await thread.remove(root.id)
    other = await thread.add()
    waiting = [await thread.add(parent_id=other.id, status=CommentStatus.PENDING) for _ in range(12)]
    await add_others(thread, LATER, NEWER * is_long)

    async def decide(comment: Comment, status: CommentStatus) -> None:
        await store.comments.save(thread.post.id, comment.id, decision(status), match=None)

    before = (await read_post(store, thread.post.id)).comment_count
    await asyncio.gather(*(decide(comment, CommentStatus.APPROVED) for comment in waiting))
    assert (await store.comments.get(thread.post.id, other.id)).reply_count == 12
    assert (await read_post(store, thread.post.id)).comment_count == before + 12
    await asyncio.gather(
        *(decide(comment, HIDDEN[number % 3]) for number, comment in enumerate(waiting[:9])),
        *(store.comments.remove(thread.post.id, comment.id, match=None) for comment in waiting[9:]),
    )
    assert (await store.comments.get(thread.post.id, other.id)).reply_count == 0
    kept = await read_post(store, thread.post.id)
    assert (kept.comment_count, kept.version) == (before, thread.version + 12 + 12)


async def test_a_reply_and_the_concurrent_removal_of_its_parent_are_serialized(store: Store) -> None:
    """Either the reply is refused, or its parent stays as a tombstone."""
    post = await publish(store)
    for _ in range(12):
        parent = await comment_on(store, post.id)
        answer = a_comment(post.id, parent_id=parent.id)
        added, removed = await asyncio.gather(
            store.comments.add(answer),
            store.comments.remove(post.id, parent.id, match=None),
            return_exceptions=True,
        )
        assert removed is None
        kept = await store.comments.find(parent.id)
        if describe(added) == "Invalid parent_id":
            assert kept is None
        else:
            assert kept == replace(tombstone_of(parent), reply_count=1)
            assert await store.comments.find(answer.id) == replace(answer, depth=1)


async def test_concurrent_removals_of_all_replies_leave_no_tombstone(store: Store) -> None:
    post = await publish(store)
    root = await comment_on(store, post.id)
    answers = [await comment_on(store, post.id, parent_id=root.id) for _ in range(6)]
    await store.comments.remove(post.id, root.id, match=None)
    await asyncio.gather(*(store.comments.remove(post.id, answer.id, match=None) for answer in answers))
    assert await read_thread(store, post.id) == []
    assert (await store.comments.get(post.id, root.id)).reply_count == 0
    await store.comments.remove(post.id, root.id, match=None)
    assert await store.comments.find(root.id) is None
