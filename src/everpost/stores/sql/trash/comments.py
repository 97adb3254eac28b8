"""Removed comments: keeping their words, restoring them, and forgetting them."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.trash.removed_comments import (
    RemovedComment,
    RemovedCommentQuery,
    is_tombstone,
)
from everpost.errors import Conflict, NotFound, ParentRemoved
from everpost.stores.sql.comments import SAVE, propagate
from everpost.stores.sql.engine import Call, Connections, Transaction
from everpost.stores.sql.model.mappers import Values, comment_of
from everpost.stores.sql.model.removed_comments import RemovedCommentRow, removed_comment_of
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.new_comments import insert_comments
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.comment_counts import ThreadChange, update_thread
from everpost.stores.sql.queries.keyset import POSITION, Before, position_values
from everpost.stores.sql.queries.preconditions import OUTSIDE_TRASH, new_stamp_value, with_values

_TABLE = RemovedCommentRow.__table__
_OF_THE_POST = (RemovedCommentRow.id == selects.ID, RemovedCommentRow.post_id == selects.POST_ID)
_READ = select(_TABLE).where(*_OF_THE_POST)
_FORGET = delete(RemovedCommentRow).where(RemovedCommentRow.id == selects.ID)
_BEFORE = bindparam("removed_before", type_=Moment)
_EXPIRED = (
    select(RemovedCommentRow.id)
    .where(RemovedCommentRow.removed_at < _BEFORE)
    .order_by(RemovedCommentRow.removed_at)
    .limit(selects.LIMIT)
)
_REMOVE_EXPIRED = delete(RemovedCommentRow).where(
    RemovedCommentRow.id.in_(bindparam("expired", expanding=True, type_=IdText)),
    RemovedCommentRow.removed_at < _BEFORE,
)
_WORDS = ("content", "status", "author_id", "guest_name", "key_digest", "editor_id", "edited_at")
"""The columns that a tombstone has lost."""


class RemovedComments:
    """The part of `Trash` for comments."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def page(self, query: RemovedCommentQuery) -> Page[RemovedComment]:
        """Return a page of removed comments."""
        statement = select(_TABLE).join(PostRow, PostRow.id == RemovedCommentRow.post_id).where(OUTSIDE_TRASH)
        values: Values = {"limit": query.limit + 1}
        if query.post_author_id is not None:
            statement = statement.where(PostRow.author_id == bindparam("post_author", type_=IdText))
            values["post_author"] = query.post_author_id
        order = (RemovedCommentRow.removed_at, RemovedCommentRow.id)
        if query.after is not None:
            statement = statement.where(Before(*order, *POSITION))
            values |= position_values(query.after)
        statement = statement.order_by(*(each.desc() for each in order)).limit(selects.LIMIT)
        rows = await self._connections.fetch(statement, values)
        return Page.of([*map(removed_comment_of, rows)], query.limit)

    async def restore(self, post_id: Id, id: Id) -> Comment:
        """Restore a comment. Raises NotFound, InTrash, Conflict, ParentRemoved."""
        this: Values = {"of_post": post_id, "this": id}

        async def work(transaction: Transaction) -> Comment:
            reads: list[Call] = [(_READ, this), (selects.COMMENT, this)]
            kept, there = await update_thread(transaction, ThreadChange(post_id), *reads)
            row, before = kept.first(), there.first()
            if row is None or not (await transaction.execute(_FORGET, {"this": id})).matched:
                raise NotFound("comment", id)  # in the latter case, it has just expired
            removed = removed_comment_of(row)
            if before is None:
                await _add_again(transaction, removed)
            else:
                await _revive(transaction, comment_of(before), removed)
            return comment_of((await transaction.execute(selects.COMMENT, this)).one())

        return await self._connections.transact(work)

    async def remove_expired(self, before: datetime, limit: int) -> int:
        """Forget comments that were removed before this time, and return their number."""
        values: Values = {"removed_before": before}
        expired = [row.id for row in await self._connections.fetch(_EXPIRED, {**values, "limit": limit})]
        if not expired:
            return 0
        return await self._connections.change(_REMOVE_EXPIRED, {**values, "expired": expired})


async def _revive(transaction: Transaction, before: Comment, removed: RemovedComment) -> None:
    """Give a tombstone its text back."""
    if not is_tombstone(before):  # another comment with the same id
        raise Conflict("comment", "id")
    words = {name: getattr(removed, name) for name in _WORDS}
    saving, values = with_values(SAVE, words)
    this: Values = {"of_post": removed.post_id, "this": removed.id}
    await transaction.execute(saving, values | this | new_stamp_value())
    after = comment_of((await transaction.execute(selects.COMMENT, this)).one())
    await propagate(transaction, before, after)


async def _add_again(transaction: Transaction, removed: RemovedComment) -> None:
    """Add a comment again of which no tombstone stayed."""
    known: dict[Id, Comment] = {}
    if removed.parent_id is not None:
        parent = {"of_post": removed.post_id, "this": removed.parent_id}
        row = (await transaction.execute(selects.COMMENT, parent)).first()
        if row is None:
            raise ParentRemoved(removed.parent_id)
        known[removed.parent_id] = comment_of(row)
    depth = 0 if removed.parent_id is None else known[removed.parent_id].depth + 1
    comment = removed.again(depth=depth, version=removed.version + 1)
    await insert_comments(transaction, [comment], known)
    if comment.status is CommentStatus.APPROVED:
        await update_thread(transaction, ThreadChange(removed.post_id, more=1, changes=0))
