"""The comments of all posts together: the queue, newest first, and a comment by its id alone."""

from collections.abc import Mapping, Sequence

from bson import MaxKey, MinKey, ObjectId
from pymongo.asynchronous.cursor import AsyncCursor

from everpost.domain.comments import Comment, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.errors import Busy
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.collections import (
    QUEUE,
    QUEUE_OF_AUTHOR,
    SETTLED_BY_ID,
    SETTLED_OF_AUTHOR,
    SETTLED_QUEUE,
    SETTLED_QUEUE_OF_THREAD,
    Collections,
    Filter,
    index_bound,
)
from everpost.stores.mongo.documents import (
    PostDocument,
    SettledComment,
    read_comment,
    read_settled,
)
from everpost.stores.mongo.threads import ATTEMPTS, STATE, Threads

_Found = dict[Id, Comment]


class Queues:
    """Asks the nested comments first and the settled ones after them. Where a comment went from one to
    the other meanwhile, its post, which is read last, says where it is.
    """

    def __init__(self, collections: Collections, threads: Threads, authors: Authors) -> None:
        self._posts = collections.posts
        self._settled = collections.comments
        self._threads = threads
        self._authors = authors

    async def find(self, id: ObjectId) -> Comment | None:
        """The comment with this id, of whichever post."""
        for _ in range(2):  # it may have been nested again since it was looked for there
            post = await self._posts.find_one({"comments.id": id}, {"comments": {"$elemMatch": {"id": id}}})
            if post is not None:
                return read_comment(post["comments"][0], post["_id"])
            copies = await self._settled.find({"_id.id": id}, {"post_id": 1}).hint(SETTLED_BY_ID).to_list()
            for post_id in {copy["post_id"] for copy in copies}:
                located = await self._threads.locate(post_id, id)
                if located is not None:
                    return located.comment
        return None

    async def first(self, query: QueueQuery, limit: int) -> Sequence[Comment]:
        """The newest comments of the queue after its position, at most `limit`."""
        if query.post_author_id is None:
            return await self._first(query, limit, None)
        author_id = ObjectId(query.post_author_id)
        authors = await self._authors.predecessors(author_id)
        for _ in range(ATTEMPTS):
            rows = await self._first(query, limit, authors)
            authors, before = await self._authors.predecessors(author_id), authors
            if authors == before:
                return rows
        raise Busy

    async def _first(
        self, query: QueueQuery, limit: int, authors: Sequence[ObjectId] | None
    ) -> Sequence[Comment]:
        found: _Found = {}
        for author_id in [None] if authors is None else authors:
            found |= await self._nested(query, limit, author_id)
        threads = None if authors is None else await self._settled_threads(authors)
        if threads is None or threads:
            await self._add_settled(query, limit, threads, found)
        in_order = sorted(found.values(), key=lambda comment: comment.position, reverse=True)
        return in_order[:limit]

    async def _nested(self, query: QueueQuery, limit: int, author_id: ObjectId | None) -> _Found:
        """Of the first posts of the index: each has one comment at least, and the next ones have none
        that is newer than the newest of each of these.
        """
        index = QUEUE if author_id is None else QUEUE_OF_AUTHOR
        place = [query.status.value] if author_id is None else [author_id, query.status.value]
        first = (MaxKey(), MaxKey()) if query.after is None else _place_of(query.after)
        wanted: Filter = {} if author_id is None else {"author_id": author_id}
        shown = {"comments": _of_status(query.status, query.after)}
        cursor = self._posts.find(wanted | {"comments.status": query.status.value}, shown).hint(index)
        cursor.min(index_bound(index, *place, *first)).max(index_bound(index, *place, MinKey(), MinKey()))
        # The comment at the position itself may bring one post more, with nothing in it.
        posts = await cursor.limit(limit + 1).to_list()
        return {comment.id: comment for post in posts for comment in _comments_of(post)}

    async def _settled_threads(self, authors: Sequence[ObjectId]) -> Sequence[ObjectId]:
        """The threads of these authors' posts that have settled comments."""
        threads: list[ObjectId] = []
        for author_id in authors:
            settled = {"author_id": author_id, "runs": {"$gt": 0}}
            posts = await self._posts.find(settled, {"thread": 1}).hint(SETTLED_OF_AUTHOR).to_list()
            threads += [post["thread"] for post in posts]
        return threads

    async def _add_settled(
        self, query: QueueQuery, limit: int, threads: Sequence[ObjectId] | None, found: _Found
    ) -> None:
        """Add the settled ones, until there are enough that count."""
        cursor, counted = self._copies(query, threads).batch_size(limit), 0
        while counted < limit and (copies := await cursor.to_list(limit)):
            posts = await self._posts_of(copies, query)
            for post in posts.values():
                found |= {comment.id: comment for comment in _comments_of(post)}
            for copy in copies:
                if _counts(copy, posts.get(copy["post_id"])):
                    found[Id(str(copy["_id"]["id"]))] = read_settled(copy)
                    counted += 1
        await cursor.close()

    def _copies(self, query: QueueQuery, threads: Sequence[ObjectId] | None) -> AsyncCursor[SettledComment]:
        """The copies with the status, whether or not they count."""
        wanted: Filter = {"status": query.status.value}
        if query.after is not None:
            date, last = _place_of(query.after)
            wanted["publication_date"] = {"$lte": date}
            wanted["$or"] = [{"publication_date": {"$lt": date}}, {"_id.id": {"$lt": last}}]
        order = [("publication_date", -1), ("_id.id", -1)]
        if threads is not None:
            wanted["_id.thread"] = {"$in": list(threads)}
            return self._settled.find(wanted).hint(SETTLED_QUEUE_OF_THREAD).sort(order)
        first = (MaxKey(), MaxKey()) if query.after is None else _place_of(query.after)
        cursor = self._settled.find(wanted).hint(SETTLED_QUEUE).sort(order)
        cursor.min(index_bound(SETTLED_QUEUE, query.status.value, MinKey(), MinKey()))
        return cursor.max(index_bound(SETTLED_QUEUE, query.status.value, *first))

    async def _posts_of(
        self, copies: Sequence[SettledComment], query: QueueQuery
    ) -> Mapping[ObjectId, PostDocument]:
        names = list({copy["post_id"] for copy in copies})
        shown = STATE | {"comments": _of_status(query.status, query.after)}
        posts = await self._posts.find({"_id": {"$in": names}}, shown).to_list()
        return {post["_id"]: post for post in posts}


def _place_of(position: Position) -> tuple[object, object]:
    return position.moment, ObjectId(position.id)


def _of_status(status: CommentStatus, after: Position | None) -> Filter:
    """The projection of the nested comments of a status, older than a position."""
    conditions: list[Filter] = [{"$eq": ["$$this.status", status.value]}]
    if after is not None:
        date, comment_id = _place_of(after)
        tie = {"$and": [{"$eq": ["$$this.publication_date", date]}, {"$lt": ["$$this.id", comment_id]}]}
        conditions.append({"$or": [{"$lt": ["$$this.publication_date", date]}, tie]})
    return {"$filter": {"input": "$comments", "cond": {"$and": conditions}}}


def _comments_of(post: PostDocument) -> Sequence[Comment]:
    return [read_comment(entry, post["_id"]) for entry in post["comments"]]


def _counts(copy: SettledComment, post: PostDocument | None) -> bool:
    """What `threads.visible` asks the database for."""
    if post is None:
        return False
    name = copy["_id"]
    is_open = any(each["run"] == name["run"] for each in post["open"])
    is_of_thread = name["thread"] == post["thread"] and name["run"] <= post["runs"]
    return is_of_thread and not is_open and name not in post["gone"]
