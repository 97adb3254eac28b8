"""Free slugs, and conflicts of ids and slugs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from bson import ObjectId

from everpost.domain.text import numbered_slug
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument

_NUMBERS = 1_000
"""The number of candidates that are tried at once."""


@dataclass(frozen=True, slots=True)
class SlugConflicts:
    """Existing posts that conflict with a new one."""

    by_id: PostDocument | None
    """The post with the same id; only `_id` and `removed_at` are read."""
    by_slug: PostDocument | None
    """Another post with the same slug, likewise."""
    free_slug: str
    """The wanted slug or, if another post has it, the first free numbered one."""


async def find_conflicts(
    collections: Collections, post_id: ObjectId, slug: str, wanted: str
) -> SlugConflicts:
    """The conflicts of a post with this slug, which is the `wanted` one, possibly with a number."""
    unique: Filter = {"$or": [{"_id": post_id}, {"slug": slug}]}
    conflicting = [{"$match": unique}, {"$project": {"removed_at": 1}}]
    for first in count(1, _NUMBERS):
        stages = [
            *_free(collections, wanted, first, post_id),
            {"$unionWith": {"coll": collections.posts.name, "pipeline": conflicting}},
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
    return (await find_conflicts(collections, post_id, slug, slug)).free_slug


def _free(collections: Collections, slug: str, first: int, post_id: ObjectId) -> Sequence[Filter]:
    """The stages that return the first slug, beginning with this number, that no other post has."""
    number: Filter = {"$concat": [slug, "-", {"$toString": "$$this"}]}
    candidate: Filter = {"$cond": [{"$eq": ["$$this", 1]}, numbered_slug(slug, 1), number]}
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
