"""The migration history of a database, and the lock that a process holds while it migrates."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final, NotRequired, TypedDict, cast

from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError, PyMongoError

from everpost.errors import Busy
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.schema.definition import Collection, establish
from everpost.stores.mongo.schema.json_schema import COUNT, DATE, FLAG, ID, document, one_of

NAME = "migrations"
COLLECTION = Collection(
    {
        "$jsonSchema": document(
            {"_id": one_of("history")},
            {"number": COUNT, "is_leaving": FLAG, "holder": ID, "renewed_at": DATE},
        )
    }
)

RENEWAL = 2.0
"""Seconds between two heartbeats of the process that holds the lock."""
STALE = 15
"""Seconds without a heartbeat after which the lock can be taken over."""
PATIENCE = 600
"""Seconds for which a process waits for the lock."""
_THIS: Final = {"_id": "history"}


class Entry(TypedDict):
    """The only document of the collection."""

    _id: str
    number: NotRequired[int]
    """The number of the latest migration that has been run and is not being, or has been, reverted."""
    is_leaving: NotRequired[bool]
    """Whether the migration after `number` is being reverted."""
    holder: NotRequired[ObjectId]
    """The process that holds the lock."""
    renewed_at: NotRequired[datetime]


class MigrationHistory:
    """Reads and writes the history, which is stored in the same database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries = cast("AsyncCollection[Entry]", database[NAME])

    async def read(self) -> tuple[int, bool]:
        """The `number` and `is_leaving`."""
        entry = await self._entries.find_one(_THIS)
        return (0, False) if entry is None else (entry.get("number", 0), entry.get("is_leaving", False))

    async def write(self, number: int, *, is_leaving: bool = False) -> None:
        """Record the state of the database."""
        await self._entries.update_one(_THIS, {"$set": {"number": number, "is_leaving": is_leaving}})

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """Hold the lock for migrating this database. Raises Busy if another process held it for `PATIENCE`
        seconds.

        If the history is empty at the end, its collection is dropped, so that nothing remains after a
        downgrade to `base`.
        """
        holder = ObjectId()
        await self._acquire(holder)
        renewal = asyncio.create_task(self._renew(holder))
        try:
            await establish(self._database, NAME, COLLECTION)
            yield
        finally:
            renewal.cancel()
            with suppress(asyncio.CancelledError, PyMongoError):
                await renewal
            await self._release(holder)

    async def _acquire(self, holder: ObjectId) -> None:
        deadline = time.monotonic() + PATIENCE
        stale = {"$lt": ["$renewed_at", {"$subtract": ["$$NOW", STALE * 1000]}]}
        free = {**_THIS, "$or": [{"holder": {"$exists": False}}, {"$expr": stale}]}
        ours = [{"$set": {"holder": holder, "renewed_at": "$$NOW"}}]
        while time.monotonic() < deadline:
            if (await self._entries.update_one(free, ours)).matched_count:
                return
            with suppress(DuplicateKeyError):
                await self._entries.update_one({**_THIS, "holder": holder}, ours, upsert=True)
                return
            await asyncio.sleep(0.1)
        raise Busy("Another process is migrating this database. Try again when it has finished.")

    async def _renew(self, holder: ObjectId) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            with suppress(PyMongoError):
                now = {"$currentDate": {"renewed_at": True}}
                await self._entries.update_one({**_THIS, "holder": holder}, now)

    async def _release(self, holder: ObjectId) -> None:
        ours = {**_THIS, "holder": holder}
        if await self.read() == (0, False) and await self._entries.find_one(ours):
            await self._entries.drop()
        await self._entries.update_one(ours, {"$unset": {"holder": "", "renewed_at": ""}})
