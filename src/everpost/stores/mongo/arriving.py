"""Threads that arrive in large parts: the head of each is nested in its post, as if it had been written
here, and the rest settles at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from bson import BSON, ObjectId
from pymongo import InsertOne, UpdateOne

from everpost.domain.comments import Comment
from everpost.stores.mongo.bulk import write_all
from everpost.stores.mongo.collections import Collections
from everpost.stores.mongo.documents import (
    CommentEntry,
    CopyName,
    PostDocument,
    SettledComment,
    comment_entry,
    settled_comment,
)
from everpost.stores.mongo.settling import Limits

_IN_ARRAY = 8
"""Bytes that an array needs for a member besides the member itself, at most."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is to become of one thread. `post` says how it stood and, in the same document, how it is to
    stand; `copies` are to be there before that is written, under a run that counts from then on.
    """

    post: PostDocument
    is_new: bool
    copies: Sequence[SettledComment]


@dataclass(slots=True)
class Part:
    """Of a post that is there: comments that are to be in its thread, and those that are not."""

    kept: dict[ObjectId, CommentEntry] = field(default_factory=dict)
    erased: dict[ObjectId, datetime] = field(default_factory=dict)
    """By their dates: another comment may have the id."""


class Arrivals:
    """Puts settled comments where no reader counts them, until their post says so."""

    def __init__(self, collections: Collections, limits: Limits) -> None:
        self._comments = collections.comments
        self._threads = collections.threads
        self._limits = limits

    def of_new(self, post: PostDocument, comments: Iterable[Comment]) -> Arrival:
        """A post that is not there yet, with its thread."""
        return self.lay_out(post, map(comment_entry, comments), is_new=True)

    def lay_out(self, post: PostDocument, entries: Iterable[CommentEntry], *, is_new: bool) -> Arrival:
        """The thread with these and no others besides what has settled."""
        in_order = sorted(entries, key=lambda entry: (entry["publication_date"], entry["id"]))
        head = self._length_of_head(in_order, post.get("settled_from"))
        after = post.copy()
        after["comments"] = in_order[:head]
        rest = in_order[head:]
        if rest:
            after["runs"] += 1
            settle_from(after, rest[0]["publication_date"])
        return Arrival(after, is_new, [settled_comment(entry, after) for entry in rest])

    def _length_of_head(self, in_order: Sequence[CommentEntry], settled_from: datetime | None) -> int:
        """How many of the oldest are nested: they come before everything that has settled."""
        size = 0
        for number, entry in enumerate(in_order[: self._limits.nested]):
            size += len(BSON.encode(entry)) + _IN_ARRAY
            is_head = settled_from is None or entry["publication_date"] < settled_from
            if not is_head or size > self._limits.nested_bytes:
                return number
        return min(len(in_order), self._limits.nested)

    async def prepare(self, arrivals: Sequence[Arrival]) -> None:
        """Put the copies there. The record of a thread says that the post is yet to come, lest somebody
        takes that for removed; the copies of a run that broke off before are erased.
        """
        long = [arrival for arrival in arrivals if arrival.copies]
        if not long:
            return
        await write_all(self._threads, [_record(arrival) for arrival in long])
        for arrival in long:
            if not arrival.is_new:
                thread, run = arrival.post["thread"], arrival.post["runs"]
                named = {"$gte": {"thread": thread, "run": run}, "$lt": {"thread": thread, "run": run + 1}}
                await self._comments.delete_many({"_id": named})
        copies = [InsertOne(copy) for arrival in long for copy in arrival.copies]
        await write_all(self._comments, copies)

    async def conclude(self, arrivals: Sequence[Arrival]) -> None:
        """The posts are there."""
        came = [arrival.post["thread"] for arrival in arrivals if arrival.is_new and arrival.copies]
        if came:
            await self._threads.update_many({"_id": {"$in": came}}, {"$unset": {"arriving_since": ""}})


def settle_from(post: PostDocument, date: datetime) -> None:
    """Note in the document that a comment of this date settles."""
    post["settled_from"] = min(post.get("settled_from", date), date)


def visible_names(
    post: PostDocument, copies: Iterable[SettledComment]
) -> Mapping[ObjectId, tuple[CopyName, datetime]]:
    """Those of the copies that count for the post, and their dates; what `threads.visible` asks for."""
    hidden = {each["run"] for each in post["open"]}
    return {
        copy["_id"]["id"]: (copy["_id"], copy["publication_date"])
        for copy in copies
        if copy["_id"]["thread"] == post["thread"]
        and copy["_id"]["run"] <= post["runs"]
        and copy["_id"]["run"] not in hidden
        and copy["_id"] not in post["gone"]
    }


def replaced(name: CopyName, entry: CommentEntry, post_id: ObjectId) -> SettledComment:
    """The settled comment of this name as it is to be."""
    words = {field: value for field, value in entry.items() if field != "id"}
    return cast("SettledComment", {"_id": name, "post_id": post_id, **words})


def _record(arrival: Arrival) -> UpdateOne:
    record: dict[str, object] = {"$setOnInsert": {"post_id": arrival.post["_id"]}}
    if arrival.is_new:
        record["$currentDate"] = {"arriving_since": True}
    return UpdateOne({"_id": arrival.post["thread"]}, record, upsert=True)
