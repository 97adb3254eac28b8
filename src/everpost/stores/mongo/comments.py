"""The port's `Comments` on MongoDB."""

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.comments import Comment, CommentChange, CommentQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import Match
from everpost.errors import Busy, NotFound, Stale
from everpost.stores.mongo.adding import Adder
from everpost.stores.mongo.collections import Collections
from everpost.stores.mongo.errors import translated
from everpost.stores.mongo.settling import Settler
from everpost.stores.mongo.threads import ATTEMPTS, STATE, Located, Threads, nested
from everpost.stores.mongo.writing import ThreadWriter


class MongoComments:
    """Comments: nested in their post, or settled in documents of their own."""

    def __init__(self, collections: Collections, threads: Threads, settler: Settler) -> None:
        self._posts = collections.posts
        self._threads = threads
        self._settler = settler
        self._writer = ThreadWriter(collections)
        self._adder = Adder(collections, threads, settler)

    @translated
    async def get(self, post_id: Id, id: Id) -> Comment:
        return (await self._find(post_id, id)).comment

    @translated
    async def page(self, query: CommentQuery) -> Page[Comment]:
        wanted = query.limit + 1
        post = await self._posts.find_one(
            {"_id": ObjectId(query.post_id)}, STATE | nested(wanted, query.after)
        )
        if post is None:
            raise NotFound("post", query.post_id)
        rows = await self._threads.fill(post, wanted, query.after)
        return Page(tuple(rows[: query.limit]), has_more=len(rows) > query.limit)

    @translated
    async def add(self, comment: Comment) -> None:
        await self._adder.add(comment)

    @translated
    async def save(self, post_id: Id, id: Id, change: CommentChange, *, match: Match) -> Comment:
        for _ in range(ATTEMPTS):
            saved = await self._writer.edit_nested(ObjectId(post_id), ObjectId(id), change, match)
            if saved is None:
                saved = await self._recall(await self._find(post_id, id, match), change)
            if saved is not None:
                await self._settler.settle_if_due(ObjectId(post_id))
                return saved
        raise Busy

    @translated
    async def remove(self, post_id: Id, id: Id, *, match: Match) -> None:
        for _ in range(ATTEMPTS):
            if await self._writer.remove_nested(ObjectId(post_id), ObjectId(id), match):
                return
            located = await self._find(post_id, id, match)
            if located.copy is not None and await self._writer.remove_settled(located, located.copy):
                await self._settler.settle_if_due(ObjectId(post_id))
                return
        raise Busy

    async def finish(self) -> None:
        """Return when no addition is under way any more."""
        await self._adder.finish()

    async def _find(self, post_id: Id, id: Id, match: Match = None) -> Located:
        """The comment; NotFound, Stale."""
        located = await self._threads.locate(ObjectId(post_id), ObjectId(id))
        if located is None:
            post = await self._posts.find_one({"_id": ObjectId(post_id)}, {"_id": 1})
            raise NotFound("post", post_id) if post is None else NotFound("comment", id)
        if match is not None and located.comment.revision not in match:
            raise Stale("comment", id)
        return located

    async def _recall(self, located: Located, change: CommentChange) -> Comment | None:
        if located.copy is None:
            return None
        try:
            return await self._writer.recall(located, located.copy, change)
        except DuplicateKeyError:  # somebody is about to find out that this id is taken
            return None
