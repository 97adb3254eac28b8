"""Free slugs, and the obstacles to writing a post."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from bson import ObjectId

from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument

_NUMBERS = 1_000
"""How many numbers are tried at once."""


@dataclass(frozen=True, slots=True)
class SlugConflicts:
    """What is in the way of a post."""

    by_id: PostDocument | None
    """The post with its id; only `_id` and `removed_at` are read."""
    by_slug: PostDocument | None
    """Another post with its slug, likewise."""
    free_slug: str
    """The slug that it wanted or, if another post has it, the first free numbered one."""


async def find_obstacles(
    collections: Collections, post_id: ObjectId, slug: str, wanted: str
) -> SlugConflicts:
    """The obstacles to a post with this slug: the one that was wanted, possibly with a number."""
    unique: Filter = {"$or": [{"_id": post_id}, {"slug": slug}]}
    in_the_way = [{"$match": unique}, {"$project": {"removed_at": 1}}]
    for first in count(1, _NUMBERS):
        stages = [
            *_free(collections, wanted, first, post_id),
            {"$unionWith": {"coll": collections.posts.name, "pipeline": in_the_way}},
        ]
        cursor = await collections.posts.database.aggregate(stages)
        documents = await cursor.to_list()
        if documents and "slug" in documents[0]:
            there = {document["_id"]: document for document in documents[1:]}
            by_id = there.pop(post_id, None)
            return SlugConflicts(by_id, next(iter(there.values()), None), documents[0]["slug"])
    raise AssertionError  # numbers never end


async def free_slug(collections: Collections, slug: str, post_id: ObjectId) -> str:
    """This slug or, if another post has it, the first free numbered one."""
    return (await find_obstacles(collections, post_id, slug, slug)).free_slug


def _free(collections: Collections, slug: str, first: int, post_id: ObjectId) -> Sequence[Filter]:
    """The stages that give the first slug from this number on that no other post has."""
    number: Filter = {"$concat": [slug, "-", {"$toString": "$$this"}]}
    candidate: Filter = {"$cond": [{"$eq": ["$$this", 1]}, slug, number]}  # as `numbered_slug`
    numbers = {"$range": [first, first + _NUMBERS]}
    others = {
        "from": collections.posts.name,
        "localField": "slug",
        "foreignField": "slug",
        "pipeline": [{"$match": {"_id": {"$ne": post_id}}}, {"$project": {"_id": 1}}],
        "as": "others",
    }
    return [
        {"$documents": {"$map": {"input": numbers, "in": {"slug": candidate}}}},
        {"$lookup": others},
        {"$match": {"others": []}},
        {"$limit": 1},
    ]
