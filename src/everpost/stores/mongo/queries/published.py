"""Facts about all published posts, each read from an index."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.clock import whole_milliseconds
from everpost.domain.ids import Id
from everpost.domain.posts import PostKind, PostStatus, Updates
from everpost.stores.mongo.model.collections import (
    BY_DATE,
    BY_UPDATE,
    OF_AUTHOR,
    OF_STATUS,
    Collections,
    Filter,
)

_DIVISOR = 2**31 - 1
"""The sum of the remainders cannot overflow."""


class PublishedPosts:
    """Reads who wrote published posts, and when they were updated."""

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._users = collections.users

    async def authors(self, moment: datetime, least: int) -> Sequence[Id]:
        these = _published(PostKind.POST) | {"publication_date": {"$lte": moment}}
        stages = [{"$match": these}, {"$group": {"_id": "$author_id", "count": {"$sum": 1}}}]
        counts = await self._aggregate(stages, [*OF_AUTHOR, *BY_DATE])
        written = {each["_id"]: each["count"] for each in counts if each["_id"] is not None}
        users = await self._users.find({"_id": {"$in": list(written)}}, {"heir": 1}).to_list()
        heirs = {user["_id"]: user.get("heir", user["_id"]) for user in users}
        totals: Counter[ObjectId] = Counter()
        for author_id, count in written.items():
            totals[heirs.get(author_id, author_id)] += count
        found = [author_id for author_id, count in totals.items() if count >= least]
        wanted: Filter = {"_id": {"$in": found}, "disabled_at": None, "removed_at": None}
        living = await self._users.find(wanted, {"_id": 1}).sort("_id").to_list()
        return [Id(str(user["_id"])) for user in living]

    async def updates(self, kind: PostKind) -> Updates:
        remainder = {"$mod": [{"$toLong": "$updated_at"}, _DIVISOR]}
        totals = {"count": {"$sum": 1}, "checksum": {"$sum": remainder}, "latest": {"$max": "$updated_at"}}
        stages = [{"$match": _published(kind)}, {"$group": {"_id": None, **totals}}]
        for found in await self._aggregate(stages, [*OF_STATUS, *BY_UPDATE]):
            return Updates(found["count"], int(found["checksum"]), whole_milliseconds(found["latest"]))
        return Updates(0, 0, None)

    async def _aggregate(
        self, stages: Sequence[Filter], index: Sequence[tuple[str, int]]
    ) -> Sequence[dict[str, Any]]:
        cursor: AsyncCommandCursor[Any] = await self._posts.aggregate(stages, hint=dict(index))
        return await cursor.to_list()


def _published(kind: PostKind) -> Filter:
    return {"status": PostStatus.PUBLISHED.value, "kind": kind.value}
