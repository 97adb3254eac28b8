"""Keeping the words of comments that are removed."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from everpost.domain.ids import Id
from everpost.domain.trash.removed_comments import Removal
from everpost.stores.sql.engine import Call
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.removed_comments import RemovedCommentRow
from everpost.stores.sql.model.tables import CommentRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries import selects

_REMOVAL = ("removed_at", "removed_by_id")
_COPIED = [column.key for column in RemovedCommentRow.__table__.columns if column.key not in _REMOVAL]
# The id can be that of an earlier comment, which was removed, too.
_FORGET = delete(RemovedCommentRow).where(RemovedCommentRow.id == selects.ID)
_KEEP = insert(RemovedCommentRow).from_select(
    [*_COPIED, *_REMOVAL],
    select(
        *(CommentRow.__table__.c[name] for name in _COPIED),
        bindparam("removed_at", type_=Moment),
        bindparam("removed_by", type_=IdText),
    ).where(CommentRow.id == selects.ID, CommentRow.post_id == selects.POST_ID),
)


def keeping(removal: Removal, post_id: Id, id: Id) -> Sequence[Call]:
    """Return the statements that keep a comment before it is removed."""
    removed: Values = {"removed_at": removal.removed_at, "removed_by": removal.removed_by_id}
    return ((_FORGET, {"this": id}), (_KEEP, {"of_post": post_id, "this": id, **removed}))
