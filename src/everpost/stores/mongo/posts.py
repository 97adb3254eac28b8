"""The port's `Posts` on MongoDB."""

import asyncio
from collections.abc import Mapping

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostQuery
from everpost.domain.revisions import Match, Revision
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.mongo.collections import POSTS_BY_POSITION, Collections, Filter, index_bound
from everpost.stores.mongo.documents import PostDocument, matching, post_document, read_post
from everpost.stores.mongo.errors import duplicate_field, translated
from everpost.stores.mongo.sweeping import Sweeper
from everpost.stores.mongo.threads import STATE, Threads, nested

_FIELDS: Filter = {
    "title": 1,
    "content": 1,
    "publication_date": 1,
    "updated_at": 1,
    "version": 1,
    "slug": 1,
    "tags": 1,
    "comment_count": 1,
}
_NEWEST_FIRST = [(name, -order) for name, order in POSTS_BY_POSITION]
_BY_ID = [("_id", 1)]


class MongoPosts:
    """Posts, each one a document."""

    def __init__(self, collections: Collections, threads: Threads, sweeper: Sweeper) -> None:
        self._posts = collections.posts
        self._threads = threads
        self._sweeper = sweeper

    @translated
    async def get(self, id: Id, *, comments: int) -> Post:
        document = await self._posts.find_one({"_id": ObjectId(id)}, _shown(comments))
        if document is None:
            raise NotFound("post", id)
        return await self._complete(document, comments)

    @translated
    async def revision(self, id: Id) -> Revision:
        document = await self._posts.find_one({"_id": ObjectId(id)}, {"version": 1, "updated_at": 1})
        if document is None:
            raise NotFound("post", id)
        return Revision(document["version"], document["updated_at"])

    @translated
    async def find(self, slug: str, *, comments: int) -> Post | None:
        document = await self._posts.find_one({"slug": slug}, _shown(comments))
        return None if document is None else await self._complete(document, comments)

    @translated
    async def page(self, query: PostQuery) -> Page[Post]:
        cursor = self._posts.find({}, _shown(query.comments)).hint(POSTS_BY_POSITION).sort(_NEWEST_FIRST)
        if query.after is not None:
            date, last = query.after.publication_date, ObjectId(query.after.id)
            cursor.max(index_bound(POSTS_BY_POSITION, date, last))
        documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
        shown = documents[: query.limit]
        posts = await asyncio.gather(*(self._complete(each, query.comments) for each in shown))
        return Page(tuple(posts), has_more=len(documents) > query.limit)

    @translated
    async def count(self) -> int:
        # Without a hint MongoDB would read every post to count it.
        return await self._posts.count_documents({}, hint=_BY_ID)

    @translated
    async def add(self, post: Post) -> None:
        document = post_document(post)
        try:
            await self._posts.insert_one(document)
        except DuplicateKeyError as error:
            taken = duplicate_field(error) == "_id" or await self._exists(document["_id"])
            raise Conflict("post", "id" if taken else "slug") from error

    @translated
    async def save(self, id: Id, change: PostChange, *, match: Match, comments: int) -> Post:
        try:
            document = await self._posts.find_one_and_update(
                {"_id": ObjectId(id), **matching(match)},
                _update(change),
                projection=_shown(comments),
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError as error:
            raise Conflict("post", "slug") from error
        if document is None:
            raise await self._unchanged(id)
        return await self._complete(document, comments)

    @translated
    async def remove(self, id: Id, *, match: Match) -> None:
        document = await self._posts.find_one_and_delete(
            {"_id": ObjectId(id), **matching(match)}, projection={"thread": 1, "runs": 1}
        )
        if document is None:
            raise await self._unchanged(id)
        if document["runs"]:
            self._sweeper.erase_soon(document["thread"])

    async def _complete(self, document: PostDocument, comments: int) -> Post:
        return read_post(document, await self._threads.fill(document, comments))

    async def _exists(self, id: ObjectId) -> bool:
        return await self._posts.find_one({"_id": id}, {"_id": 1}) is not None

    async def _unchanged(self, id: Id) -> NotFound | Stale:
        """Why a write that named a revision met no post."""
        return Stale("post", id) if await self._exists(ObjectId(id)) else NotFound("post", id)


def _shown(comments: int) -> Filter:
    return _FIELDS | STATE | nested(comments)


def _update(change: PostChange) -> Mapping[str, object]:
    values: Filter = {
        "updated_at": change.updated_at,
        "title": change.title,
        "content": change.content,
        "publication_date": change.publication_date,
        "slug": change.slug or None,
        "tags": None if change.tags is None else list(change.tags),
    }
    update: Filter = {
        "$set": {field: value for field, value in values.items() if value is not None},
        "$inc": {"version": 1},
    }
    if change.slug == "":
        update["$unset"] = {"slug": ""}
    return update
