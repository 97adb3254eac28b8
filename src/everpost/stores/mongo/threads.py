"""Reading a thread: the part that is nested in its post, then the part that has settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bson import MaxKey, MinKey, ObjectId

from everpost.domain.comments import Comment
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.errors import Busy
from everpost.stores.mongo.collections import (
    SETTLED_BY_ID,
    SETTLED_BY_POSITION,
    Collections,
    Filter,
    index_bound,
)
from everpost.stores.mongo.documents import (
    CommentEntry,
    CopyName,
    PostDocument,
    SettledComment,
    read_comment,
    read_settled,
)

ATTEMPTS = 50
"""How often a call that lost a race against others starts again before the database is `Busy`."""

STATE: Filter = {"thread": 1, "runs": 1, "open": 1, "gone": 1, "settled_from": 1}
"""The projection of a post's document that says which settled comments count."""


def visible(post: PostDocument) -> Filter:
    """The settled comments that count for the post as it was read: copied by a run that had committed
    by then, and not gone since. Together with what was nested in it they are its thread.
    """
    return {
        "_id.thread": post["thread"],
        "_id.run": {"$lte": post["runs"], "$nin": [each["run"] for each in post["open"]]},
        "_id": {"$nin": post["gone"]},
    }


def nested(limit: int, after: Position | None = None) -> Filter:
    """The projection of the oldest nested comments, after a position, in order; they are kept in none."""
    if limit == 0:
        return {}
    comments: object = "$comments"
    if after is not None:
        date, comment_id = {"$literal": after.publication_date}, {"$literal": ObjectId(after.id)}
        tie = {"$and": [{"$eq": ["$$this.publication_date", date]}, {"$gt": ["$$this.id", comment_id]}]}
        later = {"$or": [{"$gt": ["$$this.publication_date", date]}, tie]}
        comments = {"$filter": {"input": comments, "cond": later}}
    in_order = {"$sortArray": {"input": comments, "sortBy": {"publication_date": 1, "id": 1}}}
    return {"comments": {"$slice": [in_order, min(limit, MAX_NUMBER)]}}


@dataclass(frozen=True, slots=True)
class Located:
    """A comment where it was when its post was read: nested, or settled in the copy of this name."""

    post: PostDocument
    comment: Comment
    mark: ObjectId
    copy: CopyName | None


def _oldest(entries: Sequence[CommentEntry], limit: int) -> Sequence[CommentEntry]:
    """What `nested` asks for, all the same where the post comes from a write that was retried: that
    gives the whole document, whatever it was asked for
    (https://github.com/mongodb/mongo/blob/r6.0.5/src/mongo/db/ops/write_ops_retryability.cpp).
    """
    return sorted(entries, key=lambda entry: (entry["publication_date"], entry["id"]))[:limit]


class Threads:
    """What the whole of a thread says, wherever its comments are."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    async def fill(self, post: PostDocument, limit: int, after: Position | None = None) -> Sequence[Comment]:
        """The oldest comments after a position, at most `limit`, of a post that was read with `STATE`
        and `nested(limit, after)`.
        """
        for _ in range(ATTEMPTS):
            entries = _oldest(post.get("comments", []), limit)
            found = [read_comment(entry, post["_id"]) for entry in entries]
            if limit == 0 or self._suffices(post, entries, limit):
                return found
            settled = await self._settled_after(post, limit, after)
            latest = await self._latest(post, STATE | nested(limit, after))
            if latest is None:
                found.extend(read_settled(copy) for copy in settled)
                return sorted(found, key=lambda comment: comment.position)[:limit]
            post = latest
        raise Busy

    async def locate(self, post_id: ObjectId, comment_id: ObjectId) -> Located | None:
        """Where a comment of this post is; None where there is none."""
        return (await self.locate_all(post_id, [comment_id])).get(comment_id)

    async def locate_all(
        self, post_id: ObjectId, comment_ids: Sequence[ObjectId]
    ) -> Mapping[ObjectId, Located]:
        """Where each of these comments of this post is, all at one moment."""
        named = {"$filter": {"input": "$comments", "cond": {"$in": ["$$this.id", {"$literal": comment_ids}]}}}
        for _ in range(ATTEMPTS):
            post = await self._collections.posts.find_one({"_id": post_id}, STATE | {"comments": named})
            if post is None:
                return {}
            found = {
                entry["id"]: Located(post, read_comment(entry, post_id), entry["mark"], None)
                for entry in post["comments"]
            }
            others = [each for each in comment_ids if each not in found]
            if not others or post["runs"] == 0:
                return found
            wanted = visible(post) | {"_id.id": {"$in": others}}
            for copy in await self._collections.comments.find(wanted).hint(SETTLED_BY_ID).to_list():
                found[copy["_id"]["id"]] = Located(post, read_settled(copy), copy["mark"], copy["_id"])
            if len(found) == len(comment_ids) or await self._latest(post, {"runs": 1}) is None:
                return found
        raise Busy

    async def _settled_after(
        self, post: PostDocument, limit: int, after: Position | None
    ) -> Sequence[SettledComment]:
        """The oldest settled comments after a position that count for the post as it was read.

        Where to begin is told by the index's own bounds: left to a filter on date and id, MongoDB may
        choose to walk the thread from its beginning.
        """
        thread, wanted = post["thread"], visible(post)
        first: tuple[object, object] = (MinKey(), MinKey())
        if after is not None:
            first = (after.publication_date, ObjectId(after.id))
            wanted["_id.id"] = {"$ne": first[1]}
        cursor = self._collections.comments.find(wanted).hint(SETTLED_BY_POSITION).sort(SETTLED_BY_POSITION)
        cursor.min(index_bound(SETTLED_BY_POSITION, thread, *first))
        cursor.max(index_bound(SETTLED_BY_POSITION, thread, MaxKey(), MaxKey()))
        return await cursor.limit(limit).to_list()

    async def _latest(self, post: PostDocument, projection: Filter) -> PostDocument | None:
        """The post where a run began since it was read; None where that is not so, or it is removed."""
        others = {"_id": post["_id"], "thread": post["thread"], "runs": {"$ne": post["runs"]}}
        return await self._collections.posts.find_one(others, projection)

    @staticmethod
    def _suffices(post: PostDocument, entries: Sequence[CommentEntry], limit: int) -> bool:
        """Whether no settled comment can come before the last of these, or there is none at all."""
        settled_from = post.get("settled_from")
        if settled_from is None:
            return True
        return len(entries) == limit and entries[-1]["publication_date"] < settled_from
