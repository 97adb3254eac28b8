"""What is answered by comments of the first schema, though it is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId


@dataclass(frozen=True, slots=True)
class Answers:
    """How many answers there are to a comment, and of when the oldest is."""

    GROUP: ClassVar[Mapping[str, Any]] = {
        "$group": {
            "_id": "$parent_id",
            "count": {"$sum": 1},
            "oldest": {
                "$top": {
                    "sortBy": {"publication_date": 1, "_id.id": 1},
                    "output": ["$publication_date", "$_id.id", "$updated_at"],
                }
            },
        }
    }
    """The stage that finds them among settled comments."""

    to: ObjectId
    count: int
    oldest: tuple[datetime, ObjectId, datetime]
    """Its publication date, its id, and when it was changed."""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Answers | None":
        """One nested comment; None where it answers none."""
        if "parent_id" not in entry:
            return None
        return cls(entry["parent_id"], 1, (entry["publication_date"], entry["id"], entry["updated_at"]))

    @classmethod
    def read(cls, group: Mapping[str, Any]) -> "Answers":
        date, name, updated_at = group["oldest"]
        return cls(group["_id"], group["count"], (date, name, updated_at))


def counted_together(
    known: Mapping[ObjectId, Answers], more: Iterable[Answers | None]
) -> Mapping[ObjectId, Answers]:
    """All answers, by what they answer."""
    together = dict(known)
    for each in more:
        if each is not None:
            other = together.get(each.to)
            together[each.to] = each if other is None else _both(other, each)
    return together


def _both(one: Answers, other: Answers) -> Answers:
    return replace(one, count=one.count + other.count, oldest=min(one.oldest, other.oldest))


def tombstone(answers: Answers) -> dict[str, Any]:
    """What is put into the place of the comment."""
    date, _, updated_at = answers.oldest
    return {
        "id": answers.to,
        "mark": ObjectId(),
        "content": "",
        "publication_date": date,
        "updated_at": updated_at,
        "version": 1,
        "depth": 0,
        "status": "removed",
        "reply_count": answers.count,
        "shown": True,
    }
