"""The ledger of a database: which migrations ran there, and who is at work on the next one."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TypedDict, cast

from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError, PyMongoError

from everpost.domain.clock import now
from everpost.errors import Busy
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.schema.definition import Collection, Definition, establish
from everpost.stores.mongo.schema.json_schema import DATE, FLAG, ID, NUMBER, document

MIGRATIONS = "migrations"
LOCK = "migration_lock"

COLLECTIONS = {
    MIGRATIONS: Collection(
        {
            "$jsonSchema": document(
                {"_id": NUMBER, "title": {"bsonType": "string"}, "applied_at": DATE},
                {"leaving": FLAG},
            )
        }
    ),
    LOCK: Collection(
        {"$jsonSchema": document({"_id": {"bsonType": "string"}, "holder": ID, "renewed_at": DATE})}
    ),
}

RENEWAL = 2.0
"""Seconds after which the holder of the lock says again that it is alive."""
STALE = 15
"""Seconds of silence after which the holder is taken for dead."""
PATIENCE = 600
"""Seconds for which a process waits for another that migrates."""
_NAME = "migrations"


class Applied(TypedDict):
    """A migration that ran; `_id` is its number."""

    _id: int
    title: str
    applied_at: datetime


class Lock(TypedDict):
    """The one document of its collection, while somebody migrates."""

    _id: str
    holder: ObjectId
    renewed_at: datetime


class Ledger:
    """Kept in the database that it is about."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._migrations = cast("AsyncCollection[Applied]", database[MIGRATIONS])
        self._lock = cast("AsyncCollection[Lock]", database[LOCK])

    async def latest(self) -> int | None:
        """The number of the last migration that ran, and was not begun to be taken back."""
        last = await self._migrations.find_one({"leaving": {"$ne": True}}, sort=[("_id", -1)])
        return None if last is None else last["_id"]

    async def broken_off(self) -> int | None:
        """The number of the migration that a process took back when it died."""
        left = await self._migrations.find_one({"leaving": True}, sort=[("_id", -1)])
        return None if left is None else left["_id"]

    async def is_begun(self) -> bool:
        """Whether any migration ran here, or was being taken back when a process died."""
        return await self._migrations.find_one({}) is not None

    async def enter(self, migration: Definition) -> None:
        """The migration ran."""
        entry: Applied = {"_id": migration.number, "title": migration.title, "applied_at": now()}
        await self._migrations.replace_one({"_id": migration.number}, entry, upsert=True)

    async def leave(self, migration: Definition) -> None:
        """The migration is about to be taken back."""
        await self._migrations.update_one({"_id": migration.number}, {"$set": {"leaving": True}})

    async def strike(self, migration: Definition) -> None:
        """The migration is taken back."""
        await self._migrations.delete_one({"_id": migration.number})

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Be the only one that migrates this database. Busy: another one does, for minutes on end.

        An empty ledger is taken away at the end, so that nothing is left of a blog that went back to
        its base.
        """
        holder = ObjectId()
        await self._acquire(holder)
        renewal = asyncio.create_task(self._renew(holder))
        try:
            for name, collection in COLLECTIONS.items():
                await establish(self._database, name, collection)
            yield
            if await self.latest() is None:
                await self._migrations.drop()
        finally:
            renewal.cancel()
            with suppress(asyncio.CancelledError, PyMongoError):
                await renewal
            await self._release(holder)

    async def _acquire(self, holder: ObjectId) -> None:
        deadline = time.monotonic() + PATIENCE
        ours = [{"$set": {"holder": holder, "renewed_at": "$$NOW"}}]
        stale = {"$lt": ["$renewed_at", {"$subtract": ["$$NOW", STALE * 1000]}]}
        while time.monotonic() < deadline:
            with suppress(DuplicateKeyError):
                await self._lock.update_one({"_id": _NAME, "holder": holder}, ours, upsert=True)
                return
            taken_over = await self._lock.update_one({"_id": _NAME, "$expr": stale}, ours)
            if taken_over.matched_count:
                return
            await asyncio.sleep(0.1)
        raise Busy("Another process is migrating this database. Try again when it has finished.")

    async def _renew(self, holder: ObjectId) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            with suppress(PyMongoError):
                await self._lock.update_one(
                    {"_id": _NAME, "holder": holder}, {"$currentDate": {"renewed_at": True}}
                )

    async def _release(self, holder: ObjectId) -> None:
        if await self.latest() is None and await self._lock.find_one({"_id": _NAME, "holder": holder}):
            await self._lock.drop()
            return
        await self._lock.delete_one({"_id": _NAME, "holder": holder})
