"""Moving posts to the trash, restoring them, and removing those that have been there for long."""

from collections.abc import Sequence
from datetime import datetime

from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostStatus
from everpost.domain.revisions import new_stamp
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import InTrash, NotFound, NotInTrash, Stale
from everpost.stores.batching import KeyedLocks
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import place_condition, post_projection, read_post
from everpost.stores.mongo.post_changes import PostUpdater
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.preconditions import Preconditions


class TrashedPosts:
    """The part of `Trash` for posts."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
    ) -> None:
        self._posts = collections.posts
        self._authors = authors
        self._garbage = garbage
        self._updater = PostUpdater(collections, transactions, authors, KeyedLocks())

    async def move(
        self, id: Id, preconditions: Preconditions, moment: datetime, discarded_copy: SavedCopy | None
    ) -> None:
        """Move a post to the trash. Raises NotFound, Forbidden, Stale."""
        moved = {"former_status": "$status", "status": PostStatus.TRASHED.value, "trashed_at": moment}
        update = [{"$set": moved | _changed(moment)}]
        try:
            await self._updater.write(id, preconditions, update, {"_id": 1}, copy=discarded_copy)
        except InTrash as error:
            raise NotFound("post", id) from error

    async def restore(self, id: Id, preconditions: Preconditions, moment: datetime, comments: int) -> Post:
        """Restore a post. Raises NotFound, Forbidden, NotInTrash, Stale."""
        former: Filter = {"status": {"$ifNull": ["$former_status", PostStatus.DRAFT.value]}}
        update: Sequence[Filter] = [
            {"$set": former | _changed(moment)},
            {"$unset": ["former_status", "trashed_at"]},
        ]
        document = await self._updater.write(id, preconditions, update, post_projection(comments))
        (post,) = await self._authors.name_posts([read_post(document)])
        return post

    async def remove_expired(self, before: datetime, limit: int) -> int:
        """Remove posts that were moved to the trash before this time, and return their number."""
        expired = place_condition(in_trash=True, before=before)
        found = self._posts.find(expired, {"_id": 1}).sort("trashed_at").limit(limit)
        number = 0
        for post in await found.to_list():
            preconditions = Preconditions(None, None, in_trash=True, trashed_before=before)
            try:
                await self._updater.remove(Id(str(post["_id"])), preconditions, None)
            except (NotFound, NotInTrash, Stale):  # removed or restored meanwhile
                continue
            number += 1
        if number:
            self._garbage.collect_soon()
        return number


def _changed(moment: datetime) -> Filter:
    return {"updated_at": moment, "version": {"$add": ["$version", 1]}, "stamp": {"$literal": new_stamp()}}
