"""The changes of a thread, each of them one write of the post's document."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from everpost.domain.comments import Comment, CommentChange
from everpost.domain.revisions import Match
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import (
    CommentEntry,
    CopyName,
    PostDocument,
    comment_entry,
    matching,
    read_comment,
)
from everpost.stores.mongo.threads import Located


class ThreadWriter:
    """Each write says in its own filter what must be so; None or False: it was not, nothing happened."""

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._settled = collections.comments

    async def push(self, post_id: ObjectId, entries: Sequence[CommentEntry], condition: Filter) -> bool:
        """Nest new comments where the condition holds and no nested one has one of their ids.
        DuplicateKeyError: one that is nested in another post has.
        """
        unused = {"comments.id": {"$nin": [entry["id"] for entry in entries]}}
        pushed = await self._posts.update_one(
            {"_id": post_id, "$and": [unused, condition]},
            {
                "$push": {"comments": {"$each": entries}},
                "$inc": {"comment_count": len(entries), "version": len(entries)},
            },
        )
        return pushed.matched_count == 1

    async def edit_nested(
        self, post_id: ObjectId, comment_id: ObjectId, change: CommentChange, match: Match
    ) -> Comment | None:
        """The comment as it is now."""
        values: dict[str, str | datetime | ObjectId] = {
            "content": change.content,
            "updated_at": change.updated_at,
            "mark": ObjectId(),
        }
        post = await self._posts.find_one_and_update(
            _nested(post_id, comment_id, match),
            {
                "$set": {f"comments.$.{field}": value for field, value in values.items()},
                "$inc": {"comments.$.version": 1, "version": 1},
            },
            projection={"comments": {"$elemMatch": {"id": comment_id}}},
            return_document=ReturnDocument.AFTER,
        )
        if post is None:
            return None
        # All of them, where the write was retried: what it gives then knows no projection
        # (https://github.com/mongodb/mongo/blob/r6.0.5/src/mongo/db/ops/write_ops_retryability.cpp).
        (entry,) = (entry for entry in post["comments"] if entry["id"] == comment_id)
        return read_comment(entry, post_id)

    async def recall(self, located: Located, copy: CopyName, change: CommentChange) -> Comment | None:
        """Change a settled comment: it is nested again, as it is now, and its copy is gone."""
        version = located.comment.version + 1
        changed = replace(
            located.comment, content=change.content, updated_at=change.updated_at, version=version
        )
        recalled = await self._posts.update_one(
            _settled_still(located, copy),
            {"$push": {"comments": comment_entry(changed), "gone": copy}, "$inc": {"version": 1}},
        )
        return changed if recalled.matched_count else None

    async def remove_nested(self, post_id: ObjectId, comment_id: ObjectId, match: Match) -> bool:
        removed = await self._posts.update_one(
            _nested(post_id, comment_id, match),
            {"$pull": {"comments": {"id": comment_id}}, "$inc": {"comment_count": -1, "version": 1}},
        )
        return removed.matched_count == 1

    async def remove_settled(self, located: Located, copy: CopyName) -> bool:
        removed = await self._posts.update_one(
            _settled_still(located, copy),
            {"$push": {"gone": copy}, "$inc": {"comment_count": -1, "version": 1}},
        )
        if removed.matched_count == 0:
            return False
        # It has happened already; what somebody removed need not stay until the thread settles again.
        with suppress(PyMongoError):
            await self._settled.delete_one({"_id": copy})
        return True


def _nested(post_id: ObjectId, comment_id: ObjectId, match: Match) -> Filter:
    return {"_id": post_id, "comments": {"$elemMatch": {"id": comment_id, **matching(match)}}}


def _settled_still(located: Located, copy: CopyName) -> Filter:
    return {"_id": located.post["_id"], **settled_condition(located.post, [copy])}


def settled_condition(post: PostDocument, copies: Sequence[CopyName]) -> Filter:
    """The condition that copies which counted for the post as it was read do so now: the post names
    each copy that is gone until a later run erased it.
    """
    return {"thread": post["thread"], "runs": post["runs"], "gone": {"$nin": copies}}
