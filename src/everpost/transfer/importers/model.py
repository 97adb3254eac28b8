"""What a reader of another system's files gives: one item after another, as the source has it.

A reader is a function `read_<system>(path, ...) -> Iterator[Item]`. It streams, so that no more than one
post with its comments is in memory; authors come before whatever names them. It gives a `Note` for each
thing that it leaves out, and a `Problem` for each that it cannot read where it can go on behind it; it
raises BrokenFile where it cannot. What it alters, it says in the `changes` of the thing. Texts, names, tags
and slugs are as the source wrote them: whoever takes them in makes them fit.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from everpost.domain.comments import CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile


class Outcome(StrEnum):
    """What became of something that a source has."""

    IMPORTED = "imported"
    PRESENT = "already there"
    CHANGED = "changed"
    """It is imported, but not as it was."""
    DROPPED = "dropped"
    UNREADABLE = "unreadable"
    """It is broken in the source. Nothing is imported, or all but this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the report of an import."""

    fate: Outcome
    kind: str
    """A noun: post, comment, author, page, pingback, ..."""
    name: str
    """Which one, so that a person finds it in the source: its id there, its title."""
    reason: str = ""
    """How it was changed, or why it was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A part of the source that cannot be read: a file of a folder, a record of a file. The rest can."""

    kind: str
    """A noun, as of a `Note`."""
    name: str
    """Which one, so that a person finds it in the source."""
    reason: str
    """What is wrong, and where: `line 3: ...`."""

    @classmethod
    def of(cls, error: BrokenFile, kind: str = "file") -> Self:
        """What the error says."""
        reason = f"{error.place}: {error.reason}" if error.place else error.reason
        return cls(kind=kind, name=error.name, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAuthor:
    """Who writes posts in the source."""

    source_id: str
    """What tells it from all other authors of this source, in this run and in later ones."""
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceComment:
    """A comment. `parent_id` is the `source_id` of the one it answers, which may come later."""

    source_id: str
    content: str
    publication_date: datetime
    status: CommentStatus = CommentStatus.APPROVED
    parent_id: str | None = None
    name: str | None = None
    """Of a guest."""
    author_id: str | None = None
    """The `source_id` of an author."""
    updated_at: datetime | None = None
    changes: tuple[str, ...] = ()
    """How the reader altered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePost:
    """A post with its whole thread. Dates are aware."""

    source_id: str
    id: Id | None = None
    """The one that it has here already, or had before it was exported from here."""
    title: str
    content: str
    format: PostFormat
    publication_date: datetime
    status: PostStatus = PostStatus.PUBLISHED
    updated_at: datetime | None = None
    slug: str | None = None
    tags: tuple[str, ...] = ()
    author_id: str | None = None
    comment_policy: CommentPolicy | None = None
    """None: the blog's."""
    comments: tuple[SourceComment, ...] = ()
    changes: tuple[str, ...] = ()
    """How the reader altered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceThread:
    """The comments on a page of a site whose posts are elsewhere; its parts may come one after another."""

    url: str
    """The address, or the path, of the page that they are on."""
    title: str
    comments: tuple[SourceComment, ...] = ()


Item = SourceAuthor | SourcePost | SourceThread | Note | Problem

LONGEST_ID = 200
"""Characters of an id, or an address, that are shown."""
_LONGEST_TITLE = 100


def shown_as(source_id: str, title: str) -> str:
    """A name by which a person finds a thing in the source. It stands in a note for each thing in it, so
    it is short whatever the source has.
    """
    return f"{source_id[:LONGEST_ID]} {title[:_LONGEST_TITLE]!r}"
