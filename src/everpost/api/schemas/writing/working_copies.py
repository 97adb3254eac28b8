"""Working copies as JSON."""

from collections.abc import Callable
from typing import Annotated, NotRequired, cast

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.http.etags import revision_text
from everpost.api.schemas.text import (
    STORABLE_PATTERN,
    ReadId,
    ReadTimestamp,
    Storable,
    Timestamp,
    format_timestamp,
)
from everpost.domain.posts import MAX_CONTENT
from everpost.domain.writing.working_copies import (
    MAX_ETAG,
    MAX_TYPED,
    FoundWorkingCopy,
    PostBase,
    PostState,
    PostText,
    WorkingCopyState,
)

Content = Annotated[str, Field(max_length=MAX_CONTENT, json_schema_extra=STORABLE_PATTERN), Storable]
Typed = Annotated[str, Field(max_length=MAX_TYPED, json_schema_extra=STORABLE_PATTERN), Storable]
ETag = Annotated[
    str,
    Field(
        max_length=MAX_ETAG,
        pattern='^"[1-9][0-9]{0,17}-[1-9a-f][0-9a-f]{0,15}-[0-9a-f]{16}"$',
        description="The ETag of the post when it was read.",
    ),
]


@with_config(ConfigDict(extra="forbid", strict=True))
class TypedText(TypedDict, total=False):
    """The fields of a post as text, exactly as typed into a form. They need not be valid."""

    title: Typed
    content: Content
    summary: Typed
    tags: Typed
    slug: Typed
    publication_date: Typed
    kind: Typed
    format: Typed
    comment_policy: Typed
    author_id: Typed
    paths: Typed
    cover: Typed


@with_config(ConfigDict(extra="forbid", strict=True))
class BaseWrite(TypedDict):
    """The post from which a working copy was begun, as you read it."""

    etag: ETag
    updated_at: Timestamp
    text: TypedText


@with_config(ConfigDict(extra="forbid", strict=True))
class WorkingCopyWrite(TypedDict):
    """Text that was typed into a post."""

    text: TypedText
    base: NotRequired[
        Annotated[
            BaseWrite | None,
            Field(description="If omitted, it stays as it is; null if the post does not exist yet."),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class BaseRead(TypedDict):
    """The post from which a working copy was begun, as its writer read it."""

    etag: ETag
    updated_at: ReadTimestamp
    text: TypedText


PostUpdatedAt = Annotated[
    ReadTimestamp | None,
    Field(description="When the post was last updated; null if there is no such post that you may see."),
]


@with_config(ConfigDict(extra="forbid"))
class WorkingCopyRead(TypedDict):
    """A working copy."""

    post_id: ReadId
    text: TypedText
    base: BaseRead | None
    updated_at: ReadTimestamp
    post_updated_at: PostUpdatedAt


@with_config(ConfigDict(extra="forbid"))
class WorkingCopyListed(TypedDict):
    """A working copy without its content."""

    post_id: ReadId
    title: Annotated[Typed | None, Field(description="null if the title was not sent.")]
    base_updated_at: Annotated[
        ReadTimestamp | None,
        Field(
            description="The `updated_at` of the base. A time before `post_updated_at` means that"
            " someone has saved the post since."
        ),
    ]
    updated_at: ReadTimestamp
    post_updated_at: PostUpdatedAt
    revision: Annotated[str, Field(description="The beginning of its ETag.")]


def text_of(sent: TypedText) -> PostText:
    """The text that was sent."""
    make: Callable[..., PostText] = PostText
    return make(**sent)


def base_of(sent: BaseWrite | None) -> PostBase | None:
    """The base that was sent."""
    if sent is None:
        return None
    return PostBase(etag=sent["etag"], updated_at=sent["updated_at"], text=text_of(sent["text"]))


def read_working_copy(found: FoundWorkingCopy) -> WorkingCopyRead:
    """The working copy as JSON."""
    copy, base = found.copy, found.copy.base
    return {
        "post_id": copy.post_id,
        "text": _read_text(copy.text),
        "base": None
        if base is None
        else {
            "etag": base.etag,
            "updated_at": format_timestamp(base.updated_at),
            "text": _read_text(base.text),
        },
        "updated_at": format_timestamp(copy.updated_at),
        "post_updated_at": _post_updated_at(found.post),
    }


def read_working_copy_state(state: WorkingCopyState) -> WorkingCopyListed:
    """The working copy as JSON, without its content."""
    base_updated_at = state.base_updated_at
    return {
        "post_id": state.post_id,
        "title": state.title,
        "base_updated_at": None if base_updated_at is None else format_timestamp(base_updated_at),
        "updated_at": format_timestamp(state.updated_at),
        "post_updated_at": _post_updated_at(state.post),
        "revision": revision_text(state.revision),
    }


def _read_text(text: PostText) -> TypedText:
    return cast("TypedText", dict(text.given()))


def _post_updated_at(post: PostState | None) -> str | None:
    return None if post is None else format_timestamp(post.updated_at)
