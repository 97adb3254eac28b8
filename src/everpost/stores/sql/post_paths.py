"""Old paths of posts that change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from everpost.domain.ids import Id
from everpost.domain.post_paths import PostAddress, moves, paths_after
from everpost.domain.posts import PostChange, PostStatus
from everpost.stores.sql.engine import Call, Transaction
from everpost.stores.sql.model.tables import PostPathRow, PostRow
from everpost.stores.sql.queries import selects

_LOCKED = (
    select(PostRow.slug, PostRow.publication_date, PostRow.status, PostRow.paths)
    .where(PostRow.id == selects.ID)
    .with_for_update(key_share=True)
)
_PATH = bindparam("old_path", type_=PostPathRow.path.type)
_OF_OTHERS = select(PostPathRow.path).where(PostPathRow.path == _PATH, PostPathRow.post_id != selects.ID)
_REMOVE = delete(PostPathRow).where(PostPathRow.path == _PATH, PostPathRow.post_id == selects.ID)
_ADD = insert(PostPathRow)


class Move(NamedTuple):
    """A change with the paths that the post has after it, and the statements that write their rows."""

    change: PostChange
    calls: Sequence[Call] = ()


async def move(id: Id, change: PostChange, transaction: Transaction) -> Move:
    """Lock the post, if the change may move it, and complete the change. The old permalink is added to the
    paths unless another post already has it.
    """
    if not moves(change):
        return Move(change)
    row = (await transaction.execute(_LOCKED, {"this": id})).first()
    if row is None:  # the statement that writes will raise the reason
        return Move(change)
    address = PostAddress(row.slug, row.publication_date, PostStatus(row.status))
    paths = paths_after(change, address, row.paths)
    if address.permalink in paths and address.permalink not in (*row.paths, *(change.paths or ())):
        others = await transaction.execute(_OF_OTHERS, {"this": id, "old_path": address.permalink})
        if others.first() is not None:
            paths = paths_after(change, address, row.paths, keeps_permalink=False)
    removed = [(_REMOVE, {"this": id, "old_path": path}) for path in row.paths if path not in paths]
    added = [(_ADD, {"post_id": id, "path": path}) for path in paths if path not in row.paths]
    return Move(replace(change, paths=paths), [*removed, *added])
