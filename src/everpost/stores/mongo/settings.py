"""The port's `Blogs` on MongoDB."""

from collections.abc import Sequence
from functools import partial

from pymongo import ReturnDocument

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.errors import SchemaMismatch, Stale
from everpost.stores.batching import Batcher
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import matching
from everpost.stores.mongo.model.people import BLOG, BlogDocument, blog_update, read_blog

_MOST_TOGETHER = 1_000


class MongoBlogs(Part):
    """The settings, a single document."""

    def __init__(self, collections: Collections, transactions: Transactions) -> None:
        self._transactions = transactions
        self._collections = collections
        self._blog = collections.blog
        self._batcher: Batcher[None, Blog] = Batcher(self._get, most=_MOST_TOGETHER)

    @reads
    async def get(self) -> Blog:
        return await self._batcher.load(None)

    async def _get(self, questions: Sequence[None]) -> Sequence[Blog]:
        document = await self._blog.find_one({"_id": BLOG})
        if document is None:
            raise SchemaMismatch("The settings of the blog are missing: the schema is incomplete.")
        return [read_blog(document)] * len(questions)

    @writes
    async def save(self, change: BlogChange, *, match: ExpectedRevisions) -> Blog:
        return read_blog(
            await self._transactions.run(partial(save_settings, self._collections, change, match))
        )


async def save_settings(
    collections: Collections, change: BlogChange, match: ExpectedRevisions, session: Session
) -> BlogDocument:
    """Change the settings, and return them. Raises Stale."""
    document: BlogDocument | None = await collections.blog.find_one_and_update(
        {"_id": BLOG, **matching(match)},
        blog_update(change),
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if document is None:
        raise Stale("blog", "settings")
    return document


async def renew_names(collections: Collections, session: Session) -> None:
    """Invalidate all existing validators of posts.

    Each transaction that changes a user's name, the set of users, or the set of enabled admins begins with
    this. So these transactions happen one after the other, and what one of them reads does not change until
    it ends.
    """
    renewed = {"$set": {"names_stamp": new_stamp()}}
    await collections.blog.update_one({"_id": BLOG}, renewed, session=session)
