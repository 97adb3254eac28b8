"""The port's `Records` on MongoDB."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from typing import TypeVar

from pymongo.errors import DuplicateKeyError

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Batch, Transfer
from everpost.domain.revisions import new_stamp
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.errors import Conflict
from everpost.stores.mongo.authors import LIVING
from everpost.stores.mongo.collecting import Collector
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import TRANSFER
from everpost.stores.mongo.engine.connection import Client
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.inheriting import Notary
from everpost.stores.mongo.moving_people import PeopleWriter
from everpost.stores.mongo.moving_threads import ThreadMover
from everpost.stores.mongo.people import BLOG
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.snapshots import MongoSnapshot
from everpost.stores.mongo.spool import Spool
from everpost.stores.mongo.sweeping import Sweeper

Kind = TypeVar("Kind")


class MongoRecords:
    """A blog as a whole: out of its collections, and into them."""

    kinds = KINDS

    def __init__(
        self, client: Client, collections: Collections, notary: Notary, sweeper: Sweeper, limits: Limits
    ) -> None:
        self._collections = collections
        self._people = PeopleWriter(collections, notary)
        self._threads = ThreadMover(collections, sweeper, limits)
        self._collector = Collector(client, collections)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[MongoSnapshot]:
        with closing(Spool()) as spool:
            await self._collect(spool)
            yield MongoSnapshot(spool)

    @translated
    async def write(self, batch: Batch) -> None:
        async with self._writing:  # what is read of a thread is written back
            await self._people.erase_tokens(_these(Token, batch.erased))
            await self._people.erase_users(_these(User, batch.erased))
            await self._people.keep_settings(_these(Blog, batch.kept))
            await self._people.keep_users(_these(User, batch.kept))
            await self._people.keep_tokens(_these(Token, batch.kept))
            await self._threads.erase_posts(_these(Post, batch.erased))
            await self._threads.write(
                _these(Post, batch.kept), _these(Comment, batch.kept), _these(Comment, batch.erased)
            )
            renewed: Filter = {"$set": {"names_stamp": new_stamp()}}
            await self._collections.blog.update_one({"_id": BLOG}, renewed)

    @translated
    async def transfer(self) -> Transfer | None:
        document = await self._collections.transfers.find_one({"_id": TRANSFER})
        if document is None:
            return None
        return Transfer(origin=document["origin"], digest=document.get("digest"))

    @translated
    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        """Whoever opens the database once the mark is there does not write to it; so it is found out again
        then whether the blog is empty.
        """
        transfers = self._collections.transfers
        if latest is not None:
            change: Filter = {"$set": {"origin": origin}, "$unset": {"digest": ""}}
            if (await transfers.update_one(_said(latest), change)).matched_count == 0:
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

    @translated
    async def finish(self, transfer: Transfer) -> None:
        under_way = _said(Transfer(origin=transfer.origin))
        change: Filter = {"$set": {"digest": transfer.digest}}
        if (await self._collections.transfers.update_one(under_way, change)).matched_count == 0:
            raise Conflict("blog", "transfer")

    @translated
    async def _collect(self, spool: Spool) -> None:
        await self._collector.collect(spool)

    async def _require_empty(self) -> None:
        user = await self._collections.users.find_one(LIVING, {"_id": 1})
        post = await self._collections.posts.find_one({}, {"_id": 1})
        settings = await self._collections.blog.find_one({"version": {"$gt": 1}}, {"_id": 1})
        if user is not None or post is not None or settings is not None:
            raise Conflict("blog", "transfer")


def _said(transfer: Transfer) -> Filter:
    """The condition that the database says this of the latest move."""
    digest = {"$exists": False} if transfer.digest is None else transfer.digest
    return {"_id": TRANSFER, "origin": transfer.origin, "digest": digest}


def _these(kind: type[Kind], records: Sequence[object]) -> Sequence[Kind]:
    return [record for record in records if isinstance(record, kind)]
