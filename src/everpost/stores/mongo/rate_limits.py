"""The port's `RateLimits` on MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from pymongo import ReturnDocument

from everpost.domain.rate_limits import WINDOW, Limit, RateLimitCounter
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.model.collections import Collections, Filter


class MongoRateLimits(Part):
    """Counters, one document each, which MongoDB deletes within a minute after its window ends. If two
    processes count the first attempt concurrently, only one document is inserted: MongoDB retries the second
    upsert
    (https://www.mongodb.com/docs/manual/reference/method/db.collection.updateOne/#upsert-with-unique-index).
    """

    def __init__(self, collections: Collections) -> None:
        self._limits = collections.limits

    @writes
    async def hit(self, limits: Sequence[Limit], moment: datetime) -> Sequence[RateLimitCounter]:
        counters = []
        for limit in limits:
            counters.append(await self._hit(limit.key, moment))
            if limit.is_exceeded_by(counters[-1]):
                break
        return counters

    async def _hit(self, key: str, moment: datetime) -> RateLimitCounter:
        lasts = {"$gt": ["$until", moment]}
        count: Filter = {"$cond": [lasts, {"$add": ["$count", 1]}, 1]}
        until: Filter = {"$cond": [lasts, "$until", moment + WINDOW]}
        document = await self._limits.find_one_and_update(
            {"_id": key},
            [{"$set": {"count": count, "until": until}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            raise AssertionError  # an upsert leaves a document
        return RateLimitCounter(document["count"], document["until"])

    @writes
    async def decrement(self, keys: Sequence[str]) -> None:
        counted: Filter = {"_id": {"$in": list(keys)}, "count": {"$gt": 0}}
        await self._limits.update_many(counted, {"$inc": {"count": -1}})

    @reads
    async def get(self, key: str, moment: datetime) -> RateLimitCounter | None:
        document = await self._limits.find_one({"_id": key, "until": {"$gt": moment}})
        return None if document is None else RateLimitCounter(document["count"], document["until"])

    @writes
    async def start_window(self, key: str, until: datetime) -> None:
        window = {"$set": {"count": 1, "until": until}}
        await self._limits.update_one({"_id": key}, window, upsert=True)

    @writes
    async def delete_expired(self, moment: datetime) -> None:
        await self._limits.delete_many({"until": {"$lte": moment}})
