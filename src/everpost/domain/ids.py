"""Ids: MongoDB's ObjectId as 24 lower-case hexadecimal digits, on every store."""

import re
from typing import NewType

from bson import ObjectId

Id = NewType("Id", str)

PATTERN = "^[0-9a-fA-F]{24}$"
_WELL_FORMED = re.compile(r"[0-9a-fA-F]{24}")


def new_id() -> Id:
    """A new unique id: the time in seconds, a random number of this process, and a counter.

    https://www.mongodb.com/docs/manual/reference/bson-types/#objectid
    """
    return Id(str(ObjectId()))


def parse_id(text: str) -> Id | None:
    """The id in this text, in lower case; None if it is not an id."""
    return Id(text.lower()) if _WELL_FORMED.fullmatch(text) else None


LAST_ID = Id("f" * 24)
"""No id comes after it."""
