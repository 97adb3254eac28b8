"""Free slugs, and conflicts of ids, slugs and paths."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bson import ObjectId

from everpost.domain.text import numbered_slug
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument

_NUMBERS = 1_000
"""The number of candidates that are tried at once."""


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Existing posts that conflict with a post to write."""

    by_id: PostDocument | None
    """The post with the same id; only these fields and `removed_at` are read."""
    by_slug: PostDocument | None
    """Another post with the same slug, likewise."""
    has_path: bool
    """Whether another post has one of its paths."""
    free_slug: str
    """The wanted slug or, if another post has it, the first free numbered one."""


async def find_conflicts(
    collections: Collections, post_id: ObjectId, slug: str, wanted: str, paths: Sequence[str]
) -> Conflicts:
    """The conflicts of a post with these paths and this slug, which is the `wanted` one, possibly with a
    number.
    """
    unique: list[Filter] = [{"_id": post_id}, {"slug": slug}]
    if paths:
        unique.append({"paths": {"$in": list(paths)}})
    conflicting = [{"$match": {"$or": unique}}, {"$project": {"removed_at": 1, "slug": 1, "paths": 1}}]
    for first in count(1, _NUMBERS):
        stages = [
            *_free(collections, wanted, first, post_id),
            {"$unionWith": {"coll": collections.posts.name, "pipeline": conflicting}},
        ]
        cursor = await collections.posts.database.aggregate(stages)
        documents: Sequence[Any] = await cursor.to_list()
        if documents and "free" in documents[0]:
            there: dict[ObjectId, PostDocument] = {each["_id"]: each for each in documents[1:]}
            by_id = there.pop(post_id, None)
            by_slug = next((each for each in there.values() if each.get("slug") == slug), None)
            has_path = any(not set(paths).isdisjoint(each.get("paths", ())) for each in there.values())
            return Conflicts(by_id, by_slug, has_path, documents[0]["free"])
    raise AssertionError  # numbers never end


def _free(collections: Collections, slug: str, first: int, post_id: ObjectId) -> Sequence[Filter]:
    """The stages that return the first slug, beginning with this number, that no other post has."""
    number: Filter = {"$concat": [slug, "-", {"$toString": "$$this"}]}
    candidate: Filter = {"$cond": [{"$eq": ["$$this", 1]}, numbered_slug(slug, 1), number]}
    numbers = {"$range": [first, first + _NUMBERS]}
    others = {
        "from": collections.posts.name,
        "localField": "free",
        "foreignField": "slug",
        "pipeline": [{"$match": {"_id": {"$ne": post_id}}}, {"$project": {"_id": 1}}],
        "as": "others",
    }
    return [
        {"$documents": {"$map": {"input": numbers, "in": {"free": candidate}}}},
        {"$lookup": others},
        {"$match": {"others": []}},
        {"$limit": 1},
    ]
