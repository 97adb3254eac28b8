"""Moving posts to the trash, restoring them, and removing those that have been there for long."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, bindparam, func, literal_column, null, select, update

from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostStatus
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import InTrash, NotFound, NotInTrash, Stale
from everpost.stores.preconditions import Preconditions
from everpost.stores.sql.engine import Call, Connections, Transaction
from everpost.stores.sql.model.mappers import posts_with_threads
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.model.types import Moment
from everpost.stores.sql.post_changes import PostUpdater, tagging
from everpost.stores.sql.queries import post_queries, selects
from everpost.stores.sql.queries.preconditions import (
    IN_TRASH,
    STAMP,
    TRASHED,
    new_stamp_value,
    require_preconditions,
    with_preconditions,
)
from everpost.stores.sql.queries.saved_copies import removal_of

_MOMENT = bindparam("moment", type_=Moment)
_CHANGED = ((PostRow.updated_at, _MOMENT), (PostRow.version, PostRow.version + 1), (PostRow.stamp, STAMP))
_DRAFT = literal_column(f"'{PostStatus.DRAFT}'", PostRow.status.type)
_THIS = update(PostRow).where(PostRow.id == selects.ID)
# MySQL assigns one column after the other, and sees the new values of those before.
_MOVE = _THIS.ordered_values(
    (PostRow.former_status, PostRow.status),
    (PostRow.status, TRASHED),
    (PostRow.trashed_at, _MOMENT),
    *_CHANGED,
)
_RESTORE = _THIS.ordered_values(
    (PostRow.status, func.coalesce(PostRow.former_status, _DRAFT)),
    (PostRow.former_status, null()),
    (PostRow.trashed_at, null()),
    *_CHANGED,
)
_EXPIRED = (
    select(PostRow.id)
    .where(PostRow.trashed_at < bindparam("trashed_before", type_=Moment), IN_TRASH)
    .order_by(PostRow.trashed_at)
    .limit(selects.LIMIT)
)


class TrashedPosts:
    """The part of `Trash` for posts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._updater = PostUpdater(connections)

    async def move(
        self, id: Id, preconditions: Preconditions, moment: datetime, discarded_copy: SavedCopy | None
    ) -> None:
        """Move a post to the trash. Raises NotFound, Forbidden, Stale."""
        calls = [*tagging(id, None), *removal_of(discarded_copy, id)]

        async def work(transaction: Transaction) -> None:
            await _write(transaction, _MOVE, id, preconditions, moment)
            await transaction.execute_all(calls)

        try:
            await self._connections.transact(work)
        except InTrash as error:
            raise NotFound("post", id) from error

    async def restore(self, id: Id, preconditions: Preconditions, moment: datetime, comments: int) -> Post:
        """Restore a post. Raises NotFound, Forbidden, NotInTrash, Stale."""
        calls: Sequence[Call] = [*tagging(id, None), post_queries.posts([id], comments)]

        async def work(transaction: Transaction) -> Post:
            await _write(transaction, _RESTORE, id, preconditions, moment)
            restored = (await transaction.execute_all(calls))[-1]
            return posts_with_threads(restored.rows)[id]

        return await self._connections.transact(work)

    async def remove_expired(self, before: datetime, limit: int) -> int:
        """Remove posts that were moved to the trash before this time, and return their number."""
        expired = await self._connections.fetch(_EXPIRED, {"trashed_before": before, "limit": limit})
        number = 0
        for row in expired:
            preconditions = Preconditions(None, None, in_trash=True, trashed_before=before)
            try:
                await self._updater.remove(row.id, preconditions)
            except (NotFound, NotInTrash, Stale):  # removed or restored meanwhile
                continue
            number += 1
        return number


async def _write(
    transaction: Transaction, writing: Update, id: Id, preconditions: Preconditions, moment: datetime
) -> None:
    values = {"this": id, "moment": moment, **new_stamp_value()}
    call = with_preconditions(preconditions, writing, values)
    while not (await transaction.execute(*call)).matched:
        found = await transaction.execute(selects.FIND_POST, {"this": id})
        require_preconditions(preconditions, id, found.first())
