"""Comments as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import STORABLE_PATTERN, Moment, ReadId, ReadMoment, SentId, Storable, written
from everpost.domain.comments import MAX_COMMENT, Comment

Content = Annotated[
    str, Field(min_length=1, max_length=MAX_COMMENT, json_schema_extra=STORABLE_PATTERN), Storable
]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentCreate(TypedDict):
    """A new comment. Who sends an `id` can repeat the request when the answer got lost."""

    content: Content
    id: NotRequired[SentId]
    publication_date: NotRequired[Moment]
    parent_id: NotRequired[Annotated[SentId | None, Field(description="The comment that this one answers.")]]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentUpdate(TypedDict, total=False):
    """What is to change; what is left out stays."""

    content: Content


@with_config(ConfigDict(extra="forbid"))
class CommentRead(TypedDict):
    """A comment."""

    id: ReadId
    post_id: ReadId
    parent_id: Annotated[
        ReadId | None, Field(description="The comment that this one answers; it may be gone.")
    ]
    content: Content
    publication_date: ReadMoment
    updated_at: ReadMoment


def read_comment(comment: Comment) -> CommentRead:
    """The comment as it is read."""
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "content": comment.content,
        "publication_date": written(comment.publication_date),
        "updated_at": written(comment.updated_at),
    }
