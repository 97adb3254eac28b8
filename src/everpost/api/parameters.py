"""What a path, a query and the headers of a request may say."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from everpost.domain.ids import PATTERN, Id, parse_id
from everpost.domain.paging import DEFAULT_LIMIT, MAX_LIMIT, MAX_NUMBER, Position, decode_cursor
from everpost.domain.posts import COMMENTS_INSIDE, COMMENTS_INSIDE_LISTED
from everpost.errors import NotFound


def _post_id(text: str) -> Id:
    return _named("post", text)


def _comment_id(text: str) -> Id:
    return _named("comment", text)


def _named(noun: str, text: str) -> Id:
    found = parse_id(text)
    if found is None:  # malformed: it names nothing
        raise NotFound(noun, "")
    return found


def _digits(sent: object) -> object:
    if isinstance(sent, str) and not (sent.isascii() and sent.isdecimal()):
        raise PydanticCustomError("whole_number", "should be a whole number, in digits")
    return sent


def _true_or_false(sent: object) -> bool:
    if sent not in ("true", "false"):
        raise PydanticCustomError("true_or_false", "should be true or false")
    return sent == "true"


def _position(sent: object) -> Position:
    position = decode_cursor(sent) if isinstance(sent, str) else None
    if position is None:
        raise PydanticCustomError("cursor", "should be a cursor from a Link header")
    return position


Number = Annotated[int, Field(ge=0, le=MAX_NUMBER), BeforeValidator(_digits)]
Flag = Annotated[bool, PlainValidator(_true_or_false), WithJsonSchema({"type": "boolean"})]
Cursor = Annotated[Position | None, PlainValidator(_position), WithJsonSchema({"type": "string"})]


class ThreadQuery(BaseModel):
    """Which rows of a list."""

    limit: Number = Field(
        default=DEFAULT_LIMIT, description=f"How many rows; more than {MAX_LIMIT} counts as {MAX_LIMIT}."
    )
    after: Cursor = Field(
        default=None, description="The rows that follow this cursor, from the `Link` header of a page."
    )


class PostsQuery(ThreadQuery):
    """Which posts, and what of them."""

    skip: Number = Field(default=0, description="How many rows to pass over. Not together with `after`.")
    comments: Number = Field(
        default=COMMENTS_INSIDE_LISTED,
        description=f"How many comments to show inside each post, at most {COMMENTS_INSIDE_LISTED}.",
    )
    count: Flag = Field(default=False, description="Whether to count all posts, for `X-Total-Count`.")

    @field_validator("skip")
    @classmethod
    def _skips_alone(cls, skip: int, seen: ValidationInfo) -> int:
        if seen.data.get("after") is not None:
            raise PydanticCustomError("skip_after", "cannot be combined with after")
        return skip


PostId = Annotated[
    Id,
    AfterValidator(_post_id),
    Path(description="The id of a post.", json_schema_extra={"pattern": PATTERN}),
]
CommentId = Annotated[
    Id,
    AfterValidator(_comment_id),
    Path(description="The id of a comment.", json_schema_extra={"pattern": PATTERN}),
]
CommentsInside = Annotated[
    Number, Query(description=f"How many comments to show inside, at most {COMMENTS_INSIDE}.")
]
IfMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(description="Do it only if the thing is still in one of these states: ETags, or `*`."),
]
IfNoneMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(description="Answer 304 if the thing is still in one of these states: ETags, or `*`."),
]
