"""Posts as JSON."""

from typing import Annotated, Literal, NotRequired

from pydantic import AfterValidator, ConfigDict, Field, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from everpost.api.schemas.authors import AuthorRead, read_author
from everpost.api.schemas.comments import CommentRead, read_comment
from everpost.api.schemas.text import (
    STORABLE_PATTERN,
    ReadId,
    ReadTimestamp,
    SentId,
    Storable,
    Timestamp,
    format_timestamp,
)
from everpost.domain.comments import CommentPolicy
from everpost.domain.media.covers import checked_cover
from everpost.domain.posts import (
    COMMENTS_INSIDE,
    MAX_CONTENT,
    MAX_COVER,
    MAX_PATH,
    MAX_PATHS,
    MAX_SLUG,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Post,
    PostFormat,
    PostKind,
    PostStatus,
    TagCount,
)
from everpost.errors import Invalid
from everpost.markup.plain_text import MAX_EXCERPT
from everpost.markup.results import RenderedPost

MAX_SENT_PATH = 12 * MAX_PATH
"""A character can be sent as up to four percent-escapes, of three characters each."""

Title = Annotated[
    str, Field(min_length=1, max_length=MAX_TITLE, json_schema_extra=STORABLE_PATTERN), Storable
]
Content = Annotated[str, Field(max_length=MAX_CONTENT, json_schema_extra=STORABLE_PATTERN), Storable]
Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_SLUG,
        description="The unique name of the post in URLs, normalized to lower-case words joined by hyphens.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
Tag = Annotated[str, Field(min_length=1, max_length=MAX_TAG, json_schema_extra=STORABLE_PATTERN), Storable]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
SentFormat = Annotated[
    PostFormat, Field(strict=False, description="The markup of `content`, which is stored as it was sent.")
]
SentStatus = Literal[PostStatus.DRAFT, PostStatus.PUBLISHED]
Summary = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_SUMMARY,
        description="A short text that lists can show instead of the content; null if there is none.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]


def _cover(sent: str) -> str:
    try:
        return checked_cover(sent)
    except Invalid as error:
        raise PydanticCustomError("cover", "{reason}", {"reason": error.reason}) from None


_COVER = "A picture that represents the post: the `url` of an uploaded file, or an absolute URL."
SentCover = Annotated[
    str,
    Field(
        max_length=MAX_COVER,
        description=f"{_COVER} Empty or null: none.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
    AfterValidator(_cover),
]
SentKind = Annotated[
    PostKind,
    Field(strict=False, description="A page has its own URL, but is left out of lists of posts and tags."),
]
SentPath = Annotated[
    str, Field(min_length=1, max_length=MAX_SENT_PATH, json_schema_extra=STORABLE_PATTERN), Storable
]
SentPaths = Annotated[
    list[SentPath],
    Field(
        max_length=MAX_PATHS,
        description="Old paths of the post, such as /2019/05/hello, which redirect to it. No two posts have"
        " the same path.",
    ),
]
ReadPaths = Annotated[
    list[Annotated[str, Field(min_length=2, max_length=MAX_PATH)]],
    Field(max_length=MAX_PATHS, description="Old paths of the post, oldest first, which redirect to it."),
]
SentPolicy = Annotated[
    CommentPolicy,
    Field(strict=False, description="The comment policy of this post; null if that of the blog applies."),
]
SentAuthorId = Annotated[
    SentId, Field(description="The author: only editors and admins may name another user.")
]


@with_config(ConfigDict(extra="forbid", strict=True))
class PostCreate(TypedDict):
    """A new post. Send your own `id` to make the request idempotent."""

    title: Title
    content: Content
    id: NotRequired[SentId]
    publication_date: NotRequired[Timestamp]
    slug: NotRequired[
        Annotated[
            Slug | None, Field(description="If omitted or null, a free slug is derived from the title.")
        ]
    ]
    tags: NotRequired[Tags]
    format: NotRequired[SentFormat]
    status: NotRequired[SentStatus]
    kind: NotRequired[SentKind]
    summary: NotRequired[Summary | None]
    paths: NotRequired[SentPaths]
    cover: NotRequired[SentCover | None]
    author_id: NotRequired[SentAuthorId]
    comment_policy: NotRequired[SentPolicy | None]


@with_config(ConfigDict(extra="forbid", strict=True))
class PostUpdate(TypedDict, total=False):
    """The fields to change; omitted fields stay the same. A null `slug` is derived from the title."""

    title: Title
    content: Content
    publication_date: Timestamp
    slug: Slug | None
    tags: Tags
    format: SentFormat
    status: SentStatus
    kind: SentKind
    summary: Summary | None
    paths: SentPaths
    cover: SentCover | None
    author_id: SentAuthorId
    comment_policy: SentPolicy | None


@with_config(ConfigDict(extra="forbid"))
class HeadingRead(TypedDict):
    """A heading in the HTML of a post."""

    level: Annotated[int, Field(ge=1, le=6)]
    id: Annotated[str, Field(description="The `id` of its element.")]
    text: str


@with_config(ConfigDict(extra="forbid"))
class PostRead(TypedDict):
    """A post, with its oldest approved comments and tombstones."""

    id: ReadId
    title: Title
    content: Content
    publication_date: ReadTimestamp
    updated_at: Annotated[
        ReadTimestamp, Field(description="When the post itself was last updated, comments aside.")
    ]
    version: Annotated[
        int, Field(ge=1, description="Increases with every change to the post or its comments.")
    ]
    slug: Slug
    tags: Tags
    format: PostFormat
    status: PostStatus
    kind: PostKind
    summary: Summary | None
    paths: ReadPaths
    cover: Annotated[str | None, Field(min_length=1, max_length=MAX_COVER, description=_COVER)]
    author: Annotated[AuthorRead | None, Field(description="null if disabled or removed.")]
    trashed_at: NotRequired[
        Annotated[ReadTimestamp, Field(description="Only in the trash: when it was moved there.")]
    ]
    former_status: NotRequired[
        Annotated[
            Literal[PostStatus.DRAFT, PostStatus.PUBLISHED],
            Field(description="Only in the trash: the status to which it is restored."),
        ]
    ]
    comment_policy: Annotated[
        CommentPolicy | None,
        Field(description="The comment policy of this post; null if that of the blog applies."),
    ]
    comment_count: Annotated[int, Field(ge=0, description="The number of approved comments.")]
    comments: Annotated[list[CommentRead], Field(max_length=COMMENTS_INSIDE)]
    html: NotRequired[Annotated[str, Field(description="With `include=html`: the content as safe HTML.")]]
    excerpt: NotRequired[
        Annotated[
            str, Field(max_length=MAX_EXCERPT, description="The beginning of the text, without markup.")
        ]
    ]
    outline: NotRequired[Annotated[list[HeadingRead], Field(description="The headings, in order.")]]
    reading_minutes: NotRequired[Annotated[int, Field(ge=1)]]


@with_config(ConfigDict(extra="forbid"))
class TagRead(TypedDict):
    """A tag, and the number of published posts that have it."""

    tag: Tag
    count: Annotated[int, Field(ge=1)]


def read_tag(count: TagCount) -> TagRead:
    """The tag as JSON."""
    return {"tag": count.tag, "count": count.count}


class RenderedFields(TypedDict):
    """The fields of a post that are derived from its content."""

    html: str
    excerpt: str
    outline: list[HeadingRead]
    reading_minutes: int


RENDERED_FIELDS = RenderedFields.__required_keys__


def read_rendered(rendered: RenderedPost) -> RenderedFields:
    """The fields of a post that are derived from its content."""
    return {
        "html": rendered.html,
        "excerpt": rendered.excerpt,
        "outline": [{"level": each.level, "id": each.id, "text": each.text} for each in rendered.outline],
        "reading_minutes": rendered.reading_minutes,
    }


def read_post(post: Post) -> PostRead:
    """The post as JSON."""
    content: PostRead = {
        "id": post.id,
        "title": post.title,
        "content": post.content,
        "publication_date": format_timestamp(post.publication_date),
        "updated_at": format_timestamp(post.updated_at),
        "version": post.version,
        "slug": post.slug,
        "tags": list(post.tags),
        "format": post.format,
        "status": post.status,
        "kind": post.kind,
        "summary": post.summary,
        "paths": list(post.paths),
        "cover": post.cover,
        "author": read_author(post.author),
        "comment_policy": post.comment_policy,
        "comment_count": post.comment_count,
        "comments": [read_comment(comment) for comment in post.comments],
    }
    if post.trashed_at is not None:
        content["trashed_at"] = format_timestamp(post.trashed_at)
    if post.former_status is PostStatus.DRAFT or post.former_status is PostStatus.PUBLISHED:
        content["former_status"] = post.former_status
    return content
