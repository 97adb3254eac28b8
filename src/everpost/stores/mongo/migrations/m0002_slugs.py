"""A slug for each post that has none."""

from everpost.domain.text import numbered_slug, slug_from
from everpost.stores.mongo.connection import Database

_REMEMBERED = 10_000
"""Slugs of which it is known which numbers are taken."""


async def give_slugs(database: Database) -> None:
    """In the order of publication each gets the first one that is free. Who goes on after this was broken
    off comes to the same.
    """
    posts = database["posts"]
    order = [("publication_date", 1), ("_id", 1)]
    wanting = posts.find({"slug": {"$exists": False}}, {"title": 1}).sort(order).allow_disk_use(True)
    next_numbers: dict[str, int] = {}
    async for post in wanting:
        wanted = slug_from(post["title"])
        number = next_numbers.get(wanted, 1)
        while await posts.find_one({"slug": numbered_slug(wanted, number)}, {"_id": 1}):
            number += 1
        await posts.update_one({"_id": post["_id"]}, {"$set": {"slug": numbered_slug(wanted, number)}})
        if len(next_numbers) == _REMEMBERED:
            next_numbers.clear()
        next_numbers[wanted] = number + 1
