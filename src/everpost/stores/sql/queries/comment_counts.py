"""Updates around a changed comment: to its post, and to the comments above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from everpost.domain.comment_preconditions import CommentPreconditions
from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import PostStatus
from everpost.errors import EverpostError, InTrash, Invalid, NotFound, Stale
from everpost.stores.sql.engine import Call, Result, Transaction
from everpost.stores.sql.model.tables import CommentRow, PostRow
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.preconditions import (
    NAMED_ALIKE,
    OUTSIDE_TRASH,
    STAMP,
    new_stamp_value,
    with_comment_preconditions,
)

_UPDATE_POST = (
    update(PostRow)
    .where(PostRow.id == selects.POST_ID)
    .values(
        version=PostRow.version + bindparam("changes"),
        comment_count=PostRow.comment_count + bindparam("more"),
        stamp=STAMP,
    )
)
_UPDATE_THREAD = _UPDATE_POST.where(OUTSIDE_TRASH)
_OF_THE_POST = (CommentRow.id == selects.ID, CommentRow.post_id == selects.POST_ID)
_ABOVE = select(CommentRow.parent_id, CommentRow.status, CommentRow.reply_count, CommentRow.is_shown).where(
    *_OF_THE_POST
)
_SET_SHOWN = update(CommentRow).where(*_OF_THE_POST).values(is_shown=bindparam("shown"))
_ANSWER = (
    update(CommentRow).where(*_OF_THE_POST).values(reply_count=CommentRow.reply_count + bindparam("replies"))
)
_SET_REPLIES = _SET_SHOWN.values(reply_count=bindparam("replies"))


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """A change to a thread: how many changes to count, and how many approved comments to add."""

    post_id: Id
    more: int = 0
    changes: int = 1
    preconditions: CommentPreconditions | None = None
    is_import: bool = False
    """Whether the post may be in the trash."""

    @property
    def call(self) -> Call:
        """The statement with its parameters."""
        parameters = {"of_post": self.post_id, "more": self.more, "changes": self.changes}
        statement = _UPDATE_POST if self.is_import else _UPDATE_THREAD
        return with_comment_preconditions(self.preconditions, statement, parameters | new_stamp_value())


async def update_thread(transaction: Transaction, change: ThreadChange, *reads: Call) -> Sequence[Result]:
    """Update the post, which locks it until the end of the transaction, then run these reads and return their
    results. Raises NotFound, InTrash, Invalid, Stale.
    """
    updated, *results = await transaction.execute_all([change.call, *reads])
    if not updated.matched:
        raise await _refusal(transaction, change.post_id, change.preconditions)
    return results


async def _refusal(
    transaction: Transaction, post_id: Id, preconditions: CommentPreconditions | None
) -> EverpostError:
    """Return the reason why the post accepts no comment."""
    post = (await transaction.execute(selects.FIND_POST, {"this": post_id})).first()
    if post is not None and post.status == PostStatus.TRASHED:
        return InTrash()
    if post is None or preconditions is None:  # in the latter case, another post has its id since
        return NotFound("post", post_id)
    if preconditions.name_keys:
        keys = {"name_keys": sorted(preconditions.name_keys)}
        if (await transaction.execute(NAMED_ALIKE, keys)).first() is not None:
            return Invalid("name", "is too similar to the name of a user of this blog")
    return Stale("post", post_id)


async def set_shown(transaction: Transaction, post_id: Id, id: Id, *, is_shown: bool) -> None:
    """Show or hide a comment."""
    await transaction.execute(_SET_SHOWN, {"of_post": post_id, "this": id, "shown": is_shown})


def reply_count_change(post_id: Id, id: Id, *, replies: int) -> Call:
    """Return a statement that adds this many shown replies to the count of an approved comment."""
    return _ANSWER, {"of_post": post_id, "this": id, "replies": replies}


async def add_shown_replies(transaction: Transaction, post_id: Id, id: Id, *, more: int) -> None:
    """Add this many shown replies to the count of a comment. That may show or hide a tombstone, which may in
    turn be the first or last shown reply of the comment above it.
    """
    above: Id | None = id
    while above is not None and more:
        this = {"of_post": post_id, "this": above}
        row = (await transaction.execute(_ABOVE, this)).first()
        if row is None:
            return
        replies = row.reply_count + more
        is_shown = row.status == CommentStatus.APPROVED or replies > 0
        await transaction.execute(_SET_REPLIES, {**this, "replies": replies, "shown": is_shown})
        above, more = row.parent_id, is_shown - row.is_shown
