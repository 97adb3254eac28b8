"""Ids: 24 lower-case hexadecimal digits, MongoDB's ObjectId, on every store."""

import re
from typing import NewType

from bson import ObjectId

Id = NewType("Id", str)

PATTERN = "^[0-9a-fA-F]{24}$"
_WELL_FORMED = re.compile(r"[0-9a-fA-F]{24}")


def new_id() -> Id:
    """An id that nothing has: seconds, a random number of this process, a counter.

    https://www.mongodb.com/docs/manual/reference/bson-types/#objectid
    """
    return Id(str(ObjectId()))


def parse_id(text: str) -> Id | None:
    """The id that this text names, in lower case; None where it can name nothing."""
    return Id(text.lower()) if _WELL_FORMED.fullmatch(text) else None
