"""Posts as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.comments import CommentRead, read_comment
from everpost.api.schemas.people import AuthorRead, read_author
from everpost.api.schemas.text import STORABLE_PATTERN, Moment, ReadId, ReadMoment, SentId, Storable, written
from everpost.domain.comments import CommentPolicy
from everpost.domain.posts import (
    COMMENTS_INSIDE,
    MAX_CONTENT,
    MAX_SLUG,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Post,
    PostFormat,
    PostStatus,
    TagCount,
)

Title = Annotated[
    str, Field(min_length=1, max_length=MAX_TITLE, json_schema_extra=STORABLE_PATTERN), Storable
]
Content = Annotated[str, Field(max_length=MAX_CONTENT, json_schema_extra=STORABLE_PATTERN), Storable]
Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_SLUG,
        description="A name for addresses, unique; kept as lower-case words with hyphens between them.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
Tag = Annotated[str, Field(min_length=1, max_length=MAX_TAG, json_schema_extra=STORABLE_PATTERN), Storable]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
SentFormat = Annotated[
    PostFormat, Field(strict=False, description="What the content is written in. It is kept as it came.")
]
SentStatus = Annotated[PostStatus, Field(strict=False)]
SentPolicy = Annotated[
    CommentPolicy, Field(strict=False, description="Who may comment, where it is not as on the whole blog.")
]
SentAuthorId = Annotated[SentId, Field(description="Whose post it is: an editor gives it to others.")]


@with_config(ConfigDict(extra="forbid", strict=True))
class PostCreate(TypedDict):
    """A new post. Who sends an `id` can repeat the request when the answer got lost."""

    title: Title
    content: Content
    id: NotRequired[SentId]
    publication_date: NotRequired[Moment]
    slug: NotRequired[
        Annotated[Slug | None, Field(description="Where there is none, the title gives one that is free.")]
    ]
    tags: NotRequired[Tags]
    format: NotRequired[SentFormat]
    status: NotRequired[SentStatus]
    author_id: NotRequired[SentAuthorId]
    comment_policy: NotRequired[SentPolicy | None]


@with_config(ConfigDict(extra="forbid", strict=True))
class PostUpdate(TypedDict, total=False):
    """What is to change; what is left out stays. A slug of null: the one that the title gives."""

    title: Title
    content: Content
    publication_date: Moment
    slug: Slug | None
    tags: Tags
    format: SentFormat
    status: SentStatus
    author_id: SentAuthorId
    comment_policy: SentPolicy | None


@with_config(ConfigDict(extra="forbid"))
class PostRead(TypedDict):
    """A post with the oldest of its comments inside."""

    id: ReadId
    title: Title
    content: Content
    publication_date: ReadMoment
    updated_at: Annotated[ReadMoment, Field(description="When the post itself was last changed.")]
    version: Annotated[int, Field(ge=1, description="Counts every change of the post and of its thread.")]
    slug: Slug
    tags: Tags
    format: PostFormat
    status: PostStatus
    author: AuthorRead | None
    comment_policy: Annotated[CommentPolicy | None, Field(description="null: as on the whole blog.")]
    comment_count: Annotated[int, Field(ge=0)]
    comments: Annotated[list[CommentRead], Field(max_length=COMMENTS_INSIDE)]


@with_config(ConfigDict(extra="forbid"))
class TagRead(TypedDict):
    """A tag, and on how many published posts it is."""

    tag: Tag
    count: Annotated[int, Field(ge=1)]


def read_tag(count: TagCount) -> TagRead:
    """The tag as it is read."""
    return {"tag": count.tag, "count": count.count}


def read_post(post: Post) -> PostRead:
    """The post as it is read."""
    return {
        "id": post.id,
        "title": post.title,
        "content": post.content,
        "publication_date": written(post.publication_date),
        "updated_at": written(post.updated_at),
        "version": post.version,
        "slug": post.slug,
        "tags": list(post.tags),
        "format": post.format,
        "status": post.status,
        "author": read_author(post.author),
        "comment_policy": post.comment_policy,
        "comment_count": post.comment_count,
        "comments": [read_comment(comment) for comment in post.comments],
    }
