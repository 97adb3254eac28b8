"""The port's `PreviewLinks` on MongoDB."""

from collections.abc import Sequence

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.stores.batching import KeyedLocks
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.post_changes import PostUpdater
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.preconditions import Preconditions

_NONCE: Filter = {"preview_nonce": 1}


class MongoPreviewLinks(Part):
    """Nonces, each a field of its post's document."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: AuthorNames) -> None:
        self._posts = collections.posts
        self._updater = PostUpdater(collections, transactions, authors, KeyedLocks())

    @reads
    async def nonce(self, post_id: Id) -> int | None:
        document = await self._posts.find_one({"_id": ObjectId(post_id)}, _NONCE)
        return None if document is None else document.get("preview_nonce")

    @writes
    async def create(self, post_id: Id, nonce: int, *, owner_id: Id | None) -> int:
        update: Sequence[Filter] = [{"$set": {"preview_nonce": {"$ifNull": ["$preview_nonce", nonce]}}}]
        document = await self._updater.write(post_id, Preconditions(None, owner_id), update, _NONCE)
        return document["preview_nonce"]

    @writes
    async def revoke(self, post_id: Id, *, owner_id: Id | None) -> None:
        update: Filter = {"$unset": {"preview_nonce": ""}}
        preconditions = Preconditions(None, owner_id, in_trash=None)
        await self._updater.write(post_id, preconditions, update, {"_id": 1})
