"""Maps rows of working copies to domain values, and domain values to rows."""

from dataclasses import replace

from everpost.domain.people.users import Author
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import Revision, new_stamp
from everpost.domain.writing.working_copies import (
    PostState,
    WorkingCopy,
    WorkingCopyChange,
    WorkingCopyState,
)
from everpost.stores.sql.model.mappers import AnyRow, Values


def working_copy_of(row: AnyRow) -> WorkingCopy:
    """Return the working copy in a row."""
    return WorkingCopy(
        user_id=row.user_id,
        post_id=row.post_id,
        text=replace(row.text, title=row.title),
        base=row.base,
        updated_at=row.updated_at,
        version=row.version,
        stamp=row.stamp,
    )


def working_copy_state_of(row: AnyRow) -> WorkingCopyState:
    """Return the state of the working copy in a row, and that of its post."""
    return WorkingCopyState(
        post_id=row.post_id,
        title=row.title,
        base_updated_at=row.base_updated_at,
        updated_at=row.updated_at,
        revision=Revision(row.version, row.stamp),
        post=post_state_of(row),
    )


def post_state_of(row: AnyRow) -> PostState | None:
    """Return the state of the post in the columns `found_...` of a row; None if there is no post."""
    if row.found_id is None:
        return None
    return PostState(
        author=None if row.found_author_id is None else Author(id=row.found_author_id, name=""),
        status=PostStatus(row.found_status),
        publication_date=row.found_publication_date,
        updated_at=row.found_updated_at,
    )


def changed_values(change: WorkingCopyChange) -> Values:
    """Return the columns to write."""
    values: Values = {
        "title": change.text.title,
        "text": replace(change.text, title=None),
        "updated_at": change.updated_at,
    }
    if not change.keeps_base:
        base = change.base
        values |= {"base": base, "base_updated_at": None if base is None else base.updated_at}
    return values


def working_copy_values(copy: WorkingCopy) -> Values:
    """Return the complete row of a working copy."""
    change = WorkingCopyChange(
        user_id=copy.user_id,
        post_id=copy.post_id,
        text=copy.text,
        base=copy.base,
        updated_at=copy.updated_at,
    )
    identity = {"id": copy.id, "user_id": copy.user_id, "post_id": copy.post_id}
    return changed_values(change) | identity | {"version": copy.version, "stamp": new_stamp()}
