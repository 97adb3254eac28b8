"""The conditions for writing a comment."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.admissions import Admission
from everpost.domain.posts import PostStatus
from everpost.errors import EverpostError, Invalid, Stale
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument
from everpost.stores.mongo.model.people import BLOG
from everpost.stores.mongo.queries.authors import Authors
from everpost.stores.mongo.threads.thread import Thread


class Admissions:
    """Checks them in the transaction that writes the comment.

    The conditions on the post itself are in the filter of the update that takes it. So each comment is
    written entirely before or entirely after a change of the post.

    The blog's default policy and the names of users are other documents. The policy is read with the post, at
    the beginning of the request; the names while the transaction is open, but outside its snapshot. A read
    sees each change that was acknowledged before it began, hence every one that was acknowledged before the
    comment was sent. A change that commits after the read may be acknowledged before the comment commits; the
    two are concurrent. To leave no such moment, each comment would have to write to the settings, and no two
    posts could take comments at the same time.
    """

    def __init__(self, collections: Collections, authors: Authors) -> None:
        self._users = collections.users
        self._blog = collections.blog
        self._authors = authors

    async def take(
        self,
        thread: Thread,
        admission: Admission | None,
        change: Filter | None = None,
        *,
        changes: int = 1,
        within: Sequence[Filter] = (),
    ) -> PostDocument:
        """Take the post, as `Thread.take` does, if it admits this comment. NotFound, Invalid, Stale."""
        take = partial(thread.take, change, changes=changes, within=within)
        if admission is None:
            post = await take()
        else:
            author_id = admission.audience.author_id
            authors = [] if author_id is None else [ObjectId(author_id)]
            post = await take(condition=_condition(admission, authors))
            if (
                post is None and author_id is not None
            ):  # it may still name one whose posts this author inherited
                authors = [*await self._authors.predecessors(ObjectId(author_id))]
                post = await take(condition=_condition(admission, authors))
        if post is None:
            raise await self._refusal(thread, admission)
        return post

    async def require(self, post: PostDocument, admission: Admission | None) -> None:
        """Check the conditions on other documents. Invalid, Stale."""
        if admission is None:
            return
        policies = {admission.blog_policy}
        stages: list[Filter] = [{"$match": {"name_key": {"$in": sorted(admission.name_keys)}}}]
        stages.append({"$project": {"name_key": 1}})
        if admission.blog_policy is None:
            settings = [{"$match": {"_id": BLOG}}, {"$project": {"comment_policy": 1}}]
            stages.append({"$unionWith": {"coll": self._blog.name, "pipeline": settings}})
        if admission.name_keys or admission.blog_policy is None:
            documents: AsyncCommandCursor[Any] = await self._users.aggregate(stages)
            found = await documents.to_list()
            if any("name_key" in document for document in found):
                raise _name_taken()
            policies |= {each["comment_policy"] for each in found if "comment_policy" in each}
        if "comment_policy" not in post and not admission.policies.issuperset(policies - {None}):
            raise Stale("post", str(post["_id"]))

    async def _refusal(self, thread: Thread, admission: Admission | None) -> EverpostError:
        await thread.require_post()
        if admission is not None and await self._is_name_taken(admission):
            return _name_taken()
        return Stale("post", str(thread.post_id))

    async def _is_name_taken(self, admission: Admission) -> bool:
        if not admission.name_keys:
            return False
        alike = {"name_key": {"$in": sorted(admission.name_keys)}}
        return await self._users.find_one(alike, {"_id": 1}) is not None


def _condition(admission: Admission, authors: Sequence[ObjectId]) -> Filter:
    """The conditions on the post itself. If it has no policy, the blog's decides."""
    own = sorted(policy.value for policy in admission.policies)
    policy: Filter = {"comment_policy": {"$in": [*own, None]}}
    if admission.audience.sees_all:
        return policy
    is_out = {
        "status": PostStatus.PUBLISHED.value,
        "publication_date": {"$lte": admission.audience.moment},
    }
    return {"$and": [policy, {"$or": [is_out, {"author_id": {"$in": list(authors)}}]}]}


def _name_taken() -> Invalid:
    return Invalid("name", "is too similar to the name of a user of this blog")
