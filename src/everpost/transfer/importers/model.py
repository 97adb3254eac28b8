"""The items that a reader of another system's files yields, with the values of the source.

A reader is a function `read_<system>(path, ...) -> Iterator[Item]`. It streams: at most one post with its
comments is in memory. Authors come before the items that refer to them. A reader yields a `Note` for each
part of the source that it drops, and an `UnreadablePart` for each part that it cannot read, if it can
continue after it; otherwise it raises BrokenFile. It describes its own changes to an item in `changes`.
Texts, names, tags and slugs are as the source has them: the importer normalizes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from everpost.domain.comments import CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import PostFormat, PostKind, PostStatus
from everpost.errors import BrokenFile


class Outcome(StrEnum):
    """The result of importing an item of the source."""

    IMPORTED = "imported"
    PRESENT = "already there"
    CHANGED = "changed"
    """It was imported with changes."""
    DROPPED = "dropped"
    UNREADABLE = "unreadable"
    """The source is damaged here. Nothing is imported, or everything except this item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of the import report."""

    outcome: Outcome
    kind: str
    """A noun: post, comment, author, page, pingback, ..."""
    name: str
    """Identifies the item to a reader of the report: its id in the source, its title."""
    reason: str = ""
    """How it was changed, or why it was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePart:
    """A part of the source that cannot be read, such as a file in a folder or a record in a file. The rest
    can.
    """

    kind: str
    """A noun, as in `Note`."""
    name: str
    """Identifies the part to a reader of the report."""
    reason: str
    """The place and the error: `line 3: ...`."""

    @classmethod
    def of(cls, error: BrokenFile, kind: str = "file") -> Self:
        """A problem with the place and the reason of an error."""
        reason = f"{error.place}: {error.reason}" if error.place else error.reason
        return cls(kind=kind, name=error.name, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBlog:
    """The settings of the blog in the source. Empty: the source does not have this setting."""

    title: str = ""
    description: str = ""
    language: str = ""
    """A language tag or a locale."""
    time_zone: str = ""
    base_url: str = ""
    """The URL of the home page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAuthor:
    """An author of posts in the source."""

    source_id: str
    """Identifies the author within this source, in this import and later ones."""
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceComment:
    """A comment. `parent_id` is the `source_id` of the comment that it replies to, which may come later."""

    source_id: str
    content: str
    publication_date: datetime
    status: CommentStatus = CommentStatus.APPROVED
    parent_id: str | None = None
    name: str | None = None
    """The name of a guest."""
    author_id: str | None = None
    """The `source_id` of an author."""
    updated_at: datetime | None = None
    changes: tuple[str, ...] = ()
    """How the reader changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePost:
    """A post with its whole thread. Dates have a time zone."""

    source_id: str
    id: Id | None = None
    """The id of a post that was exported from Everpost."""
    title: str
    content: str
    format: PostFormat
    publication_date: datetime
    status: PostStatus = PostStatus.PUBLISHED
    kind: PostKind = PostKind.POST
    summary: str | None = None
    paths: tuple[str, ...] = ()
    """Its old paths; URLs are accepted as well."""
    updated_at: datetime | None = None
    slug: str | None = None
    tags: tuple[str, ...] = ()
    author_id: str | None = None
    comment_policy: CommentPolicy | None = None
    """None: the blog's policy."""
    comments: tuple[SourceComment, ...] = ()
    changes: tuple[str, ...] = ()
    """How the reader changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceThread:
    """Comments on a page of another site. A thread may come in several parts."""

    url: str
    """The URL or the path of the page."""
    title: str
    comments: tuple[SourceComment, ...] = ()


Item = SourceBlog | SourceAuthor | SourcePost | SourceThread | Note | UnreadablePart

LONGEST_ID = 200
"""Characters of an id or a URL that are displayed."""
_LONGEST_TITLE = 100


def shown_as(source_id: str, title: str) -> str:
    """A name that identifies an item to a reader of the report. It is short, whatever the source contains,
    because every item has a note.
    """
    return f"{source_id[:LONGEST_ID]} {title[:_LONGEST_TITLE]!r}"
