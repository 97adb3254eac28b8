"""What a change of one comment changes around it: its post, and the comments above it."""

from sqlalchemy import bindparam, select, update

from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.errors import NotFound
from everpost.stores.sql import reading
from everpost.stores.sql.tables import CommentRow, PostRow
from everpost.stores.sql.transactions import Transaction

_TOUCH = (
    update(PostRow)
    .where(PostRow.id == reading.POST_ID)
    .values(
        version=PostRow.version + bindparam("changes"),
        comment_count=PostRow.comment_count + bindparam("more"),
    )
)
_OF_THE_POST = (CommentRow.id == reading.ID, CommentRow.post_id == reading.POST_ID)
_ABOVE = select(CommentRow.parent_id, CommentRow.status, CommentRow.reply_count, CommentRow.is_shown).where(
    *_OF_THE_POST
)
_SHOW = update(CommentRow).where(*_OF_THE_POST).values(is_shown=bindparam("shown"))
_SETTLE = _SHOW.values(reply_count=bindparam("replies"))


async def touch(transaction: Transaction, post_id: Id, *, more: int = 0, changes: int = 1) -> None:
    """Count changes of the thread, and so many approved comments more; this keeps other writers away
    from the post until the end. NotFound.
    """
    parameters = {"of_post": post_id, "more": more, "changes": changes}
    if not (await transaction.execute(_TOUCH, parameters)).matched:
        raise NotFound("post", post_id)


async def show(transaction: Transaction, post_id: Id, id: Id, *, is_shown: bool) -> None:
    """Let the public see the comment, or no longer."""
    await transaction.execute(_SHOW, {"of_post": post_id, "this": id, "shown": is_shown})


async def settle(transaction: Transaction, post_id: Id, id: Id, *, more: int) -> None:
    """The comment has so many shown replies more. A tombstone is shown for their sake, and that in turn
    may be the first or the last reply shown of what is above it.
    """
    above: Id | None = id
    while above is not None and more:
        this = {"of_post": post_id, "this": above}
        row = (await transaction.execute(_ABOVE, this)).first()
        if row is None:
            return
        replies = row.reply_count + more
        is_shown = row.status == CommentStatus.APPROVED or replies > 0
        await transaction.execute(_SETTLE, {**this, "replies": replies, "shown": is_shown})
        above, more = row.parent_id, is_shown - row.is_shown
