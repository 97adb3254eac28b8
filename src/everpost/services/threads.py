"""Threads as trees."""

from collections.abc import Mapping, Sequence

from everpost.domain.comments import LEVELS_SHOWN, REPLIES_SHOWN, Comment, CommentQuery, Node
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.stores.port import Store


async def page_thread(store: Store, query: CommentQuery) -> Page[Comment]:
    """A page of the shown comments, oldest first. Raises NotFound (the post)."""
    return await store.comments.page(query)


async def page_tree(store: Store, query: CommentQuery) -> Page[Node]:
    """A page of a branch, each comment with the first of its replies, and these with the first of theirs, for
    a few levels. Each level takes one query. Raises NotFound (the post).
    """
    page = await store.comments.page(query)
    branches: dict[Id, Page[Comment]] = {}
    level: Sequence[Comment] = page.rows
    for _ in range(LEVELS_SHOWN):
        parents = [comment.id for comment in level if comment.reply_count]
        if not parents:
            break
        found = await store.comments.branches(query.post_id, parents, limit=REPLIES_SHOWN)
        branches |= found
        level = [reply for branch in found.values() for reply in branch.rows]
    return Page(tuple(_node(comment, branches) for comment in page.rows), has_more=page.has_more)


def _node(comment: Comment, branches: Mapping[Id, Page[Comment]]) -> Node:
    branch = branches.get(comment.id)
    if branch is None:
        return Node(comment, has_more=comment.reply_count > 0)
    return Node(comment, tuple(_node(reply, branches) for reply in branch.rows), has_more=branch.has_more)
