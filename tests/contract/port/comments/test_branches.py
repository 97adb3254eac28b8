"""The branches of a thread: the replies to one comment, or the top-level comments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from everpost.domain.comments import Branch, Comment, CommentQuery, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page
from everpost.errors import NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import (
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    publish_thread,
    read_thread,
    spread,
)
from tests.contract.refusals import raises

NOBODY: Page[Comment] = Page((), has_more=False)


def replies_to(parent: Comment, count: int, *, first: int) -> list[Comment]:
    """Replies in the order of the branch, many with the same date."""
    answers = [
        a_comment(
            parent.post_id,
            id=numbered(first + number),
            publication_date=spread(number, over=3),
            parent_id=parent.id,
            depth=1,
        )
        for number in range(count)
    ]
    return sorted(answers, key=lambda comment: comment.position)


async def a_tree(store: Store, lengths: Sequence[int]) -> tuple[Id, Mapping[Id, list[Comment]]]:
    """A post, and the replies to each of its top-level comments."""
    post = a_post()
    roots = [
        a_comment(post.id, id=numbered(number), publication_date=spread(number), reply_count=length)
        for number, length in enumerate(lengths)
    ]
    tree = {
        root.id: replies_to(root, root.reply_count, first=1_000 * (number + 1))
        for number, root in enumerate(roots)
    }
    await publish_thread(store, post, [*roots, *(answer for answers in tree.values() for answer in answers)])
    return post.id, tree


@pytest.mark.parametrize("lengths", [(0, 1, 2, 3, 12), (0, 80, 80, 5)], ids=["short", "long"])
async def test_each_branch_has_its_own_pages(store: Store, lengths: Sequence[int]) -> None:
    post_id, tree = await a_tree(store, lengths)
    for limit in (1, 2, 5) if sum(lengths) < 50 else (25, 80):
        for parent_id, answers in tree.items():
            assert await read_thread(store, post_id, branch=Branch(parent_id), limit=limit) == answers
        roots = await read_thread(store, post_id, branch=Branch(None), limit=limit)
        assert {(root.depth, root.parent_id) for root in roots} == {(0, None)}
        assert {root.id: root.reply_count for root in roots} == {
            parent_id: len(answers) for parent_id, answers in tree.items()
        }
        assert roots == sorted(roots, key=lambda root: root.position)


@pytest.mark.parametrize("lengths", [(0, 1, 2, 3, 12), (0, 80, 80, 5)], ids=["short", "long"])
async def test_the_first_pages_of_many_branches_are_read_together(
    store: Store, lengths: Sequence[int]
) -> None:
    post_id, tree = await a_tree(store, lengths)
    for limit in (1, 2, 3, 100):
        pages = await store.comments.branches(post_id, list(tree), limit=limit)
        assert pages == {
            parent_id: Page(tuple(answers[:limit]), has_more=len(answers) > limit)
            for parent_id, answers in tree.items()
        }
    two = list(tree)[1:3]
    assert set(await store.comments.branches(post_id, two, limit=1)) == set(two)
    assert await store.comments.branches(post_id, [], limit=3) == {}


async def test_a_thousand_branches_are_read_together(store: Store) -> None:
    post = await publish(store)
    root = await comment_on(store, post.id)
    answer = await comment_on(store, post.id, parent_id=root.id)
    asked = [new_id() for _ in range(998)]
    pages = await store.comments.branches(post.id, [*asked, root.id, answer.id], limit=3)
    assert pages[root.id] == Page((answer,), has_more=False)
    assert pages[answer.id] == NOBODY
    assert not any(pages[name].rows for name in asked if name in pages)


@pytest.mark.parametrize("status", CommentStatus)
async def test_a_branch_has_only_replies_that_are_shown(store: Store, status: CommentStatus) -> None:
    post = await publish(store)
    root = await comment_on(store, post.id)
    answers = replies_to(root, 3, first=1)
    for answer in answers:
        await store.comments.add(answer)
    hidden = await comment_on(store, post.id, parent_id=root.id, id=numbered(0), status=status)
    shown = [hidden, *answers] if status is CommentStatus.APPROVED else answers
    pages = await store.comments.branches(post.id, [root.id, hidden.id], limit=3)
    assert pages[root.id] == Page(tuple(shown[:3]), has_more=len(shown) > 3)
    assert pages[hidden.id] == NOBODY
    assert await read_thread(store, post.id, branch=Branch(root.id), limit=2) == shown
    roots = await read_thread(store, post.id, branch=Branch(None))
    assert roots == [replace(root, reply_count=len(shown))]


async def test_a_branch_of_no_comment_of_this_post_is_empty(store: Store) -> None:
    post, other = await publish(store), await publish(store)
    elsewhere = await comment_on(store, other.id)
    await comment_on(store, other.id, parent_id=elsewhere.id)
    for parent_id in (new_id(), elsewhere.id, post.id):
        assert await read_thread(store, post.id, branch=Branch(parent_id)) == []
    assert await read_thread(store, post.id, branch=Branch(None)) == []
    with raises(NotFound, "post"):
        await store.comments.page(CommentQuery(post_id=new_id(), limit=9, branch=Branch(elsewhere.id)))
