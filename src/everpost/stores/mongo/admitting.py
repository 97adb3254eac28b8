"""The conditions for writing a comment, as a filter on its post."""

from bson import ObjectId

from everpost.domain.admissions import Admission
from everpost.domain.posts import Audience, PostStatus
from everpost.errors import Invalid, NotFound, Stale
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.people import BLOG

_NOWHERE: Filter = {"_id": {"$in": []}}


class Admissions:
    """What a post says of itself is looked at in the write. The blog's default policy and the names of users
    are in other documents: they are read before it, so that a change of these holds for what begins after it.
    """

    def __init__(self, collections: Collections, authors: Authors) -> None:
        self._posts = collections.posts
        self._users = collections.users
        self._blog = collections.blog
        self._authors = authors

    async def condition(self, admission: Admission | None) -> Filter:
        """The condition that a post takes a comment on this ground; none does where a user has the name."""
        if admission is None:
            return {}
        if await self._is_name_taken(admission):
            return _NOWHERE
        return {"$and": [await self._policy(admission), await self._audience(admission.audience)]}

    async def require(self, post_id: ObjectId, admission: Admission | None) -> Filter:
        """The condition, where it holds. NotFound, Invalid, Stale."""
        condition = await self.condition(admission)
        if admission is None or await self._posts.find_one({"_id": post_id, **condition}, {"_id": 1}):
            return condition
        if await self._posts.find_one({"_id": post_id}, {"_id": 1}) is None:
            raise NotFound("post", str(post_id))
        if await self._is_name_taken(admission):
            raise Invalid("name", "looks like the name of a user of this blog")
        raise Stale("post", str(post_id))

    async def _is_name_taken(self, admission: Admission) -> bool:
        if not admission.name_keys:
            return False
        alike = {"name_key": {"$in": sorted(admission.name_keys)}}
        return await self._users.find_one(alike, {"_id": 1}) is not None

    async def _policy(self, admission: Admission) -> Filter:
        own: Filter = {"comment_policy": {"$in": sorted(policy.value for policy in admission.policies)}}
        blog = await self._blog.find_one({"_id": BLOG}, {"comment_policy": 1})
        if blog is None or blog["comment_policy"] not in admission.policies:
            return own
        return {"$or": [own, {"comment_policy": {"$exists": False}}]}

    async def _audience(self, audience: Audience) -> Filter:
        if audience.sees_all:
            return {}
        is_out = {"status": PostStatus.PUBLISHED.value, "publication_date": {"$lte": audience.moment}}
        if audience.author_id is None:
            return is_out
        authors = await self._authors.predecessors(ObjectId(audience.author_id))
        return {"$or": [is_out, {"author_id": {"$in": list(authors)}}]}
