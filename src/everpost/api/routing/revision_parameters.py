"""Parameters of requests for revisions."""

import re
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from everpost.api.routing.parameters import Number
from everpost.domain.paging import DEFAULT_LIMIT, MAX_LIMIT, MAX_NUMBER, decode_word
from everpost.errors import NotFound

_DIGITS = re.compile("[1-9][0-9]{0,9}")


def _number(sent: object) -> int:
    number = int(sent) if isinstance(sent, str) and _DIGITS.fullmatch(sent) else 0
    if not 0 < number <= MAX_NUMBER:  # malformed, so no revision can have it
        raise NotFound("revision", "")
    return number


def _number_in(sent: object) -> int:
    word = decode_word(sent) if isinstance(sent, str) else None
    if word is None or not _DIGITS.fullmatch(word) or int(word) > MAX_NUMBER:
        raise PydanticCustomError("cursor", "should be a cursor from a Link header")
    return int(word)


RevisionNumber = Annotated[
    int,
    PlainValidator(_number),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_NUMBER}),
    Path(description="The number of the revision."),
]
RevisionCursor = Annotated[int | None, PlainValidator(_number_in), WithJsonSchema({"type": "string"})]


class RevisionsParameters(BaseModel):
    """The revisions of a post to list."""

    limit: Number = Field(
        default=DEFAULT_LIMIT,
        description=f"The page size; values above {MAX_LIMIT} are treated as {MAX_LIMIT}.",
    )
    after: RevisionCursor = Field(
        default=None, description="The cursor of the page, from the `Link` header of the previous page."
    )
