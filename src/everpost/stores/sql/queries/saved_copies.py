"""Statements that remove working copies together with a write to their post, or with the post."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from everpost.domain.ids import Id
from everpost.domain.writing.saved_copies import SavedCopy, working_copy_id
from everpost.stores.sql.engine import Call
from everpost.stores.sql.model.tables import WorkingCopyRow

REMOVE_SAVED = delete(WorkingCopyRow).where(
    WorkingCopyRow.id == bindparam("saved_copy", type_=WorkingCopyRow.id.type),
    WorkingCopyRow.version == bindparam("saved_version", type_=WorkingCopyRow.version.type),
    WorkingCopyRow.stamp == bindparam("saved_stamp", type_=WorkingCopyRow.stamp.type),
)


def removal_of(saved_copy: SavedCopy | None, post_id: Id) -> Sequence[Call]:
    """Return the statement that removes a working copy that has been saved into this post, or that is
    discarded with it, if there is one.
    """
    if saved_copy is None:
        return ()
    revision = saved_copy.revision
    values = {
        "saved_copy": working_copy_id(saved_copy.user_id, post_id),
        "saved_version": revision.version,
        "saved_stamp": revision.stamp,
    }
    return ((REMOVE_SAVED, values),)
