"""Revisions of posts as JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import AuthorRead, read_author
from everpost.api.schemas.posts import Content, Summary, Tags, Title
from everpost.api.schemas.text import ReadTimestamp, format_timestamp
from everpost.domain.paging import MAX_NUMBER
from everpost.domain.posts import MAX_COVER, PostFormat
from everpost.domain.writing.history import PostRevision

Cover = Annotated[str, Field(min_length=1, max_length=MAX_COVER)]


@with_config(ConfigDict(extra="forbid"))
class RevisionListed(TypedDict):
    """A revision of a post without its content."""

    number: Annotated[int, Field(ge=1, le=MAX_NUMBER, description="Later revisions have higher numbers.")]
    title: Title
    summary: Summary | None
    tags: Tags
    format: PostFormat
    cover: Cover | None
    is_published: Annotated[bool, Field(description="Whether the post was published in this state.")]
    author: Annotated[
        AuthorRead | None, Field(description="The author of the post then; null if disabled or removed.")
    ]
    edited_by: Annotated[
        AuthorRead | None, Field(description="The user who saved it; null if unknown, disabled or removed.")
    ]
    saved_at: Annotated[ReadTimestamp, Field(description="When the last edit of its group was saved.")]


class RevisionRead(RevisionListed):
    """A revision of a post."""

    content: Content


def list_revision(revision: PostRevision) -> RevisionListed:
    """The revision as JSON, without its content."""
    return {
        "number": revision.number,
        "title": revision.title,
        "summary": revision.summary,
        "tags": list(revision.tags),
        "format": revision.format,
        "cover": revision.cover,
        "is_published": revision.is_published,
        "author": read_author(revision.author),
        "edited_by": read_author(revision.edited_by),
        "saved_at": format_timestamp(revision.saved_at),
    }


def read_revision(revision: PostRevision) -> RevisionRead:
    """The revision as JSON."""
    return {**list_revision(revision), "content": revision.content}
