"""The port's `Comments` on MongoDB."""

from collections.abc import Mapping, Sequence
from itertools import chain

from bson import ObjectId

from everpost.domain.admissions import Admission, Hand
from everpost.domain.comments import Comment, CommentChange, CommentQuery, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import Match
from everpost.errors import NotFound
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import read_comment
from everpost.stores.mongo.queries.authors import Authors, named_comments
from everpost.stores.mongo.queries.threads import Joined, ThreadReader
from everpost.stores.mongo.threads.adding import Adder, Addition
from everpost.stores.mongo.threads.admissions import Admissions
from everpost.stores.mongo.threads.changing import Changer


class MongoComments(Part):
    """Comments, each one a document."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: Authors,
        garbage: GarbageCollector,
    ) -> None:
        self._authors = authors
        self._reader = ThreadReader(collections, transactions, authors)
        admissions = Admissions(collections, authors)
        self._changer = Changer(collections, transactions, admissions)
        self._adder = Adder(collections, transactions, admissions, garbage)

    @reads
    async def get(self, post_id: Id, id: Id) -> Comment:
        comment = await self.find(id)
        if comment is not None and comment.post_id == post_id:
            return comment
        if not await self._reader.has_post(ObjectId(post_id)):
            raise NotFound("post", post_id)
        raise NotFound("comment", id)

    @reads
    async def find(self, id: Id) -> Comment | None:
        found = await self._reader.find(ObjectId(id))
        return None if found is None else _named(found)[0]

    @reads
    async def page(self, query: CommentQuery) -> Page[Comment]:
        found = await self._reader.page(query, query.limit + 1)
        if found is None:
            raise NotFound("post", query.post_id)
        return _page(_named(found), query.limit)

    @reads
    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        parents = list(map(ObjectId, dict.fromkeys(parent_ids)))
        found = await self._reader.branches(ObjectId(post_id), parents, limit + 1)
        rows = [read_comment(each) for each in chain.from_iterable(found.values())]
        named = {comment.id: comment for comment in await self._authors.name_comments(rows)}
        return {
            Id(str(parent)): Page(
                tuple(named[Id(str(each["_id"]))] for each in replies[:limit]), has_more=len(replies) > limit
            )
            for parent, replies in found.items()
        }

    @reads
    async def queue(self, query: QueueQuery) -> Page[Comment]:
        documents = await self._reader.queue(query, query.limit + 1)
        comments = [read_comment(document) for document in documents]
        return _page(await self._authors.name_comments(comments), query.limit)

    @writes
    async def add(
        self, comment: Comment, *, admission: Admission | None = None, under_hidden: bool = False
    ) -> Comment:
        return await self._adder.add(Addition(comment, admission, under_hidden))

    @writes
    async def save(
        self, post_id: Id, id: Id, change: CommentChange, *, match: Match, hand: Hand | None = None
    ) -> Comment:
        saved = await self._changer.save(post_id, id, change, (match, hand))
        (named,) = await self._authors.name_comments([saved])
        return named

    @writes
    async def remove(self, post_id: Id, id: Id, *, match: Match, hand: Hand | None = None) -> None:
        await self._changer.remove(post_id, id, (match, hand))

    async def finish(self) -> None:
        """Return when no addition is under way any more."""
        await self._adder.finish()


def _named(found: Joined) -> Sequence[Comment]:
    return named_comments([read_comment(document) for document in found.comments], found.users)


def _page(comments: Sequence[Comment], limit: int) -> Page[Comment]:
    return Page(tuple(comments[:limit]), has_more=len(comments) > limit)
