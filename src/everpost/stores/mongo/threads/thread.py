"""A thread in a transaction: a change of one comment also changes its post and the comments above it.

Every change takes the post first, so if two meet, one is retried; what is read after that stays true until
the transaction ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import COMMENTS_INSIDE
from everpost.domain.revisions import new_stamp
from everpost.errors import NotFound
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import SHOWN, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, CommentDocument, PostDocument

_ORDER = {"publication_date": ASCENDING, "_id": ASCENDING}


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of one post, in a transaction."""

    collections: Collections
    session: Session
    post_id: ObjectId

    async def take(
        self,
        change: Filter | None = None,
        *,
        condition: Filter | None = None,
        changes: int = 1,
        within: Sequence[Filter] = (),
    ) -> PostDocument | None:
        """Count changes of the post, and change it; this keeps other writers away from it until the end.
        `within`: the array filters of the change. Returns the post, of which only `comment_policy` was read;
        None if it does not exist or does not meet the condition.
        """
        update = dict(change or {})
        update["$inc"] = {"version": changes, **update.get("$inc", {})}
        update["$set"] = {"stamp": new_stamp(), **update.get("$set", {})}
        return await self.collections.posts.find_one_and_update(
            {"_id": self.post_id, **LIVING, **(condition or {})},
            update,
            projection={"comment_policy": 1},
            array_filters=list(within) or None,
            session=self.session,
        )

    async def require_post(self) -> None:
        """NotFound."""
        named = {"_id": self.post_id, **LIVING}
        if await self.collections.posts.find_one(named, {"_id": 1}, session=self.session) is None:
            raise NotFound("post", str(self.post_id))

    async def find(self, ids: Iterable[ObjectId]) -> dict[ObjectId, CommentDocument]:
        """Those of these comments that exist."""
        named = {"_id": {"$in": list(ids)}, "post_id": self.post_id}
        found = await self.collections.comments.find(named, session=self.session).to_list()
        return {document["_id"]: document for document in found}

    async def has_replies(self, id: ObjectId) -> bool:
        """Whether there are any replies, whatever their status."""
        reply = {"post_id": self.post_id, "parent_id": id}
        return await self.collections.comments.find_one(reply, {"_id": 1}, session=self.session) is not None

    async def add_shown_replies(self, id: ObjectId, *, more: int) -> None:
        """Add this many shown replies to a comment's count. That may show or hide a tombstone, which in turn
        may be the first or last shown reply of the comment above it.
        """
        above: ObjectId | None = id
        while above is not None and more:
            found = await self.find([above])
            if above not in found:
                return
            comment = found[above]
            replies = comment["reply_count"] + more
            is_shown = comment["status"] == CommentStatus.APPROVED or replies > 0
            await self.collections.comments.update_one(
                {"_id": above}, {"$set": {"reply_count": replies, "shown": is_shown}}, session=self.session
            )
            above, more = comment.get("parent_id"), is_shown - comment["shown"]

    async def count_replies(self, counts: Mapping[ObjectId, int]) -> None:
        """Add this many shown replies to the counts of approved comments."""
        updates = [UpdateOne({"_id": each}, {"$inc": {"reply_count": more}}) for each, more in counts.items()]
        await self.collections.comments.bulk_write(updates, session=self.session)

    async def preview(self, shown: Sequence[CommentDocument], counts: Mapping[ObjectId, int]) -> None:
        """Add comments to the preview, and this many shown replies to the counts of comments in it."""
        this = {"_id": self.post_id}
        updates = [UpdateOne(this, previewing(shown))] if shown else []
        for each, more in counts.items():
            counted = {"$inc": {"comments.$[c].reply_count": more}}
            updates.append(UpdateOne(this, counted, array_filters=[{"c._id": each}]))
        if updates:
            await self.collections.posts.bulk_write(updates, session=self.session)

    async def refresh_preview(self, *, approved: int = 0) -> None:
        """Rebuild the preview, and add this many to the post's count of approved comments."""
        shown = {"post_id": self.post_id, "shown": True}
        oldest = self.collections.comments.find(shown, session=self.session).hint(SHOWN).sort(_ORDER)
        preview = await oldest.limit(COMMENTS_INSIDE).to_list()
        change: Filter = {"$set": {"comments": preview}, "$inc": {"comment_count": approved}}
        await self.collections.posts.update_one({"_id": self.post_id}, change, session=self.session)


def previewing(documents: Sequence[CommentDocument]) -> Filter:
    """The update of a post that adds these comments, which are shown, to its preview."""
    if not documents:
        return {}
    return {"$push": {"comments": {"$each": documents, "$sort": _ORDER, "$slice": COMMENTS_INSIDE}}}


def count_approved(comments: Iterable[Comment]) -> int:
    return sum(comment.status is CommentStatus.APPROVED for comment in comments)
