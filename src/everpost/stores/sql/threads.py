"""What a change of one comment changes around it: its post, and the comments above it."""

from sqlalchemy import bindparam, select, update

from everpost.domain.admissions import Admission
from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.errors import EverpostError, Invalid, NotFound, Stale
from everpost.stores.sql import reading
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.matching import NAMED_ALIKE, admitted, admitting
from everpost.stores.sql.tables import CommentRow, PostRow

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


async def touch(
    transaction: Transaction,
    post_id: Id,
    *,
    more: int = 0,
    changes: int = 1,
    admission: Admission | None = None,
) -> None:
    """Count changes of the thread, and so many approved comments more; this keeps other writers away
    from the post until the end. NotFound, Stale, Invalid.
    """
    parameters = {"of_post": post_id, "more": more, "changes": changes} | admitting(admission)
    if not (await transaction.execute(admitted(admission, _TOUCH), parameters)).matched:
        raise await _refusal(transaction, post_id, admission)


async def _refusal(transaction: Transaction, post_id: Id, admission: Admission | None) -> EverpostError:
    """Why the post took no comment."""
    if (await transaction.execute(reading.POST_IS_THERE, {"this": post_id})).first() is None:
        return NotFound("post", post_id)
    if admission is not None and admission.name_keys:
        keys = {"name_keys": sorted(admission.name_keys)}
        if (await transaction.execute(NAMED_ALIKE, keys)).first() is not None:
            return Invalid("name", "looks like the name of a user of this blog")
    return Stale("post", post_id)


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
