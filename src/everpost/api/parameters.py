"""What a path, a query and the headers of a request may say."""

from typing import Annotated, Literal

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

from everpost.api.schemas.text import STORABLE_PATTERN, SentId, Storable
from everpost.domain.comments import CommentStatus
from everpost.domain.ids import PATTERN, Id, parse_id
from everpost.domain.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    MAX_NUMBER,
    MAX_SKIP,
    Position,
    decode_cursor,
    decode_word,
)
from everpost.domain.posts import COMMENTS_INSIDE, COMMENTS_INSIDE_LISTED, PostSort, PostStatus
from everpost.domain.text import unstorable_reason
from everpost.errors import NotFound


def _post_id(text: str) -> Id:
    return _named("post", text)


def _comment_id(text: str) -> Id:
    return _named("comment", text)


def _user_id(text: str) -> Id:
    return _named("user", text)


def _token_id(text: str) -> Id:
    return _named("token", text)


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


def _tag(sent: object) -> str:
    tag = decode_word(sent) if isinstance(sent, str) else None
    if tag is None or unstorable_reason(tag):
        raise PydanticCustomError("cursor", "should be a cursor from a Link header")
    return tag


Number = Annotated[int, Field(ge=0, le=MAX_NUMBER), BeforeValidator(_digits)]
Skip = Annotated[int, Field(ge=0, le=MAX_SKIP), BeforeValidator(_digits)]
Flag = Annotated[bool, PlainValidator(_true_or_false), WithJsonSchema({"type": "boolean"})]
Cursor = Annotated[Position | None, PlainValidator(_position), WithJsonSchema({"type": "string"})]
TagCursor = Annotated[str | None, PlainValidator(_tag), WithJsonSchema({"type": "string"})]
Words = Annotated[str, Field(json_schema_extra=STORABLE_PATTERN), Storable]


class PageQuery(BaseModel):
    """Which rows of a list."""

    limit: Number = Field(
        default=DEFAULT_LIMIT, description=f"How many rows; more than {MAX_LIMIT} counts as {MAX_LIMIT}."
    )
    after: Cursor = Field(
        default=None, description="The rows that follow this cursor, from the `Link` header of a page."
    )


class ThreadQuery(PageQuery):
    """Which comments of a post."""

    view: Literal["flat", "tree"] = Field(
        default="flat", description="All in order, or as a tree: those that answer none, with replies inside."
    )
    parent: SentId | None = Field(
        default=None, description="With `view=tree`: the replies to this comment instead."
    )

    @field_validator("parent")
    @classmethod
    def _is_in_a_tree(cls, parent: Id | None, seen: ValidationInfo) -> Id | None:
        if parent is not None and seen.data.get("view") != "tree":
            raise PydanticCustomError("parent_flat", "goes with view=tree")
        return parent


class QueueQuery(PageQuery):
    """Which comments of all posts."""

    status: CommentStatus = Field(default=CommentStatus.PENDING, description="What was decided about them.")


class TokensQuery(PageQuery):
    """Which tokens."""

    user_id: SentId | None = Field(
        default=None, description="Admins only: the user whose tokens to list. Default: your own."
    )


class TagsQuery(BaseModel):
    """Which tags."""

    limit: Number = Field(
        default=MAX_LIMIT, description=f"How many tags; more than {MAX_LIMIT} counts as {MAX_LIMIT}."
    )
    after: TagCursor = Field(
        default=None, description="The tags that follow this cursor, from the `Link` header of a page."
    )


class PostsQuery(PageQuery):
    """Which posts, and what of them."""

    slug: Words | None = Field(default=None, description="Only the post with this slug.")
    tag: Words | None = Field(default=None, description="Only posts with this tag.")
    author: SentId | None = Field(default=None, description="Only posts by this user.")
    status: PostStatus = Field(
        default=PostStatus.PUBLISHED, description="Published posts, or the drafts that you may see."
    )
    sort: PostSort = Field(
        default=PostSort.NEWEST, description="By which moment; with a minus the latest comes first."
    )

    skip: Skip = Field(
        default=0,
        description=f"How many rows to pass over, at most {MAX_SKIP:,}. Not together with `after`, which"
        " has no such limit.",
    )
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
UserId = Annotated[
    Id,
    AfterValidator(_user_id),
    Path(description="The id of a user.", json_schema_extra={"pattern": PATTERN}),
]
TokenId = Annotated[
    Id,
    AfterValidator(_token_id),
    Path(description="The id of a token.", json_schema_extra={"pattern": PATTERN}),
]
CommentsInside = Annotated[
    Number, Query(description=f"How many comments to show inside, at most {COMMENTS_INSIDE}.")
]
EDIT_KEY_HEADER = "X-Edit-Key"
EditKey = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(alias=EDIT_KEY_HEADER, description="The `edit_key` that the guest received."),
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
