"""The store on MongoDB."""

import asyncio
from typing import Self

from everpost.stores.mongo.comments import MongoComments
from everpost.stores.mongo.engine.connection import Client, connect, database_of
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.leadership import Leadership
from everpost.stores.mongo.engine.replica_sets import can_be_replaced, require_replica_set
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.history.revisions import MongoRevisions
from everpost.stores.mongo.media.files import MongoMedia
from everpost.stores.mongo.media.stored_bytes import MongoMediaBytes
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.passkeys import MongoPasskeys
from everpost.stores.mongo.posts import MongoPosts
from everpost.stores.mongo.preview_links import MongoPreviewLinks
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.rate_limits import MongoRateLimits
from everpost.stores.mongo.records import MongoRecords
from everpost.stores.mongo.schema.migrator import MongoSchema
from everpost.stores.mongo.settings import MongoBlogs
from everpost.stores.mongo.tokens import MongoTokens
from everpost.stores.mongo.trash.trash import MongoTrash
from everpost.stores.mongo.users import MongoUsers
from everpost.stores.mongo.working_copies import MongoWorkingCopies
from everpost.stores.port.media_bytes import MediaBytes
from everpost.stores.schema import Prepare, leave


class MongoStore:
    """A blog in a MongoDB database, on a replica set or a sharded cluster."""

    def __init__(
        self, client: Client, *, timeout: float, can_be_replaced: bool, place: MediaBytes | None = None
    ) -> None:
        """`can_be_replaced`: whether another server could become the primary. `place`: where the bytes of
        files are; None: in the database.
        """
        database = database_of(client)
        collections = Collections.of(database)
        authors = AuthorNames(collections)
        self._client = client
        self._transactions = transactions = Transactions(client, timeout=timeout)
        self._garbage = garbage = GarbageCollector(collections, transactions)
        self.posts = MongoPosts(collections, transactions, authors, garbage)
        self.trash = MongoTrash(collections, transactions, authors, garbage)
        self.preview_links = MongoPreviewLinks(collections, transactions, authors)
        self.comments = MongoComments(collections, transactions, authors, garbage)
        self.users = MongoUsers(collections, transactions, garbage)
        self.tokens = MongoTokens(collections, transactions)
        self.passkeys = MongoPasskeys(collections, transactions)
        self.limits = MongoRateLimits(collections)
        self.blog = MongoBlogs(collections, transactions)
        self.working_copies = MongoWorkingCopies(collections, authors)
        self.revisions = MongoRevisions(collections, authors)
        self.media = MongoMedia(collections, transactions, authors)
        stored_bytes = MongoMediaBytes(collections)
        self.media_bytes = place or stored_bytes
        self.records = MongoRecords(collections, transactions, garbage)
        if can_be_replaced:
            leadership = Leadership(database)
            writing = (self.working_copies, self.revisions)
            posts = (self.posts, self.trash, self.preview_links, self.comments, *writing)
            people = (self.users, self.tokens, self.passkeys, self.limits)
            media = (self.media, stored_bytes)
            for part in (*posts, *people, *media, self.blog, self.records):
                part.leadership = leadership

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        timeout: float,
        pool_size: int,
        prepare: Prepare = leave,
        place: MediaBytes | None = None,
    ) -> Self:
        """Open the store at a URL. Its schema is current, or `prepare` migrates it. `timeout`: the maximum
        duration of a call, in seconds. Raises Misconfigured, Unreachable.
        """
        client = connect(url, timeout=timeout, pool_size=pool_size, whole_calls=True)
        try:
            hello = await require_replica_set(client, url, timeout=timeout)
            await prepare(MongoSchema(client, url, timeout=timeout))
            store = cls(client, timeout=timeout, can_be_replaced=can_be_replaced(hello, url), place=place)
        except BaseException:
            await client.close()
            raise
        store._garbage.start()
        return store

    @translated
    async def ping(self) -> None:
        await self._client.admin.command("ping")

    async def close(self) -> None:
        await self.media_bytes.close()
        await asyncio.gather(self.posts.finish(), self.comments.finish())
        await self._garbage.stop()
        await self._transactions.close()
        await self._client.close()
