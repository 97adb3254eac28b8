"""The changes of a thread, each of them one write of the post's document."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from everpost.domain.admissions import Hand
from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.revisions import Match, new_stamp
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


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a comment; None: it is gone for good."""

    located: Located
    becomes: Comment | None

    @property
    def approved(self) -> int:
        """How many approved comments there are more."""
        after = self.becomes is not None and self.becomes.status is CommentStatus.APPROVED
        return after - (self.located.comment.status is CommentStatus.APPROVED)


class ThreadWriter:
    """Each write says in its own filter what must be so; None or False: it was not, nothing happened."""

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._settled = collections.comments

    async def push(self, post_id: ObjectId, entries: Sequence[CommentEntry], condition: Filter) -> bool:
        """Nest new comments where the condition holds and no nested one has one of their ids.
        DuplicateKeyError: one that is nested in another post has.
        """
        pushed = await self._posts.update_one(
            {"_id": post_id, "$and": [_unused(entries), condition]},
            {
                "$push": {"comments": {"$each": entries}},
                "$inc": {"comment_count": approved_of(entries), "version": len(entries)},
                "$set": {"stamp": new_stamp()},
            },
        )
        return pushed.matched_count == 1

    async def edit_nested(
        self,
        post_id: ObjectId,
        comment_id: ObjectId,
        change: CommentChange,
        terms: tuple[Match, Hand | None],
        condition: Filter,
    ) -> Comment | None:
        """Change the words; the comment as it is now. The condition is on the post."""
        match, hand = terms
        values: dict[str, str | int | datetime | ObjectId] = {"mark": ObjectId(), "stamp": new_stamp()}
        if change.content is not None:
            values |= {"content": change.content, "updated_at": change.updated_at}
        if change.editor_id is not None:
            values |= {"editor_id": ObjectId(change.editor_id), "edited_at": change.updated_at}
        conditions = [matching(match), {} if hand is None else _in_hand(hand)]
        named: Filter = {"id": comment_id, "$and": conditions}
        post = await self._posts.find_one_and_update(
            {"_id": post_id, "comments": {"$elemMatch": named}, **condition},
            {
                "$set": {f"comments.$.{field}": value for field, value in values.items()}
                | {"stamp": new_stamp()},
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

    async def write(
        self,
        post_id: ObjectId,
        changes: Sequence[Change],
        added: Sequence[CommentEntry] = (),
        *,
        condition: Filter | None = None,
    ) -> bool:
        """All changes and additions together, where the condition holds, each of the comments is still as
        it was located, no nested one answers one that is to be gone, and no id of what is added is in use.
        A settled one that stays is nested again. DuplicateKeyError: another post has a comment with such
        an id.
        """
        marks = [change.located.mark for change in changes if change.located.copy is None]
        copies = [change.located.copy for change in changes if change.located.copy is not None]
        entries = [comment_entry(change.becomes) for change in changes if change.becomes is not None]
        others = {"$not": [{"$in": ["$$this.mark", {"$literal": marks}]}]}
        stay = {"$filter": {"input": "$comments", "cond": others}}
        update: Filter = {
            "comments": {"$concatArrays": [stay, {"$literal": [*entries, *added]}]},
            "comment_count": {"$add": ["$comment_count", _approved_by(changes) + approved_of(added)]},
            "version": {"$add": ["$version", len(added) or 1]},
            "stamp": new_stamp(),
        }
        if copies:
            update["gone"] = {"$concatArrays": ["$gone", {"$literal": copies}]}
        conditions = [condition for change in changes for condition in _conditions(change)]
        written = await self._posts.update_one(
            {"_id": post_id, "$and": [_unused(added), condition or {}, *conditions]}, [{"$set": update}]
        )
        return written.matched_count == 1

    async def erase(self, copies: Sequence[CopyName]) -> None:
        """Delete what is gone already: what somebody removed need not stay until the thread settles again."""
        with suppress(PyMongoError):
            await self._settled.delete_many({"_id": {"$in": copies}})


def still(located: Located) -> Filter:
    """The condition that a comment is as it was located."""
    if located.copy is None:
        return {"comments.mark": located.mark}
    return settled_condition(located.post, [located.copy])


def settled_condition(post: PostDocument, copies: Sequence[CopyName]) -> Filter:
    """The condition that copies which counted for the post as it was read do so now: the post names
    each copy that is gone until a later run erased it.
    """
    return {"thread": post["thread"], "runs": post["runs"], "gone": {"$nin": copies}}


def approved_of(entries: Sequence[CommentEntry]) -> int:
    """How many of these the post counts."""
    return sum(entry["status"] == CommentStatus.APPROVED for entry in entries)


def _approved_by(changes: Sequence[Change]) -> int:
    return sum(change.approved for change in changes)


def _conditions(change: Change) -> Sequence[Filter]:
    located = change.located
    if change.becomes is not None:
        return [still(located)]
    unanswered: Filter = {"comments.parent_id": {"$ne": ObjectId(located.comment.id)}}
    return [still(located), settled_condition(located.post, []), unanswered]


def _unused(entries: Sequence[CommentEntry]) -> Filter:
    return {"comments.id": {"$nin": [entry["id"] for entry in entries]}} if entries else {}


def _in_hand(hand: Hand) -> Mapping[str, object]:
    """What `Hand.wrote` says, and how young."""
    owners: list[Filter] = []
    if hand.author_id is not None:
        owners.append({"author_id": ObjectId(hand.author_id)})
    if hand.key_digest is not None:
        owners.append({"key_digest": hand.key_digest})
    if not owners:
        return {"id": {"$in": []}}
    return {"$or": owners, "publication_date": {"$gte": hand.since}}
