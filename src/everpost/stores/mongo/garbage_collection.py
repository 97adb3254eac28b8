"""Garbage collection: deletes the invisible documents that removals leave behind, in the background."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from bson import ObjectId
from pymongo.errors import PyMongoError

from everpost.errors import Busy
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING

_log = logging.getLogger(__name__)

INTERVAL = 3600
"""Seconds between two searches for garbage left by processes that died."""
_GRACE = 86_400
"""Seconds after a removal during which the user's posts are searched for repeatedly: a request that
looked the user up before the removal may write the id to a post later.
"""
_PAUSE = 10
"""Seconds before a failed collection is retried."""
_BATCH = 1_000
_REMOVED: Filter = {"removed_at": {"$exists": True}}
_RECENTLY: Filter = {"$lte": [{"$subtract": ["$$NOW", "$removed_at"]}, _GRACE * 1000]}


class GarbageCollector:
    """Deletes what belongs to removed posts, and replaces removed users by their heirs in posts.

    Removing a post leaves its document behind, empty; a comment exists only if its post was not removed. Each
    batch is deleted in a transaction whose snapshot shows the post as removed. Documents that were added
    later under the same ids are either not in the snapshot, or conflict with the transaction.
    """

    def __init__(self, collections: Collections, transactions: Transactions) -> None:
        self._posts = collections.posts
        self._comments = collections.comments
        self._removed_comments = collections.removed_comments
        self._revisions = collections.revisions
        self._users = collections.users
        self._media = collections.media
        self._owned = collections.owned
        self._transactions = transactions
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Collect now, after every removal, and every `INTERVAL` seconds."""
        self._task = asyncio.create_task(self._run(), name="everpost-garbage-collector")

    async def stop(self) -> None:
        """Stop. The next process that opens this database collects the rest."""
        self._stopping.set()
        self._wake.set()
        if self._task is not None:
            await self._task

    def collect_soon(self) -> None:
        """Collect in the background, after a removal."""
        self._wake.set()

    async def collect(self) -> None:
        """Collect all garbage. Ends early if `stop` is called."""
        for post in await self._posts.find(_REMOVED, {"_id": 1}).to_list():
            await self.free_post(post["_id"])
        for user in await self._users.find({**_REMOVED, "$expr": _RECENTLY}, {"_id": 1}).to_list():
            await self._transfer_posts(user["_id"])

    async def free_post(self, id: ObjectId) -> None:
        """Delete the rest of a removed post, so that its id can be reused."""
        while not await self._transactions.run(partial(self._delete_batch, id)):
            if self._stopping.is_set():
                return

    async def free_comments(self, ids: Sequence[ObjectId]) -> bool:
        """Delete those of these comments whose posts were removed. Returns whether that was true for all."""
        return await self._transactions.run(partial(self._delete_orphans, ids))

    async def free_user(self, id: ObjectId) -> None:
        """Delete the rest of a removed user, so that a move can bring the user back, without the comments
        made here before. Reads all posts and comments.
        """
        if await self._users.find_one({"_id": id, **_REMOVED}, {"_id": 1}):
            await self._transfer_posts(id)
            await self._media.update_many({"author_id": id}, {"$unset": {"author_id": ""}})
            for field in ("author_id", "editor_id"):
                for comments in (self._comments, self._removed_comments):
                    await comments.update_many({field: id}, {"$unset": {field: ""}})
                within, mentions = f"comments.{field}", f"comments.$[mentions].{field}"
                await self._posts.update_many(
                    {within: id}, {"$unset": {mentions: ""}}, array_filters=[{f"mentions.{field}": id}]
                )
            remover: Filter = {"removed_by_id": id}
            await self._removed_comments.update_many(remover, {"$unset": {"removed_by_id": ""}})
            await self._users.delete_one({"_id": id, **_REMOVED})

    async def _delete_batch(self, id: ObjectId, session: Session) -> bool:
        """Delete some comments of a removed post, and the rest together with the last ones. Returns whether
        that is done.
        """
        removed: Filter = {"_id": id, **_REMOVED}
        if await self._posts.find_one(removed, {"_id": 1}, session=session) is None:
            return True
        found = self._comments.find({"post_id": id}, {"_id": 1}, session=session).limit(_BATCH)
        ids = [comment["_id"] for comment in await found.to_list()]
        await self._comments.delete_many({"_id": {"$in": ids}}, session=session)
        if len(ids) == _BATCH:
            return False
        await self._removed_comments.delete_many({"post_id": id}, session=session)
        await self._revisions.delete_many({"post_id": id}, session=session)
        await self._posts.delete_one(removed, session=session)
        return True

    async def _delete_orphans(self, ids: Sequence[ObjectId], session: Session) -> bool:
        named: Filter = {"_id": {"$in": list(ids)}}
        found = await self._comments.find(named, {"post_id": 1}, session=session).to_list()
        posts = {"_id": {"$in": list({comment["post_id"] for comment in found})}, **LIVING}
        living = {
            post["_id"] for post in await self._posts.find(posts, {"_id": 1}, session=session).to_list()
        }
        orphans = [comment["_id"] for comment in found if comment["post_id"] not in living]
        if orphans:
            await self._comments.delete_many({"_id": {"$in": orphans}}, session=session)
        return len(orphans) == len(found)

    async def _transfer_posts(self, user_id: ObjectId) -> None:
        """Write the heir into the posts of a removed user, and delete working copies and passkeys of the user
        that were added by a request that began before the removal. Readers have resolved the heir since the
        removal, so it does not matter to them when, or how often, this happens.
        """
        user = await self._users.find_one({"_id": user_id, **_REMOVED}, {"heir": 1})
        if user is not None:
            heir = user.get("heir")
            change: Filter = {"$set": {"author_id": heir}} if heir else {"$unset": {"author_id": ""}}
            await self._posts.update_many({"author_id": user_id}, change)
            for owned in self._owned:
                await owned.delete_many({"user_id": user_id})

    async def _run(self) -> None:
        # Before Python 3.12, `asyncio.wait_for`, which PyMongo uses, can lose a cancellation
        # (https://github.com/python/cpython/issues/86296). So `stop` does not cancel the task, and the loop
        # checks `cancelling`: `asyncio.run`, which does cancel it, could otherwise wait for it forever.
        while not self._is_stopping():
            self._wake.clear()
            pause = INTERVAL
            try:
                await self.collect()
            except (PyMongoError, Busy) as error:
                _log.warning("Garbage collection failed, and will be retried: %s", type(error).__name__)
                pause = _PAUSE
            if not self._is_stopping():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    def _is_stopping(self) -> bool:
        return self._stopping.is_set() or (self._task is not None and self._task.cancelling() > 0)
