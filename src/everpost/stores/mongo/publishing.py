"""Adding posts, each with its thread."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post
from everpost.errors import Busy, Conflict, Invalid
from everpost.stores.mongo.arriving import Arrivals
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.bulk import chunks
from everpost.stores.mongo.collections import SETTLED_BY_ID, Collections, Filter
from everpost.stores.mongo.documents import PostDocument, post_document
from everpost.stores.mongo.engine.errors import duplicate_field
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.sweeping import Sweeper
from everpost.stores.mongo.threads import Threads
from everpost.stores.turns import Turns

_MOST_TOGETHER = 50
_DUPLICATE_KEY = 11_000


class Publisher:
    """The document of a post, with what is nested in it, is written last: nobody counts before that what is
    too much to be nested.
    """

    def __init__(
        self,
        collections: Collections,
        threads: Threads,
        authors: Authors,
        sweeper: Sweeper,
        limits: Limits,
    ) -> None:
        self._posts = collections.posts
        self._settled = collections.comments
        self._threads = threads
        self._authors = authors
        self._sweeper = sweeper
        self._arrivals = Arrivals(collections, limits)
        self._insertions = Turns(self._insert, most=_MOST_TOGETHER)

    async def add(self, post: Post, thread: Sequence[Comment]) -> Post:
        """The post as it is kept. Conflict, Invalid."""
        approved = sum(comment.status is CommentStatus.APPROVED for comment in thread)
        document = post_document(replace(post, comment_count=approved))
        names = [ObjectId(comment.id) for comment in thread]
        if await self._has_rivals(document, names):
            raise await self._in_the_way(document) or Conflict("comment", "id")
        arrival = self._arrivals.of_new(document, thread)
        await self._arrivals.prepare([arrival])
        try:
            if fault := await self._insertions.ask(arrival.post):
                raise fault
        except Invalid as error:
            self._sweeper.erase_soon(document["thread"])
            raise await self._in_the_way(document) or error from error
        except DuplicateKeyError as error:
            self._sweeper.erase_soon(document["thread"])
            if duplicate_field(error) == "comments.id":
                raise await self._in_the_way(document) or Conflict("comment", "id") from error
            taken = duplicate_field(error) == "_id" or await self._exists({"_id": document["_id"]})
            raise Conflict("post", "id" if taken else "slug") from error
        await self._confirm(document, names)
        await self._arrivals.conclude([arrival])
        return replace(post, comment_count=approved, stamp=document["stamp"])

    async def _insert(self, documents: Sequence[PostDocument]) -> Sequence[WriteError | Invalid | None]:
        """Why each could not be inserted, where that is so."""
        users = await self._authors.users_among(
            each["author_id"] for each in documents if "author_id" in each
        )
        is_right = [each.get("author_id") in {None, *users} for each in documents]
        faults = iter(await self._insert_all(list(compress(documents, is_right))))
        return [next(faults) if right else Invalid("author_id", "is not a user") for right in is_right]

    async def _insert_all(self, documents: Sequence[PostDocument]) -> Sequence[WriteError | None]:
        if not documents:
            return []
        try:
            await self._posts.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise Busy from error  # they are there, but it is not known for how long
            found = {each["index"]: each for each in error.details["writeErrors"]}
            return [_write_error(found.get(place)) for place in range(len(documents))]
        return [None] * len(documents)

    async def _confirm(self, document: PostDocument, names: Sequence[ObjectId]) -> None:
        """What has settled is in no unique index: a rival may have come since it was looked for. Either
        this one or that one, which looks again likewise, sees the other.
        """
        if not await self._has_rivals(document, names):
            return
        await self._posts.delete_one({"_id": document["_id"], "thread": document["thread"]})
        self._sweeper.erase_soon(document["thread"])
        raise Conflict("comment", "id")

    async def _has_rivals(self, document: PostDocument, names: Sequence[ObjectId]) -> bool:
        """Whether a comment of another post has one of these ids."""
        for some in chunks(names):
            these, post_id = {"$in": list(some)}, document["_id"]
            if await self._exists({"comments.id": these, "_id": {"$ne": post_id}}):
                return True
            wanted = {"_id.id": these, "post_id": {"$ne": post_id}}
            copies = await self._settled.find(wanted, {"post_id": 1}).hint(SETTLED_BY_ID).to_list()
            for other in {copy["post_id"] for copy in copies}:
                if await self._threads.locate_all(other, list(some)):
                    return True
        return False

    async def _in_the_way(self, document: PostDocument) -> Conflict | None:
        """Which of its values another post has, of a post that is refused in any case."""
        if await self._exists({"_id": document["_id"]}):
            return Conflict("post", "id")
        return Conflict("post", "slug") if await self._exists({"slug": document["slug"]}) else None

    async def _exists(self, condition: Filter) -> bool:
        return await self._posts.find_one(condition, {"_id": 1}) is not None


def _write_error(told: Mapping[str, Any] | None) -> WriteError | None:
    """The error that inserting this document alone would have raised."""
    if told is None:
        return None
    kind = DuplicateKeyError if told["code"] == _DUPLICATE_KEY else WriteError
    return kind(told["errmsg"], told["code"], told)
