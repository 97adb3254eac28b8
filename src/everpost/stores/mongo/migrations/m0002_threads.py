"""Threads of the first schema, brought over: depths and counts, and something in the place of comments that
are gone though others answer them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import MaxKey, ObjectId
from pymongo import UpdateOne

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.m0002_answers import Answers, counted_together, tombstone
from everpost.stores.mongo.migrations.m0002_depths import depths_of

BATCH = 1_000
_STATE = {"thread": 1, "runs": 1, "open": 1, "gone": 1, "comments": 1}
_APPROVED = {"status": "approved", "shown": True}

Document = dict[str, Any]
Parents = Mapping[ObjectId, ObjectId | None]
"""What each of these comments answers."""


async def bring_threads(database: Database) -> None:
    """Bring over every post that has no status yet: what of its thread has settled first, and then, in one
    write, the post with what is nested in it. Who comes back after this was broken off goes on there.
    """
    posts, last = database["posts"], ObjectId("0" * 24)
    wanted: Document = {"status": {"$exists": False}}
    while True:
        batch = posts.find(wanted | {"_id": {"$gte": last}}, {"_id": 1}).sort("_id", 1)
        names = [post["_id"] for post in await batch.limit(BATCH).to_list()]
        for name in names:
            post = await posts.find_one({"_id": name}, _STATE)
            if post is not None:
                await OldThread(database, post).bring()
        if len(names) < BATCH:
            return
        last = names[-1]


class OldThread:
    """One thread: what is nested in its post, and, a batch at a time, what has settled."""

    def __init__(self, database: Database, post: Document) -> None:
        self._posts = database["posts"]
        self._settled = database["comments"]
        self._post = post
        self._nested: Mapping[ObjectId, Document] = {entry["id"]: entry for entry in post["comments"]}
        self._strangers: set[ObjectId] = set()
        """What is answered and is by now the id of another post's comment: such an answer answers nothing."""

    async def bring(self) -> None:
        # Where it was on its way down and that was broken off, these were about to go.
        hidden = {"status": {"$nin": [None, "approved"]}}
        await self._settled.delete_many({"_id.thread": self._post["thread"], **hidden})
        missing = await self._missing()
        self._strangers = await self._of_others(missing)
        if self._post["runs"]:
            await self._bring_settled()
        tombstones = [tombstone(each) for each in missing.values() if each.to not in self._strangers]
        comments = [*(await self._brought_nested()), *tombstones]
        await self._posts.update_one(
            {"_id": self._post["_id"]}, {"$set": {"status": "published", "comments": comments}}
        )

    async def there(self, names: Iterable[ObjectId]) -> Mapping[ObjectId, Document]:
        """Those comments of this thread that have one of these ids; settled ones without their words."""
        wanted = set(names)
        found = {name: self._nested[name] for name in wanted & self._nested.keys()}
        others = list(wanted - found.keys())
        for start in range(0, len(others) if self._post["runs"] else 0, BATCH):
            these = self._visible() | {"_id.id": {"$in": others[start : start + BATCH]}}
            async for copy in self._settled.find(these, {"parent_id": 1, "depth": 1}).hint("by_comment"):
                found[copy["_id"]["id"]] = copy
        return found

    def parent_of(self, comment: Document) -> ObjectId | None:
        parent_id: ObjectId | None = comment.get("parent_id")
        return None if parent_id in self._strangers else parent_id

    async def keep_depths(self, depths: Sequence[tuple[Document, int]]) -> None:
        """Write the depths of settled comments down, so that nobody finds them out again."""
        writes = [UpdateOne({"_id": copy["_id"]}, {"$set": {"depth": depth}}) for copy, depth in depths]
        if writes:
            await self._settled.bulk_write(writes, ordered=False)

    def _visible(self) -> Document:
        """The settled comments that count."""
        post = self._post
        return {
            "_id.thread": post["thread"],
            "_id.run": {"$lte": post["runs"], "$nin": [each["run"] for each in post["open"]]},
            "_id": {"$nin": post["gone"]},
        }

    async def _missing(self) -> Mapping[ObjectId, Answers]:
        """What is answered and not there."""
        answers = counted_together({}, map(Answers.of, self._nested.values()))
        missing: Mapping[ObjectId, Answers] = {
            name: answers[name] for name in answers.keys() - (await self.there(answers)).keys()
        }
        if self._post["runs"]:
            stages = [{"$match": self._visible() | {"parent_id": {"$exists": True}}}, Answers.GROUP]
            cursor = await self._settled.aggregate(stages, allowDiskUse=True)
            while batch := await cursor.to_list(BATCH):
                found = await self.there(group["_id"] for group in batch)
                lost = (Answers.read(group) for group in batch if group["_id"] not in found)
                missing = counted_together(missing, lost)
        return missing

    async def _of_others(self, names: Iterable[ObjectId]) -> set[ObjectId]:
        """Which of these are ids of another post's comments."""
        wanted, found = list(names), set()
        for start in range(0, len(wanted), BATCH):
            some = set(wanted[start : start + BATCH])
            nested: Document = {"comments.id": {"$in": list(some)}, "_id": {"$ne": self._post["_id"]}}
            async for post in self._posts.find(nested, {"comments.id": 1}):
                found |= some & {entry["id"] for entry in post["comments"]}
            settled = {"_id.id": {"$in": list(some)}, "post_id": {"$ne": self._post["_id"]}}
            async for copy in self._settled.find(settled, {"_id": 1}).hint("by_comment"):
                found.add(copy["_id"]["id"])
        return found

    async def _bring_settled(self) -> None:
        """All that has settled, whoever began with it."""
        await self._settled.update_many(
            self._visible() | {"depth": {"$exists": True}}, {"$unset": {"depth": ""}}
        )
        thread, last = self._post["thread"], {"thread": self._post["thread"]}
        while True:
            after = {"_id": {"$gt": last, "$lt": {"thread": thread, "run": MaxKey()}}}
            wanted = {"$and": [self._visible(), after]}
            found = self._settled.find(wanted, {"parent_id": 1}).hint("_id_").sort("_id", 1)
            batch = await found.limit(BATCH).to_list()
            if not batch:
                return
            await self._bring_copies(batch)
            last = batch[-1]["_id"]

    async def _bring_copies(self, copies: Sequence[Document]) -> None:
        parents = {copy["_id"]["id"]: self.parent_of(copy) for copy in copies}
        depths, replies = await depths_of(self, parents), await self._replies(parents)
        writes = []
        for copy in copies:
            name = copy["_id"]["id"]
            update = {"$set": {**_APPROVED, "depth": depths[name], "reply_count": replies[name]}}
            if parents[name] is None:
                update["$unset"] = {"parent_id": ""}
            writes.append(UpdateOne({"_id": copy["_id"]}, update))
        await self._settled.bulk_write(writes, ordered=False)

    async def _brought_nested(self) -> Sequence[Document]:
        parents = {name: self.parent_of(entry) for name, entry in self._nested.items()}
        depths, replies = await depths_of(self, parents), await self._replies(parents)
        brought = []
        for name, entry in self._nested.items():
            new = entry | _APPROVED | {"depth": depths[name], "reply_count": replies[name]}
            if parents[name] is None:
                new.pop("parent_id", None)
            brought.append(new)
        return brought

    async def _replies(self, names: Iterable[ObjectId]) -> Counter[ObjectId]:
        """How often each of these is answered."""
        wanted = list(names)
        replies = Counter(entry["parent_id"] for entry in self._nested.values() if "parent_id" in entry)
        for start in range(0, len(wanted) if self._post["runs"] else 0, BATCH):
            these = self._visible() | {"parent_id": {"$in": wanted[start : start + BATCH]}}
            stages = [{"$match": these}, {"$group": {"_id": "$parent_id", "count": {"$sum": 1}}}]
            async for group in await self._settled.aggregate(stages, hint="replies"):
                replies[group["_id"]] += group["count"]
        return replies
