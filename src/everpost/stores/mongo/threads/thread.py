"""A thread in a transaction: a change of one comment also changes its post and its ancestors.

Every change updates the post first. So if two changes conflict, one is retried, and what a transaction reads
after that update does not change until it ends.
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
from everpost.errors import EverpostError, InTrash, Invalid, NotFound, Stale
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import SHOWN, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, CommentDocument, PostDocument, place_condition
from everpost.stores.mongo.model.people import BLOG
from everpost.stores.mongo.queries.authors import AuthorNames

_ORDER = {"publication_date": ASCENDING, "_id": ASCENDING}


@dataclass(frozen=True, slots=True)
class ThreadTransaction:
    """The thread of one post, in a transaction that writes comments and checks their preconditions.

    The preconditions on the post itself are in the filter of the update. So each comment is written entirely
    before or entirely after a change of the post.

    The default policy of the blog and the names of users are in other documents. The policy is read with the
    post, at the beginning of the request (once more for a batch whose requests read different ones); the
    names are read while the transaction is open, but outside its snapshot. Both reads see each change that
    was acknowledged before the comment was sent. A change that commits after the read may be acknowledged
    before the comment commits; then the two are concurrent. To prevent that, each comment would have to write
    to the settings, and no two posts could accept comments at the same time.
    """

    collections: Collections
    authors: AuthorNames
    session: Session
    post_id: ObjectId

    async def update_post(
        self,
        preconditions: CommentPreconditions | None = None,
        change: Filter | None = None,
        *,
        changes: int = 1,
        within: Sequence[Filter] = (),
        is_import: bool = False,
    ) -> PostDocument:
        """Update the post if it admits the comment: apply `change`, and count this many `changes` in its
        version. Other transactions cannot write it until this one ends. `within`: the array filters of the
        change. `is_import`: the post may be in the trash. Returns the post with `comment_policy` only. Raises
        NotFound, InTrash, Invalid, Stale.
        """
        this = self._post | place_condition(None if is_import else False)
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
        author_id = None if preconditions is None else preconditions.audience.author_id
        post: PostDocument | None = await write(this | _condition(preconditions, []))
        if post is None and author_id is not None:  # it may be an unpublished post of this author
            authors = await self.authors.predecessors(ObjectId(author_id))
            post = await write(this | _condition(preconditions, authors))
        if post is None:
            raise await self._refusal(preconditions)
        return post

    async def require(self, post: PostDocument, preconditions: CommentPreconditions | None) -> None:
        """Check the preconditions on other documents. Raises Invalid, Stale."""
        if preconditions is None:
            return
        policies = {preconditions.blog_policy}
        stages: list[Filter] = [{"$match": _alike(preconditions)}, {"$project": {"name_key": 1}}]
        if preconditions.blog_policy is None:
            settings = [{"$match": {"_id": BLOG}}, {"$project": {"comment_policy": 1}}]
            stages.append({"$unionWith": {"coll": self.collections.blog.name, "pipeline": settings}})
        if preconditions.name_keys or preconditions.blog_policy is None:
            documents: AsyncCommandCursor[Any] = await self.collections.users.aggregate(stages)
            found = await documents.to_list()
            if any("name_key" in document for document in found):
                raise _name_taken()
            policies |= {each["comment_policy"] for each in found if "comment_policy" in each}
        if "comment_policy" not in post and not preconditions.policies.issuperset(policies - {None}):
            raise Stale("post", str(self.post_id))

    async def _refusal(self, preconditions: CommentPreconditions | None) -> EverpostError:
        """The error for a post that did not admit the comment."""
        post = await self.collections.posts.find_one(self._post, {"status": 1}, session=self.session)
        if post is None:
            return NotFound("post", str(self.post_id))
        if post["status"] == PostStatus.TRASHED:
            return InTrash()
        if preconditions is None or not preconditions.name_keys:
            return Stale("post", str(self.post_id))
        is_taken = await self.collections.users.find_one(_alike(preconditions), {"_id": 1})
        return _name_taken() if is_taken else Stale("post", str(self.post_id))

    @property
    def _post(self) -> Filter:
        return {"_id": self.post_id, **LIVING}

    async def find(self, ids: Iterable[ObjectId]) -> dict[ObjectId, CommentDocument]:
        """Those of these comments that exist, by id."""
        named = {"_id": {"$in": list(ids)}, "post_id": self.post_id}
        found = await self.collections.comments.find(named, session=self.session).to_list()
        return {document["_id"]: document for document in found}

    async def has_replies(self, id: ObjectId) -> bool:
        """Whether the comment has replies, whatever their status."""
        reply = {"post_id": self.post_id, "parent_id": id}
        return await self.collections.comments.find_one(reply, {"_id": 1}, session=self.session) is not None

    async def add_shown_replies(self, id: ObjectId, *, more: int) -> None:
        """Add `more` to the number of shown replies of a comment. That may show or hide a tombstone, which in
        turn changes the number of its parent.
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
        """Add to the numbers of shown replies of approved comments."""
        updates = [UpdateOne({"_id": each}, {"$inc": {"reply_count": more}}) for each, more in counts.items()]
        await self.collections.comments.bulk_write(updates, session=self.session)

    async def preview(self, shown: Sequence[CommentDocument], counts: Mapping[ObjectId, int]) -> None:
        """Add comments to the preview, and add to the numbers of shown replies of comments in it."""
        this = {"_id": self.post_id}
        updates = [UpdateOne(this, previewing(shown))] if shown else []
        for each, more in counts.items():
            counted = {"$inc": {"comments.$[c].reply_count": more}}
            updates.append(UpdateOne(this, counted, array_filters=[{"c._id": each}]))
        if updates:
            await self.collections.posts.bulk_write(updates, session=self.session)

    async def refresh_preview(self, *, approved: int = 0) -> None:
        """Rebuild the preview, and add `approved` to the number of approved comments of the post."""
        shown = {"post_id": self.post_id, "shown": True}
        oldest = self.collections.comments.find(shown, session=self.session).hint(SHOWN).sort(_ORDER)
        preview = await oldest.limit(COMMENTS_INSIDE).to_list()
        change: Filter = {"$set": {"comments": preview}, "$inc": {"comment_count": approved}}
        await self.collections.posts.update_one({"_id": self.post_id}, change, session=self.session)


def previewing(documents: Sequence[CommentDocument]) -> Filter:
    """The update of a post that adds these shown comments to its preview."""
    if not documents:
        return {}
    return {"$push": {"comments": {"$each": documents, "$sort": _ORDER, "$slice": COMMENTS_INSIDE}}}


def count_approved(comments: Iterable[Comment]) -> int:
    return sum(comment.status is CommentStatus.APPROVED for comment in comments)


def _condition(preconditions: CommentPreconditions | None, authors: Sequence[ObjectId]) -> Filter:
    """The preconditions on the post itself. If it has no policy of its own, any is accepted here: then
    `ThreadTransaction.require` checks the policy of the blog.
    """
    if preconditions is None:
        return {}
    own = sorted(policy.value for policy in preconditions.policies)
    policy: Filter = {"comment_policy": {"$in": [*own, None]}}
    if preconditions.audience.sees_all:
        return policy
    is_out = {
        "status": PostStatus.PUBLISHED.value,
        "publication_date": {"$lte": preconditions.audience.moment},
    }
    return {"$and": [policy, {"$or": [is_out, {"author_id": {"$in": list(authors)}}]}]}


def _alike(preconditions: CommentPreconditions) -> Filter:
    """The condition for users whose names look like that of the guest."""
    return {"name_key": {"$in": sorted(preconditions.name_keys)}}


def _name_taken() -> Invalid:
    return Invalid("name", "is too similar to the name of a user of this blog")
