"""The port's `Records` on MongoDB."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.media.files import MediaFile
from everpost.domain.people.tokens import Token
from everpost.domain.people.users import User
from everpost.domain.posts import Post
from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Batch, Transfer
from everpost.errors import Conflict
from everpost.stores.mongo.bulk.people import PeopleWriter
from everpost.stores.mongo.bulk.record_collections import (
    RecordCollection,
    media_collection,
    passkey_collection,
    removed_comment_collection,
    revision_collection,
    working_copy_collection,
)
from everpost.stores.mongo.bulk.snapshots import MongoSnapshot
from everpost.stores.mongo.bulk.spool import Spool
from everpost.stores.mongo.bulk.threads import ThreadWriter
from everpost.stores.mongo.engine.errors import is_duplicate
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, TRANSFER
from everpost.stores.mongo.settings import renew_names

Kind = TypeVar("Kind")


class MongoRecords(Part):
    """Reads a whole blog from the database, and writes batches of records into it."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        garbage: GarbageCollector,
        others: Sequence[RecordCollection[Any]] = (),
    ) -> None:
        """`others`: additional kinds of records, in the order of a stream."""
        self.kinds = Kinds(*KINDS, *(each.kind for each in others))
        self._media = media_collection(collections)
        self._others = (
            self._media,
            removed_comment_collection(collections),
            revision_collection(collections),
            working_copy_collection(collections),
            passkey_collection(collections),
            *others,
        )
        self._collections = collections
        self._transactions = transactions
        self._garbage = garbage
        self._people = PeopleWriter(collections)
        self._threads = ThreadWriter(collections)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[MongoSnapshot]:
        with closing(Spool(self._others)) as spool:
            async with self._transactions.snapshot() as session:
                yield MongoSnapshot(spool, self._collections, session)

    @writes
    async def write(self, batch: Batch) -> None:
        """Tries to insert the records, which is faster, and replaces them if some exist already."""
        if not batch.erased:
            try:
                await self._transactions.run(partial(self._write, batch, are_new=True))
            except BulkWriteError as error:
                if not is_duplicate(error):
                    raise
            else:
                return
        await self._replace(batch)

    async def _replace(self, batch: Batch) -> None:
        """Erase and keep the records of the batch. Erasing users and posts, and deleting the garbage of
        removed ones with the same ids, can take any number of writes, so that is done first. The rest is one
        transaction.
        """
        if users := _of_type(User, batch.erased):
            await self._people.erase_users(users)
        for user_id in await self._removed(self._collections.users, _of_type(User, batch.kept)):
            await self._garbage.free_user(user_id)
        if posts := _of_type(Post, batch.erased):
            await self._threads.erase_posts(posts)
            self._garbage.collect_soon()
        for post_id in await self._removed(self._collections.posts, _of_type(Post, batch.kept)):
            await self._garbage.free_post(post_id)
        await self._transactions.run(partial(self._write, batch, are_new=False))

    async def _removed(
        self, collection: AsyncCollection[Any], records: Sequence[User] | Sequence[Post]
    ) -> Sequence[ObjectId]:
        """The ids of those records whose posts or users were removed."""
        if not records:
            return []
        ids = [ObjectId(record.id) for record in records]
        removed: Filter = {"_id": {"$in": ids}, "removed_at": {"$exists": True}}
        return [each["_id"] async for each in collection.find(removed, {"_id": 1})]

    async def _write(self, batch: Batch, session: Session, *, are_new: bool) -> None:
        people = self._people
        await people.keep_settings(_of_type(Blog, batch.kept), session)
        if tokens := _of_type(Token, batch.erased):
            await people.erase_tokens(tokens, session)
        if users := _of_type(User, batch.kept):
            await (people.add_users if are_new else people.keep_users)(users, session)
        if tokens := _of_type(Token, batch.kept):
            await people.keep_tokens(tokens, session)
        await self._threads.forget_media(_of_type(MediaFile, batch.erased), session)
        await self._media.write(batch, session, erased_owners=())
        await self._threads.recall_media(_of_type(MediaFile, batch.kept), session)
        posts, comments = _of_type(Post, batch.kept), _of_type(Comment, batch.kept)
        if are_new:
            await self._threads.add(posts, comments, session)
        else:
            await self._threads.write(posts, comments, _of_type(Comment, batch.erased), session)
        erased_posts = [ObjectId(post.id) for post in _of_type(Post, batch.erased)]
        for each in self._others[1:]:
            await each.write(batch, session, erased_owners=erased_posts)
        await renew_names(self._collections, session)

    @reads
    async def transfer(self) -> Transfer | None:
        document = await self._collections.transfers.find_one({"_id": TRANSFER})
        if document is None:
            return None
        return Transfer(origin=document["origin"], digest=document.get("digest"))

    @writes
    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        """Checks that the blog is empty both before and after recording the move. A process that opens the
        database after that refuses to write to it.
        """
        transfers = self._collections.transfers
        if latest is not None:
            change: Filter = {"$set": {"origin": origin}, "$unset": {"digest": ""}}
            if (await transfers.update_one(_is_latest(latest), change)).matched_count == 0:
                raise Conflict("blog", "transfer")
            return
        await self._require_empty()
        try:
            await transfers.insert_one({"_id": TRANSFER, "origin": origin})
        except DuplicateKeyError as error:
            raise Conflict("blog", "transfer") from error
        try:
            await self._require_empty()
        except Conflict:
            await transfers.delete_one({"_id": TRANSFER})
            raise

    @writes
    async def finish(self, transfer: Transfer) -> None:
        under_way = _is_latest(Transfer(origin=transfer.origin))
        change: Filter = {"$set": {"digest": transfer.digest}}
        if (await self._collections.transfers.update_one(under_way, change)).matched_count == 0:
            raise Conflict("blog", "transfer")

    async def _require_empty(self) -> None:
        user = await self._collections.users.find_one(LIVING, {"_id": 1})
        post = await self._collections.posts.find_one(LIVING, {"_id": 1})
        settings = await self._collections.blog.find_one({"version": {"$gt": 1}}, {"_id": 1})
        others = [await each.collection.find_one({}, {"_id": 1}) for each in self._others]
        if any(found is not None for found in (user, post, settings, *others)):
            raise Conflict("blog", "transfer")


def _is_latest(transfer: Transfer) -> Filter:
    """The condition that this is the latest move."""
    digest = {"$exists": False} if transfer.digest is None else transfer.digest
    return {"_id": TRANSFER, "origin": transfer.origin, "digest": digest}


def _of_type(kind: type[Kind], records: Sequence[object]) -> Sequence[Kind]:
    return [record for record in records if isinstance(record, kind)]
