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
from everpost.stores.mongo.adding import Adder, Addition
from everpost.stores.mongo.admissions import Admissions
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.changing import Changer
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import CommentDocument, read_comment
from everpost.stores.mongo.queries.threads import ThreadReader


class MongoComments:
    """Comments, each one a document."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: Authors,
        garbage: GarbageCollector,
    ) -> None:
        self._authors = authors
        self._reader = ThreadReader(collections, authors)
        admissions = Admissions(collections, authors)
        self._changer = Changer(collections, transactions, admissions)
        self._adder = Adder(collections, transactions, admissions, garbage)

    @translated
    async def get(self, post_id: Id, id: Id) -> Comment:
        comment = await self.find(id)
        if comment is not None and comment.post_id == post_id:
            return comment
        if not await self._reader.has_post(ObjectId(post_id)):
            raise NotFound("post", post_id)
        raise NotFound("comment", id)

    @translated
    async def find(self, id: Id) -> Comment | None:
        document = await self._reader.find(ObjectId(id))
        return None if document is None else await self._authors.name_comment(read_comment(document))

    @translated
    async def page(self, query: CommentQuery) -> Page[Comment]:
        documents = await self._reader.page(query, query.limit + 1)
        if documents is None:
            raise NotFound("post", query.post_id)
        return await self._page(documents, query.limit)

    @translated
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

    @translated
    async def queue(self, query: QueueQuery) -> Page[Comment]:
        return await self._page(await self._reader.queue(query, query.limit + 1), query.limit)

    @translated
    async def add(
        self, comment: Comment, *, admission: Admission | None = None, under_hidden: bool = False
    ) -> Comment:
        added = await self._adder.add(Addition(comment, admission, under_hidden))
        return await self._authors.name_comment(added)

    @translated
    async def save(
        self, post_id: Id, id: Id, change: CommentChange, *, match: Match, hand: Hand | None = None
    ) -> Comment:
        saved = await self._changer.save(post_id, id, change, (match, hand))
        return await self._authors.name_comment(saved)

    @translated
    async def remove(self, post_id: Id, id: Id, *, match: Match, hand: Hand | None = None) -> None:
        await self._changer.remove(post_id, id, (match, hand))

    async def finish(self) -> None:
        """Return when no addition is under way any more."""
        await self._adder.finish()

    async def _page(self, documents: Sequence[CommentDocument], limit: int) -> Page[Comment]:
        named = await self._authors.name_comments([read_comment(each) for each in documents[:limit]])
        return Page(tuple(named), has_more=len(documents) > limit)
