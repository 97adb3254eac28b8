"""Slugs that are free."""

from itertools import count

from bson import ObjectId

from everpost.stores.mongo.model.collections import Collections, Filter

_NUMBERS = 1_000
"""Tried at once."""


async def free_slug(collections: Collections, slug: str, post_id: ObjectId) -> str:
    """This slug, or, where another post has it, the first numbered one that none has."""
    for first in count(1, _NUMBERS):
        number: Filter = {"$concat": [slug, "-", {"$toString": "$$this"}]}
        candidate: Filter = {"$cond": [{"$eq": ["$$this", 1]}, slug, number]}  # as `numbered_slug`
        numbers = {"$range": [first, first + _NUMBERS]}
        others = [{"$match": {"_id": {"$ne": post_id}}}, {"$project": {"_id": 1}}]
        free = await collections.posts.database.aggregate(
            [
                {"$documents": {"$map": {"input": numbers, "in": {"slug": candidate}}}},
                {
                    "$lookup": {
                        "from": collections.posts.name,
                        "localField": "slug",
                        "foreignField": "slug",
                        "pipeline": others,
                        "as": "others",
                    }
                },
                {"$match": {"others": []}},
                {"$limit": 1},
            ]
        )
        async for document in free:
            found: str = document["slug"]
            return found
    raise AssertionError  # numbers never end
