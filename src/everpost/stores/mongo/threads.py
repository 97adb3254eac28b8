"""Reading a thread: the part that is nested in its post, then the part that has settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bson import MaxKey, MinKey, ObjectId

from everpost.domain.comments import Branch, Comment
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.errors import Busy
from everpost.stores.mongo.collections import (
    SETTLED_BY_ID,
    SETTLED_REPLIES,
    SETTLED_SHOWN,
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """The oldest shown comments of a thread, at most `limit`, after a position; of one branch, if any."""

    limit: int
    after: Position | None = None
    branch: Branch | None = None

    @property
    def parent_id(self) -> ObjectId | None:
        """None also where there is no branch."""
        if self.branch is None or self.branch.parent_id is None:
            return None
        return ObjectId(self.branch.parent_id)

    def nested(self) -> Filter:
        """The projection of those that are nested, in order; they are kept in none."""
        if self.limit == 0:
            return {}
        conditions: list[Filter] = [{"$eq": ["$$this.shown", True]}]
        if self.branch is not None:
            conditions.append({"$eq": [{"$ifNull": ["$$this.parent_id", None]}, self.parent_id]})
        if self.after is not None:
            date, comment_id = {"$literal": self.after.moment}, {"$literal": ObjectId(self.after.id)}
            tie = {"$and": [{"$eq": ["$$this.publication_date", date]}, {"$gt": ["$$this.id", comment_id]}]}
            conditions.append({"$or": [{"$gt": ["$$this.publication_date", date]}, tie]})
        these = {"$filter": {"input": "$comments", "cond": {"$and": conditions}}}
        in_order = {"$sortArray": {"input": these, "sortBy": {"publication_date": 1, "id": 1}}}
        return {"comments": {"$slice": [in_order, min(self.limit, MAX_NUMBER)]}}

    def nested_of(self, post: PostDocument) -> Sequence[CommentEntry]:
        """What `nested` asks for, all the same where the post comes from a write that was retried: that
        gives the whole document, whatever it was asked for
        (https://github.com/mongodb/mongo/blob/r6.0.5/src/mongo/db/ops/write_ops_retryability.cpp).
        Such a write asks for no branch, and for the beginning.
        """
        shown = [entry for entry in post.get("comments", []) if entry["shown"]]
        return sorted(shown, key=lambda entry: (entry["publication_date"], entry["id"]))[: self.limit]


@dataclass(frozen=True, slots=True)
class Located:
    """A comment where it was when its post was read: nested, or settled in the copy of this name."""

    post: PostDocument
    comment: Comment
    mark: ObjectId
    copy: CopyName | None


class Threads:
    """What the whole of a thread says, wherever its comments are. The names of authors are not here."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    async def fill(self, post: PostDocument, stretch: Stretch) -> Sequence[Comment]:
        """The comments of a stretch, of a post that was read with `STATE` and `stretch.nested()`."""
        for _ in range(ATTEMPTS):
            entries = stretch.nested_of(post)
            found = [read_comment(entry, post["_id"]) for entry in entries]
            if stretch.limit == 0 or suffices(post, entries, stretch.limit):
                return found
            settled = await self._settled_after(post, stretch)
            latest = await self.latest(post, STATE | stretch.nested())
            if latest is None:
                found.extend(read_settled(copy) for copy in settled)
                return sorted(found, key=lambda comment: comment.position)[: stretch.limit]
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
            if len(found) == len(comment_ids) or await self.latest(post, {"runs": 1}) is None:
                return found
        raise Busy

    async def is_answered(self, located: Located) -> bool | None:
        """Whether any comment, whatever its status, answers this one. What is not answered stays so as
        long as none that does is nested and no run begins; None: one has begun since it was located.
        """
        comment_id = ObjectId(located.comment.id)
        answers = {"$in": [comment_id, "$comments.parent_id"]}
        same = {"_id": located.post["_id"], "thread": located.post["thread"], "runs": located.post["runs"]}
        post = await self._collections.posts.find_one(same, STATE | {"answered": answers})
        if post is None:
            return None
        if post["answered"] or post["runs"] == 0:
            return post["answered"]
        wanted = visible(post) | {"parent_id": comment_id}
        copies = self._collections.comments.find(wanted, {"_id": 1}).hint(SETTLED_REPLIES)
        return bool(await copies.limit(1).to_list())

    async def latest(self, post: PostDocument, projection: Filter) -> PostDocument | None:
        """The post where a run began since it was read; None where that is not so, or it is removed."""
        others = {"_id": post["_id"], "thread": post["thread"], "runs": {"$ne": post["runs"]}}
        return await self._collections.posts.find_one(others, projection)

    async def _settled_after(self, post: PostDocument, stretch: Stretch) -> Sequence[SettledComment]:
        """The settled part of a stretch, of those that count for the post as it was read.

        Where to begin is told by the index's own bounds: left to a filter on date and id, MongoDB may
        choose to walk the thread from its beginning.
        """
        index, place = SETTLED_SHOWN, [post["thread"], True]
        wanted = visible(post) | {"shown": True}
        if stretch.branch is not None:
            index, place = SETTLED_REPLIES, [post["thread"], stretch.parent_id, True]
            wanted["parent_id"] = stretch.parent_id
        first: tuple[object, object] = (MinKey(), MinKey())
        if stretch.after is not None:
            first = (stretch.after.moment, ObjectId(stretch.after.id))
            wanted["_id.id"] = {"$ne": first[1]}
        cursor = self._collections.comments.find(wanted).hint(index).sort(index)
        cursor.min(index_bound(index, *place, *first))
        cursor.max(index_bound(index, *place, MaxKey(), MaxKey()))
        return await cursor.limit(stretch.limit).to_list()


def suffices(post: PostDocument, entries: Sequence[CommentEntry], limit: int) -> bool:
    """Whether no settled comment can come before the last of these, or there is none at all."""
    settled_from = post.get("settled_from")
    if settled_from is None:
        return True
    return len(entries) == limit and entries[-1]["publication_date"] < settled_from
