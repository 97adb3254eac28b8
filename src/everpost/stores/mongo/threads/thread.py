"""A thread in a transaction: a change of one comment also changes its post and the comments above it.

Every change takes the post first, so if two meet, one is retried; what is read after that stays true until
the transaction ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.comment_preconditions import CommentPreconditions
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import COMMENTS_INSIDE, PostStatus
from everpost.domain.revisions import new_stamp
from everpost.errors import EverpostError, Invalid, NotFound, Stale
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import SHOWN, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, CommentDocument, PostDocument
from everpost.stores.mongo.model.people import BLOG
from everpost.stores.mongo.queries.authors import Authors

_ORDER = {"publication_date": ASCENDING, "_id": ASCENDING}


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of one post, in a transaction that writes a comment, and checks the conditions for that.

    The conditions on the post itself are in the filter of the update that takes it. So each comment is
    written entirely before or entirely after a change of the post.

    The blog's default policy and the names of users are other documents. The policy is read with the post, at
    the beginning of the request; the names while the transaction is open, but outside its snapshot. A read
    sees each change that was acknowledged before it began, hence every one that was acknowledged before the
    comment was sent. A change that commits after the read may be acknowledged before the comment commits; the
    two are concurrent. To leave no such moment, each comment would have to write to the settings, and no two
    posts could take comments at the same time.
    """

    collections: Collections
    authors: Authors
    session: Session
    post_id: ObjectId

    async def take(
        self,
        admission: CommentPreconditions | None = None,
        change: Filter | None = None,
        *,
        changes: int = 1,
        within: Sequence[Filter] = (),
    ) -> PostDocument:
        """Count changes of the post, and change it, if it admits the comment; this keeps other writers away
        from it until the end. `within`: the array filters of the change. Returns the post, of which only
        `comment_policy` was read. NotFound, Invalid, Stale.
        """
        update = dict(change or {})
        update["$inc"] = {"version": changes, **update.get("$inc", {})}
        update["$set"] = {"stamp": new_stamp(), **update.get("$set", {})}
        write = partial(
            self.collections.posts.find_one_and_update,
            update=update,
            projection={"comment_policy": 1},
            array_filters=list(within) or None,
            session=self.session,
        )
        author_id = None if admission is None else admission.audience.author_id
        post: PostDocument | None = await write(self._post | _condition(admission, []))
        if post is None and author_id is not None:  # it may be an unpublished post of this author
            authors = await self.authors.predecessors(ObjectId(author_id))
            post = await write(self._post | _condition(admission, authors))
        if post is None:
            raise await self._refusal(admission)
        return post

    async def require(self, post: PostDocument, admission: CommentPreconditions | None) -> None:
        """Check the conditions on other documents. Invalid, Stale."""
        if admission is None:
            return
        policies = {admission.blog_policy}
        stages: list[Filter] = [{"$match": _alike(admission)}, {"$project": {"name_key": 1}}]
        if admission.blog_policy is None:
            settings = [{"$match": {"_id": BLOG}}, {"$project": {"comment_policy": 1}}]
            stages.append({"$unionWith": {"coll": self.collections.blog.name, "pipeline": settings}})
        if admission.name_keys or admission.blog_policy is None:
            documents: AsyncCommandCursor[Any] = await self.collections.users.aggregate(stages)
            found = await documents.to_list()
            if any("name_key" in document for document in found):
                raise _name_taken()
            policies |= {each["comment_policy"] for each in found if "comment_policy" in each}
        if "comment_policy" not in post and not admission.policies.issuperset(policies - {None}):
            raise Stale("post", str(self.post_id))

    async def _refusal(self, admission: CommentPreconditions | None) -> EverpostError:
        """Why the post took no comment."""
        if await self.collections.posts.find_one(self._post, {"_id": 1}, session=self.session) is None:
            return NotFound("post", str(self.post_id))
        if admission is None or not admission.name_keys:
            return Stale("post", str(self.post_id))
        is_taken = await self.collections.users.find_one(_alike(admission), {"_id": 1})
        return _name_taken() if is_taken else Stale("post", str(self.post_id))

    @property
    def _post(self) -> Filter:
        return {"_id": self.post_id, **LIVING}

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


def _condition(admission: CommentPreconditions | None, authors: Sequence[ObjectId]) -> Filter:
    """The conditions on the post itself. If it has no policy, the blog's decides."""
    if admission is None:
        return {}
    own = sorted(policy.value for policy in admission.policies)
    policy: Filter = {"comment_policy": {"$in": [*own, None]}}
    if admission.audience.sees_all:
        return policy
    is_out = {
        "status": PostStatus.PUBLISHED.value,
        "publication_date": {"$lte": admission.audience.moment},
    }
    return {"$and": [policy, {"$or": [is_out, {"author_id": {"$in": list(authors)}}]}]}


def _alike(admission: CommentPreconditions) -> Filter:
    """The condition for users whose name looks like that of a guest."""
    return {"name_key": {"$in": sorted(admission.name_keys)}}


def _name_taken() -> Invalid:
    return Invalid("name", "is too similar to the name of a user of this blog")
