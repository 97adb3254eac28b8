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
from everpost.stores.mongo.adding import Adder
from everpost.stores.mongo.admitting import Admissions
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.branches import Branches
from everpost.stores.mongo.changing import Changer
from everpost.stores.mongo.collections import Collections
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.queues import Queues
from everpost.stores.mongo.settling import Settler
from everpost.stores.mongo.threads import STATE, Stretch, Threads


class MongoComments:
    """Comments: nested in their post, or settled in documents of their own."""

    def __init__(
        self, collections: Collections, threads: Threads, authors: Authors, settler: Settler
    ) -> None:
        self._posts = collections.posts
        self._threads = threads
        self._authors = authors
        self._settler = settler
        self._branches = Branches(collections, threads)
        self._queues = Queues(collections, threads, authors)
        admissions = Admissions(collections, authors)
        self._changer = Changer(collections, threads, admissions)
        self._adder = Adder(collections, threads, self._changer, settler, admissions)

    @translated
    async def get(self, post_id: Id, id: Id) -> Comment:
        return await self._authors.name_comment((await self._changer.find(post_id, id)).comment)

    @translated
    async def find(self, id: Id) -> Comment | None:
        comment = await self._queues.find(ObjectId(id))
        return None if comment is None else await self._authors.name_comment(comment)

    @translated
    async def page(self, query: CommentQuery) -> Page[Comment]:
        stretch = Stretch(query.limit + 1, query.after, query.branch)
        post = await self._posts.find_one({"_id": ObjectId(query.post_id)}, STATE | stretch.nested())
        if post is None:
            raise NotFound("post", query.post_id)
        return await self._page(await self._threads.fill(post, stretch), query.limit)

    @translated
    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        pages = await self._branches.first(post_id, parent_ids, limit)
        rows = chain.from_iterable(page.rows for page in pages.values())
        named = {comment.id: comment for comment in await self._authors.name_comments(list(rows))}
        return {
            parent_id: Page(tuple(named[row.id] for row in page.rows), has_more=page.has_more)
            for parent_id, page in pages.items()
        }

    @translated
    async def queue(self, query: QueueQuery) -> Page[Comment]:
        return await self._page(await self._queues.first(query, query.limit + 1), query.limit)

    @translated
    async def add(
        self, comment: Comment, *, admission: Admission | None = None, under_hidden: bool = False
    ) -> Comment:
        added = await self._adder.add(comment, admission, under_hidden=under_hidden)
        return await self._authors.name_comment(added)

    @translated
    async def save(
        self, post_id: Id, id: Id, change: CommentChange, *, match: Match, hand: Hand | None = None
    ) -> Comment:
        saved = await self._changer.save(post_id, id, change, match, hand)
        await self._settler.settle_if_due(ObjectId(post_id))
        return await self._authors.name_comment(saved)

    @translated
    async def remove(self, post_id: Id, id: Id, *, match: Match, hand: Hand | None = None) -> None:
        await self._changer.remove(post_id, id, match, hand)
        await self._settler.settle_if_due(ObjectId(post_id))

    async def finish(self) -> None:
        """Return when no addition is under way any more."""
        await self._adder.finish()

    async def _page(self, rows: Sequence[Comment], limit: int) -> Page[Comment]:
        named = await self._authors.name_comments(rows[:limit])
        return Page(tuple(named), has_more=len(rows) > limit)
