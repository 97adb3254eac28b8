"""Dates and ids, for which JSON has no types, and text that every store can hold."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from everpost.domain.clock import whole_milliseconds
from everpost.domain.ids import PATTERN, Id, parse_id
from everpost.domain.text import unstorable_reason

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.IGNORECASE,
)


def _storable(sent: object) -> object:
    if isinstance(sent, str) and (reason := unstorable_reason(sent)):
        raise PydanticCustomError("unstorable", "cannot be stored: {reason}", {"reason": reason})
    return sent


def _timestamp(sent: object) -> datetime:
    if not isinstance(sent, str) or not _RFC_3339.fullmatch(sent):
        raise PydanticCustomError(
            "moment", "should be a date and time with an offset (RFC 3339), such as 2026-05-04T03:02:01Z"
        )
    try:
        return whole_milliseconds(datetime.fromisoformat(sent.upper()))
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "moment", "should be a valid date between the years 1 and 9999 in UTC"
        ) from None


def _id(sent: object) -> Id:
    parsed = parse_id(sent) if isinstance(sent, str) else None
    if parsed is None:
        raise PydanticCustomError("id", "should be 24 hexadecimal digits")
    return parsed


Storable = BeforeValidator(_storable)
"""Refuses text that some stores cannot hold."""

STORABLE_PATTERN: JsonDict = {"pattern": "^[^\\u0000]*$"}
"""The part of that rule that JSON Schema can express."""

Timestamp = Annotated[
    datetime,
    PlainValidator(_timestamp),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-04T03:02:01.000Z"]}),
]
"""A date and time from a client, converted to UTC and whole milliseconds."""

SentId = Annotated[Id, PlainValidator(_id), WithJsonSchema({"type": "string", "pattern": PATTERN})]
"""An id from a client, converted to lower case."""

ReadId = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9a-f]{24}$"})]
ReadTimestamp = Annotated[
    str,
    Field(
        json_schema_extra={
            "format": "date-time",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        }
    ),
]


def format_timestamp(moment: datetime) -> str:
    """The time in the format of the contract: UTC, always with three decimals, and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
