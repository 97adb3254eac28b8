"""Removed comments, whose words are kept for a while."""

from dataclasses import dataclass, field
from datetime import datetime

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import Author
from everpost.domain.records import Record


@dataclass(frozen=True, slots=True)
class Removal:
    """When a comment was removed whose words are to be kept, and by whom."""

    removed_at: datetime
    removed_by_id: Id | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedComment(Record):
    """A comment as it was before it was removed. Its users may have been removed since."""

    id: Id
    post_id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    status: CommentStatus
    removed_at: datetime
    parent_id: Id | None = None
    author_id: Id | None = None
    guest_name: str | None = None
    key_digest: str | None = field(default=None, repr=False)
    editor_id: Id | None = None
    edited_at: datetime | None = None
    removed_by_id: Id | None = None

    @property
    def position(self) -> Position:
        return Position(self.removed_at, self.id)

    def again(self, *, depth: int, version: int, reply_count: int = 0) -> Comment:
        """The comment with its text. The name of its author is empty."""
        return Comment(
            id=self.id,
            post_id=self.post_id,
            content=self.content,
            publication_date=self.publication_date,
            updated_at=self.updated_at,
            version=version,
            parent_id=self.parent_id,
            depth=depth,
            status=self.status,
            author=None if self.author_id is None else Author(id=self.author_id, name=""),
            guest_name=self.guest_name,
            key_digest=self.key_digest,
            editor_id=self.editor_id,
            edited_at=self.edited_at,
            reply_count=reply_count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedCommentQuery:
    """A page of removed comments on posts outside the trash, latest removal first, after a position."""

    limit: int
    after: Position | None = None
    post_author_id: Id | None = None
    """Only comments on posts by this user."""


def is_tombstone(comment: Comment) -> bool:
    """Whether the comment was removed and only holds the place for its replies."""
    return comment.status is CommentStatus.REMOVED and not comment.content
