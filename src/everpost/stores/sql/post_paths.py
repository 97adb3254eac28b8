"""Old paths of posts that change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from everpost.domain.ids import Id
from everpost.domain.post_paths import Move, PermalinkRule, PostAddress, moves
from everpost.domain.posts import PostChange, PostKind, PostStatus
from everpost.stores.sql.engine import Call, Connections, Transaction
from everpost.stores.sql.model.mappers import AnyRow
from everpost.stores.sql.model.tables import BlogRow, PostPathRow, PostRow
from everpost.stores.sql.queries import selects

_SETTINGS = select(BlogRow.permalink, BlogRow.time_zone).where(BlogRow.number == 1)
_LOCKED = (
    select(
        *(PostRow.id, PostRow.slug, PostRow.publication_date, PostRow.kind, PostRow.status, PostRow.paths),
        *(
            _SETTINGS.with_only_columns(column).scalar_subquery().label(column.key)
            for column in (BlogRow.permalink, BlogRow.time_zone)
        ),
    )
    .where(PostRow.id == selects.ID)
    .with_for_update(key_share=True)
)
_PATH, _OTHER_PATH = (bindparam(name, type_=PostPathRow.path.type) for name in ("old_path", "other_path"))
_OF_OTHERS = select(PostPathRow.path).where(
    PostPathRow.path.in_((_PATH, _OTHER_PATH)), PostPathRow.post_id != selects.ID
)
_REMOVE = delete(PostPathRow).where(PostPathRow.path == _PATH, PostPathRow.post_id == selects.ID)
_ADD = insert(PostPathRow)


async def permalink_rule(connections: Connections) -> PermalinkRule:
    """Return the settings of the blog on which permalinks depend."""
    (row,) = await connections.fetch(_SETTINGS, {})
    return _rule_of(row)


class Moved(NamedTuple):
    """A change with the paths that the post has after it, and the statements that write their rows."""

    change: PostChange
    calls: Sequence[Call] = ()


async def move(id: Id, change: PostChange, transaction: Transaction) -> Moved:
    """Lock the post, if the change may move it, and complete the change. Addresses that the post leaves are
    added to its paths unless another post already has them.
    """
    if not moves(change):
        return Moved(change)
    row = (await transaction.execute(_LOCKED, {"this": id})).first()
    if row is None:  # the statement that writes will raise the reason
        return Moved(change)
    kind, status = PostKind(row.kind), PostStatus(row.status)
    address = PostAddress(row.id, row.slug, row.publication_date, kind, status)
    wanted = Move(change, address, row.paths, _rule_of(row))
    paths = wanted.paths_after()
    if added_paths := wanted.added_paths:
        old, other = added_paths[0], added_paths[-1]
        rows = await transaction.execute(_OF_OTHERS, {"this": id, "old_path": old, "other_path": other})
        paths = wanted.paths_after(taken=[each.path for each in rows])
    removed = [(_REMOVE, {"this": id, "old_path": path}) for path in row.paths if path not in paths]
    added = [(_ADD, {"post_id": id, "path": path}) for path in paths if path not in row.paths]
    return Moved(replace(change, paths=paths), [*removed, *added])


def _rule_of(row: AnyRow) -> PermalinkRule:
    return PermalinkRule(row.permalink, row.time_zone)
