"""What is left to be done after removals: erasing the settled comments of posts, which no reader sees any
more, and writing into the posts of users whose they are now, which every reader knows already.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from bson import ObjectId
from pymongo.errors import PyMongoError

from everpost.stores.mongo.collections import POSTS, SETTLED_SHOWN, Collections, Filter
from everpost.stores.mongo.inheriting import Notary

_log = logging.getLogger(__name__)

INTERVAL = 3600
"""Seconds between two searches for threads without a post."""
GRACE = 86_400
"""Seconds for which the record of a removed thread stays after its comments were erased: a run that
was at work when the post was removed may have copied some more since, and died.
"""
_PAUSE = 10
"""Seconds after which what failed is tried again."""
_CHUNK = 1000
# What is missing comes before every date.
_NOT_ARRIVING: Filter = {"$lt": ["$arriving_since", {"$subtract": ["$$NOW", GRACE * 1000]}]}
_WITHOUT_POST: Sequence[Filter] = [
    {"$match": {"$expr": _NOT_ARRIVING}},
    {
        "$lookup": {
            "from": POSTS,
            "localField": "post_id",
            "foreignField": "_id",
            "let": {"thread": "$_id"},
            "pipeline": [
                {"$match": {"$expr": {"$eq": ["$thread", "$$thread"]}}},
                {"$project": {"_id": 1}},
            ],
            "as": "posts",
        }
    },
    {"$match": {"posts": []}},
    {"$project": {"_id": 1}},
]


class Sweeper:
    """Works in the background. Removing a post, however long its thread, is one write of one document;
    the record of the thread, made before its first comment settled, sees to it that the rest follows,
    whatever dies in between. So it is with a user, whose document stays for a while.
    """

    def __init__(self, collections: Collections, notary: Notary) -> None:
        self._comments = collections.comments
        self._threads = collections.threads
        self._notary = notary
        self._removed: list[ObjectId] = []
        self._left: list[ObjectId] = []
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sweep now, at every removal, and once in a while."""
        self._task = asyncio.create_task(self._run(), name="everpost-sweeper")

    async def stop(self) -> None:
        """Leave what is not erased yet to the next process that opens this database."""
        self._stopping.set()
        self._wake.set()
        if self._task is not None:
            await self._task

    def erase_soon(self, thread: ObjectId) -> None:
        """The thread's post was removed."""
        self._removed.append(thread)
        self._wake.set()

    def hand_over_soon(self, user_id: ObjectId) -> None:
        """The user was removed."""
        self._left.append(user_id)
        self._wake.set()

    async def sweep(self) -> None:
        """Erase the comments of every thread without a post, and hand over what users left."""
        await self._notary.finish_all()
        orphaned = await (await self._threads.aggregate(_WITHOUT_POST)).to_list()
        for record in orphaned:
            await self._erase(record["_id"])

    async def _erase(self, thread: ObjectId) -> None:
        """Erase a removed thread's comments; then its record, when that has stood long enough."""
        while not self._stopping.is_set():
            found = self._comments.find({"_id.thread": thread}, {"_id": 1}).hint(SETTLED_SHOWN)
            names = [copy["_id"] for copy in await found.limit(_CHUNK).to_list()]
            if not names:
                break
            await self._comments.delete_many({"_id": {"$in": names}})
        else:
            return
        await self._threads.update_one(
            {"_id": thread, "removed_at": {"$exists": False}}, {"$currentDate": {"removed_at": True}}
        )
        over = {"$gt": [{"$subtract": ["$$NOW", "$removed_at"]}, GRACE * 1000]}
        await self._threads.delete_one({"_id": thread, "removed_at": {"$exists": True}, "$expr": over})

    async def _run(self) -> None:
        # It is never cancelled: before Python 3.12 `asyncio.wait_for`, which PyMongo uses, may lose a
        # cancellation (https://github.com/python/cpython/issues/86296), and stop() would wait for ever.
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            next_sweep = loop.time() + INTERVAL
            try:
                await self.sweep()
                while not self._stopping.is_set() and loop.time() < next_sweep:
                    await self._finish_removals()
                    await self._sleep(next_sweep - loop.time())
            except PyMongoError as error:
                _log.warning("What was removed could not be cleared away yet: %s", type(error).__name__)
                await self._sleep(_PAUSE)

    async def _finish_removals(self) -> None:
        while self._removed and not self._stopping.is_set():
            await self._erase(self._removed[0])
            self._removed.pop(0)
        while self._left and not self._stopping.is_set():
            await self._notary.hand_over(self._left[0])
            self._left.pop(0)

    async def _sleep(self, seconds: float) -> None:
        """Until something is to be done, or for so long."""
        if not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), seconds)
            self._wake.clear()
