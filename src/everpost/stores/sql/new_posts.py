"""Adding posts, with or without a thread."""

from collections.abc import Sequence

from sqlalchemy import insert

from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Conflict
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.media import uses
from everpost.stores.sql.model.mappers import (
    Values,
    comment_values,
    path_values,
    post_values,
    tag_values,
)
from everpost.stores.sql.model.tables import CommentRow, PostPathRow, PostRow, PostTagRow
from everpost.stores.sql.queries import writable_ctes
from everpost.stores.sql.queries.saved_copies import removal_of

_ADD = insert(PostRow)
_ADD_TAG = insert(PostTagRow)
_ADD_PATH = insert(PostPathRow)
_ADD_COMMENTS = insert(CommentRow)
_SHORT_THREAD = 100
"""A post with at most this many comments is added within the time limit of any other write."""


async def insert_post(
    connections: Connections, post: Post, thread: Sequence[Comment], saved_copy: SavedCopy | None
) -> None:
    """Insert a post with its thread, and remove a working copy. Raises an error of `VIOLATED`; Conflict for
    the id of a comment.
    """
    values = post_values(post) | {"stamp": post.stamp}
    tags, paths, used = tag_values(post), path_values(post), uses.uses_of(post)
    comments = [comment_values(comment) for comment in thread]
    saved = removal_of(saved_copy, post.id)

    async def work(transaction: Transaction) -> None:
        parts = (*((_ADD_TAG, tag) for tag in tags), *((_ADD_PATH, path) for path in paths))
        await transaction.execute_all([(_ADD, values), *parts, *uses.additions(post), *saved])
        if comments:
            await _add_thread(transaction, comments)

    if not (tags or paths or comments or saved or used):
        await connections.change(_ADD, values)
    elif connections.dialect.name == "postgresql" and not (paths or comments or saved):
        parameters = writable_ctes.new(values) | writable_ctes.each_tag(post.tags)
        adding = writable_ctes.adding_post(uses_media=bool(used))
        await connections.change_returning(adding, parameters | (uses.each_use(used) if used else {}))
    else:
        await connections.transact(work, time_limited=len(comments) <= _SHORT_THREAD)


async def _add_thread(transaction: Transaction, comments: Sequence[Values]) -> None:
    try:
        await transaction.execute(_ADD_COMMENTS, comments)
    except VIOLATED as error:
        raise Conflict("comment", "id") from error
