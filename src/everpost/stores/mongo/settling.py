"""Settling: comments move out of a post's document that grows too large, into documents of their own.

Every step is one write of one document, or a write that no reader sees. Where a process dies
between two of them the thread reads as before, and the next run goes on.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bson import BSON, ObjectId
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import (
    CommentEntry,
    Extent,
    PostDocument,
    SettledComment,
    settled_comment,
)

_log = logging.getLogger(__name__)

DEAD_RUN = 86_400
"""Seconds after which a dead run is forgotten: no process comes back to it so late."""

_ROUNDS = 10
"""How many runs one write makes at most: others may be adding all the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a thread settles, and how much of it: comments and bytes.

    A post always shows its oldest 100 comments, so these stay nested in it, where one read finds
    both. A post's own text has up to 4 MB; what is left to MongoDB's 16 MB is for the comments that
    arrive while a run is at work.
    """

    nested: int = 150
    nested_bytes: int = 1_000_000
    kept: int = 100
    kept_bytes: int = 512_000
    gone: int = 100
    copied_at_once: int = 500
    stale_after: float = 10.0
    """Seconds after which a run that did not commit is taken for dead. One that is only slow loses
    nothing then but its work: it cannot commit any more.
    """


_EXTENT: Filter = {
    "extent": {
        "comments": {"$size": "$comments"},
        "bytes": {"$bsonSize": {"comments": "$comments"}},
        "gone": {"$size": "$gone"},
    }
}
"""The projection that says whether a post's thread is due to settle."""


class Settler:
    """Moves the surplus of threads. `begin`, `copy`, `erase` and `commit` are the steps of a run."""

    def __init__(self, collections: Collections, limits: Limits) -> None:
        self._collections = collections
        self._limits = limits
        self._at_work: set[ObjectId] = set()

    def _is_due(self, extent: Extent) -> bool:
        return (
            extent["comments"] > self._limits.nested
            or extent["bytes"] > self._limits.nested_bytes
            or extent["gone"] > self._limits.gone
        )

    async def settle_if_due(self, post_id: ObjectId) -> None:
        """Settle after a write. That has succeeded: what fails here fails no call, and the next write
        tries again.
        """
        if post_id in self._at_work:
            return
        self._at_work.add(post_id)
        try:
            for _ in range(_ROUNDS):
                post = await self._collections.posts.find_one({"_id": post_id}, _EXTENT)
                if post is None or not self._is_due(post["extent"]) or not await self.settle(post_id):
                    return
        except PyMongoError as error:
            _log.warning("The thread of post %s could not settle: %s", post_id, type(error).__name__)
        finally:
            self._at_work.discard(post_id)

    async def settle(self, post_id: ObjectId) -> bool:
        """One run; whether it committed. Not where another one is at work, or the post is no more."""
        post = await self.begin(post_id)
        if post is None:
            return False
        try:
            copies = await self.copy(post)
            await self.erase(post)
            committed = await self.commit(post, copies)
        except BaseException:
            with suppress(PyMongoError):
                await self._give_up(post)
            raise
        if not committed:
            await self._erase_run(post["thread"], post["runs"])
        return committed

    async def begin(self, post_id: ObjectId) -> PostDocument | None:
        """Open a run: its number is known to the post before any copy bears it, so none of them counts."""
        at_work = {"$and": [{"$ne": ["$$this.void", True]}, _since(self._limits.stale_after)]}
        alive = _where("$open", at_work)
        number = {"$add": ["$runs", 1]}
        post = await self._collections.posts.find_one_and_update(
            {"_id": post_id, "$expr": {"$eq": [alive, []]}},
            [
                {
                    "$set": {
                        "runs": number,
                        "open": {"$concatArrays": ["$open", [{"run": number, "since": "$$NOW"}]]},
                    }
                }
            ],
            projection={"thread": 1, "runs": 1, "open": 1, "gone": 1, "settled_from": 1, "comments": 1},
            return_document=ReturnDocument.AFTER,
        )
        if post is not None:
            record = {"$setOnInsert": {"post_id": post_id}}
            await self._collections.threads.update_one({"_id": post["thread"]}, record, upsert=True)
        return post

    async def copy(self, post: PostDocument) -> Sequence[SettledComment]:
        """Copy the surplus into documents of their own, which no reader counts before the commit."""
        copies = [settled_comment(entry, post) for entry in self._surplus(post)]
        if copies:
            await self._collections.comments.insert_many(copies, ordered=False)
        return copies

    async def erase(self, post: PostDocument) -> None:
        """Erase the copies that were gone when the run began, and those of runs that died."""
        if post["gone"]:
            await self._collections.comments.delete_many({"_id": {"$in": post["gone"]}})
        for dead in post["open"]:
            if dead["run"] != post["runs"]:
                await self._erase_run(post["thread"], dead["run"])

    async def commit(self, post: PostDocument, copies: Sequence[SettledComment]) -> bool:
        """From one moment to the next the copies count and the nested comments are no more. A comment
        that changed since it was copied stays nested, and its copy is gone. False: the post is removed,
        or another run took this one for dead.
        """
        names = [{"mark": copy["mark"], "name": copy["_id"]} for copy in copies]
        marks = [copy["mark"] for copy in copies]
        outdated = _where(_literal(names), {"$not": [{"$in": ["$$this.mark", "$comments.mark"]}]})
        still_gone = _where("$gone", {"$not": [{"$in": ["$$this", _literal(post["gone"])]}]})
        other_run = {"$ne": ["$$this.run", post["runs"]]}
        change: Filter = {
            "gone": {"$concatArrays": [still_gone, {"$map": {"input": outdated, "in": "$$this.name"}}]},
            "comments": _where("$comments", {"$not": [{"$in": ["$$this.mark", _literal(marks)]}]}),
            "open": _where("$open", {"$and": [other_run, _since(DEAD_RUN)]}),
        }
        if copies:
            earliest = min(copy["publication_date"] for copy in copies)
            change["settled_from"] = {"$min": ["$settled_from", earliest]}
        committed = await self._collections.posts.update_one(
            {"_id": post["_id"], **_current(post)}, [{"$set": change}]
        )
        return committed.matched_count == 1

    def _surplus(self, post: PostDocument) -> Sequence[CommentEntry]:
        """What is to settle: all but the head of the thread; the latest of it, where that is much."""
        settled_from = post.get("settled_from")
        kept = kept_bytes = 0
        entries = sorted(post["comments"], key=lambda entry: (entry["publication_date"], entry["id"]))
        for entry in entries:
            kept_bytes += len(BSON.encode(entry))
            is_head = settled_from is None or entry["publication_date"] < settled_from
            if not is_head or kept == self._limits.kept or kept_bytes > self._limits.kept_bytes:
                break
            kept += 1
        return entries[kept:][-self._limits.copied_at_once :]

    async def _give_up(self, post: PostDocument) -> None:
        """Let the next run begin at once, instead of when this one is taken for dead."""
        await self._collections.posts.update_one(
            {"_id": post["_id"], **_current(post)}, {"$set": {"open.$.void": True}}
        )

    async def _erase_run(self, thread: ObjectId, run: int) -> None:
        named = {"$gte": {"thread": thread, "run": run}, "$lt": {"thread": thread, "run": run + 1}}
        await self._collections.comments.delete_many({"_id": named})


def _current(post: PostDocument) -> Filter:
    """The condition that the run of the post as it was read is still the latest, and open."""
    run = post["runs"]
    return {
        "thread": post["thread"],
        "runs": run,
        "open": {"$elemMatch": {"run": run, "void": {"$ne": True}}},
    }


def _since(seconds: float) -> Filter:
    """The condition that a run began no longer ago than this, by the clock of the database."""
    return {"$gt": ["$$this.since", {"$subtract": ["$$NOW", int(seconds * 1000)]}]}


def _where(array: object, condition: Filter) -> Filter:
    """The members of an array that meet a condition on `$$this`."""
    return {"$filter": {"input": array, "cond": condition}}


def _literal(value: Sequence[object]) -> Filter:
    return {"$literal": value}
