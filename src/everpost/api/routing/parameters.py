"""Path, query and header parameters."""

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

from everpost.api.routing.representations import CommentFields, Include, PostFields
from everpost.api.schemas.text import STORABLE_PATTERN, SentId, Storable, Timestamp
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
from everpost.domain.post_paths import checked_path
from everpost.domain.posts import COMMENTS_INSIDE, COMMENTS_INSIDE_LISTED, PostKind, PostSort, PostStatus
from everpost.domain.text import unstorable_reason
from everpost.errors import Invalid, NotFound


def _post_id(text: str) -> Id:
    return named("post", text)


def _comment_id(text: str) -> Id:
    return named("comment", text)


def _user_id(text: str) -> Id:
    return named("user", text)


def _token_id(text: str) -> Id:
    return named("token", text)


def _passkey_id(text: str) -> Id:
    return named("passkey", text)


def named(noun: str, text: str) -> Id:
    """The id in a path. Raises NotFound."""
    found = parse_id(text)
    if found is None:  # malformed, so no resource can have it
        raise NotFound(noun, "")
    return found


def _digits(sent: object) -> object:
    if isinstance(sent, str) and not (sent.isascii() and sent.isdecimal()):
        raise PydanticCustomError("whole_number", "should be a whole number")
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


def _old_path(sent: object) -> str:
    try:
        return checked_path(str(sent))
    except Invalid as error:
        raise PydanticCustomError("path", "{reason}", {"reason": error.reason}) from None


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
OldPath = Annotated[str | None, PlainValidator(_old_path), WithJsonSchema({"type": "string"})]
Words = Annotated[str, Field(json_schema_extra=STORABLE_PATTERN), Storable]


class PageParameters(BaseModel):
    """The page of a list."""

    limit: Number = Field(
        default=DEFAULT_LIMIT,
        description=f"The page size; values above {MAX_LIMIT} are treated as {MAX_LIMIT}.",
    )
    after: Cursor = Field(
        default=None, description="The cursor of the page, from the `Link` header of the previous page."
    )


class ThreadParameters(PageParameters):
    """The comments of a post to list."""

    include: Include = None
    fields: CommentFields = None
    view: Literal["flat", "tree"] = Field(
        default="flat", description="`flat`: all comments; `tree`: top-level comments, each with its replies."
    )
    parent: SentId | None = Field(
        default=None, description="With `view=tree`: list the replies to this comment."
    )

    @field_validator("parent")
    @classmethod
    def _is_in_a_tree(cls, parent: Id | None, seen: ValidationInfo) -> Id | None:
        if parent is not None and seen.data.get("view") != "tree":
            raise PydanticCustomError("parent_flat", "requires view=tree")
        return parent


class QueueParameters(PageParameters):
    """The comments to list, across all posts."""

    include: Include = None
    fields: CommentFields = None

    status: CommentStatus = Field(
        default=CommentStatus.PENDING, description="List comments with this status."
    )


class TokensParameters(PageParameters):
    """The tokens to list."""

    user_id: SentId | None = Field(
        default=None, description="Admins only: the user whose tokens to list. Default: your own."
    )


class TagsParameters(BaseModel):
    """The tags to list."""

    limit: Number = Field(
        default=MAX_LIMIT, description=f"The page size; values above {MAX_LIMIT} are treated as {MAX_LIMIT}."
    )
    after: TagCursor = Field(
        default=None, description="The cursor of the page, from the `Link` header of the previous page."
    )


class PostsParameters(PageParameters):
    """The posts to list."""

    include: Include = None
    fields: PostFields = None

    slug: Words | None = Field(default=None, description="List only the post with this slug.")
    path: OldPath = Field(default=None, description="List only the post with this old path.")
    kind: PostKind | None = Field(
        default=None,
        description="List posts or pages. Default: `post`; with `slug` or `path`, either.",
    )
    tag: Words | None = Field(default=None, description="List only posts with this tag.")
    author: SentId | None = Field(default=None, description="List only posts by the user with this id.")
    title: Words | None = Field(
        default=None,
        description="List only posts whose titles contain all of these words, or parts of words, whatever"
        " their case. A page may have fewer posts than its limit, even none, although more follow.",
    )
    status: PostStatus = Field(
        default=PostStatus.PUBLISHED, description="List posts with this status that you may see."
    )
    updated_after: Timestamp | None = Field(
        default=None,
        description="List only posts that were updated after this time, least recently updated first. Changes"
        " are listed after a delay of some seconds.",
    )
    sort: PostSort = Field(
        default=PostSort.NEWEST, description="The sort order; a leading `-` means newest first."
    )

    skip: Skip = Field(
        default=0,
        description=f"The number of posts to skip, at most {MAX_SKIP:,}. Cannot be combined with `after`,"
        " which has no such limit.",
    )
    comments: Number = Field(
        default=COMMENTS_INSIDE_LISTED,
        description=f"The number of comments to include in each post, at most {COMMENTS_INSIDE_LISTED}.",
    )
    count: Flag = Field(
        default=False, description="Return the number of all matching posts in `X-Total-Count`."
    )

    @field_validator("sort", "skip", "count")
    @classmethod
    def _are_changes(cls, value: object, seen: ValidationInfo) -> object:
        if seen.data.get("updated_after") is not None and value not in (PostSort.LEAST_RECENTLY_UPDATED, 0):
            raise PydanticCustomError("changes", "cannot be combined with updated_after")
        return value

    @field_validator("skip", "count")
    @classmethod
    def _are_not_searched(cls, value: object, seen: ValidationInfo) -> object:
        if value and seen.data.get("title") is not None:
            raise PydanticCustomError("searched", "cannot be combined with title")
        return value

    @field_validator("skip")
    @classmethod
    def _skips_alone(cls, skip: int, seen: ValidationInfo) -> int:
        if seen.data.get("after") is not None:
            raise PydanticCustomError("skip_after", "cannot be combined with after")
        return skip


PostId = Annotated[
    Id,
    AfterValidator(_post_id),
    Path(description="The post's id.", json_schema_extra={"pattern": PATTERN}),
]
CommentId = Annotated[
    Id,
    AfterValidator(_comment_id),
    Path(description="The comment's id.", json_schema_extra={"pattern": PATTERN}),
]
UserId = Annotated[
    Id,
    AfterValidator(_user_id),
    Path(description="The user's id.", json_schema_extra={"pattern": PATTERN}),
]
TokenId = Annotated[
    Id,
    AfterValidator(_token_id),
    Path(description="The token's id.", json_schema_extra={"pattern": PATTERN}),
]
PasskeyId = Annotated[
    Id,
    AfterValidator(_passkey_id),
    Path(description="The passkey's id.", json_schema_extra={"pattern": PATTERN}),
]
_REVISION = '^"?[1-9][0-9]{0,17}-[1-9a-f][0-9a-f]{0,15}(-[0-9a-f]{16})?"?$'
SavedRevision = Annotated[
    str | None,
    Query(
        pattern=_REVISION,
        description="The revision (or ETag) of your working copy of the post, which this request saves: it is"
        " removed, unless it has changed since.",
    ),
]
DiscardedRevision = Annotated[
    str | None,
    Query(
        pattern=_REVISION,
        description="The revision (or ETag) of your working copy of the post, which is discarded with it,"
        " unless it has changed since.",
    ),
]
CommentsInside = Annotated[
    Number, Query(description=f"The number of comments to include, at most {COMMENTS_INSIDE}.")
]
EDIT_KEY_HEADER = "X-Edit-Key"
EditKey = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(alias=EDIT_KEY_HEADER, description="The `edit_key` that the guest got with the comment."),
]
IfMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(description="Proceed only if one of these ETags is still current; `*` matches any."),
]
IfNoneMatch = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(description="Return 304 if one of these ETags is still current; `*` matches any."),
]
IfAbsent = Annotated[
    str | None,
    WithJsonSchema({"type": "string"}),
    Header(alias="If-None-Match", description="`*`: proceed only if there is no such resource yet."),
]
