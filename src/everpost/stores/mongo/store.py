"""The store on MongoDB, as a whole."""

import asyncio

from everpost.stores.mongo.blogs import MongoBlogs
from everpost.stores.mongo.comments import MongoComments
from everpost.stores.mongo.engine.connection import Client, Database, connect, database_of
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.leadership import Leadership
from everpost.stores.mongo.engine.replica_sets import can_be_replaced, require_replica_set
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.limits import MongoLimits
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.posts import MongoPosts
from everpost.stores.mongo.queries.authors import Authors
from everpost.stores.mongo.records import MongoRecords
from everpost.stores.mongo.schema.migrator import MongoSchema
from everpost.stores.mongo.tokens import MongoTokens
from everpost.stores.mongo.users import MongoUsers
from everpost.stores.schema import Prepare, leave


class MongoStore:
    """A blog in a MongoDB database; a replica set, or the routers of a sharded cluster."""

    def __init__(self, client: Client, database: Database, *, timeout: float) -> None:
        collections = Collections.of(database)
        authors = Authors(collections)
        self._client = client
        self._transactions = transactions = Transactions(client, timeout=timeout)
        self._garbage = garbage = GarbageCollector(collections, transactions)
        self._posts = MongoPosts(collections, transactions, authors, garbage)
        self._comments = MongoComments(collections, transactions, authors, garbage)
        self._users = MongoUsers(collections, transactions, garbage)
        self._tokens = MongoTokens(collections, transactions)
        self._limits = MongoLimits(collections)
        self._blog = MongoBlogs(collections, transactions)
        self._records = MongoRecords(collections, transactions, garbage)

    @classmethod
    async def open(
        cls, url: str, *, timeout: float, pool_size: int, prepare: Prepare = leave
    ) -> "MongoStore":
        """The store at a URL, whose schema is current, at the latest after `prepare`. `timeout`: seconds that
        a call takes at most. Misconfigured, Unreachable.
        """
        client = connect(url, timeout=timeout, pool_size=pool_size, whole_calls=True)
        try:
            hello = await require_replica_set(client, url, timeout=timeout)
            await prepare(MongoSchema(client, url, timeout=timeout))
            store = cls(client, database_of(client), timeout=timeout)
            if can_be_replaced(hello, url):
                store._confirm_answers()
        except BaseException:
            await client.close()
            raise
        store._garbage.start()
        return store

    def _confirm_answers(self) -> None:
        leadership = Leadership(database_of(self._client))
        for part in (self._posts, self._comments, self._users, self._tokens, self._limits, self._blog):
            leadership.confirm_answers_of(part)
        leadership.confirm_answers_of(self._records)

    @property
    def posts(self) -> MongoPosts:
        return self._posts

    @property
    def comments(self) -> MongoComments:
        return self._comments

    @property
    def users(self) -> MongoUsers:
        return self._users

    @property
    def tokens(self) -> MongoTokens:
        return self._tokens

    @property
    def limits(self) -> MongoLimits:
        return self._limits

    @property
    def blog(self) -> MongoBlogs:
        return self._blog

    @property
    def records(self) -> MongoRecords:
        return self._records

    @translated
    async def ping(self) -> None:
        await self._client.admin.command("ping")

    async def close(self) -> None:
        await asyncio.gather(self._posts.finish(), self._comments.finish())
        await self._garbage.stop()
        await self._transactions.close()
        await self._client.close()
