"""Comments."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import MAX_NAME, Author
from everpost.domain.records import Record
from everpost.domain.revisions import Revision

MAX_COMMENT = 20_000
MAX_GUEST_NAME = MAX_NAME
MAX_DECISIONS = 100
"""How many comments can be decided in one call."""
REPLIES_SHOWN = 3
"""How many replies a tree shows under each comment; the others are paged."""
LEVELS_SHOWN = 2
"""How many levels of replies a page of a tree shows under its own."""


class CommentPolicy(StrEnum):
    """Who may comment."""

    OPEN = "open"
    """Everybody, and it is shown at once."""
    MODERATED = "moderated"
    """Everybody, but what guests say waits for approval."""
    MEMBERS = "members"
    """Users."""
    CLOSED = "closed"
    """Nobody."""


class CommentStatus(StrEnum):
    """What was decided about a comment."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Record):
    """A comment as a store gives it, whatever its status."""

    id: Id
    post_id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int = 1
    parent_id: Id | None = None
    """The comment that this one answers, on the same post."""
    depth: int = 0
    """How many comments there are above it. A store sets it when it adds the comment."""
    status: CommentStatus = CommentStatus.APPROVED
    author: Author | None = None
    """None: a guest, or a user who was removed."""
    guest_name: str | None = None
    key_digest: str | None = field(default=None, repr=False)
    """What is kept of the key with which a guest may edit."""
    editor_id: Id | None = None
    """The user who last changed the words of somebody else, and may have been removed since. In a record of
    a whole blog None stands for one who was.
    """
    edited_at: datetime | None = None
    """When that was; None: nobody did."""
    reply_count: int = 0
    """How many replies to it are shown. A store counts them."""
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def is_shown(self) -> bool:
        """Whether the public sees it: it is approved, or others that are shown answer it: then what is
        seen of it is a tombstone.
        """
        return self.status is CommentStatus.APPROVED or self.reply_count > 0

    @property
    def position(self) -> Position:
        return Position(self.publication_date, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentChange:
    """What is to be another value; None leaves it as it is."""

    updated_at: datetime
    """When the words were changed; without `content` the comment keeps the moment it has."""
    content: str | None = None
    status: CommentStatus | None = None
    editor_id: Id | None = None
    """Who changes the words, where they are somebody else's."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The replies to one comment, or, where `parent_id` is None, the comments that answer none."""

    parent_id: Id | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentQuery:
    """A page of what is shown of one post's thread, oldest first, after a position: all of it, or one
    branch.
    """

    post_id: Id
    limit: int
    after: Position | None = None
    branch: Branch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """A page of the comments of all posts with one status, the newest first, after a position."""

    status: CommentStatus
    limit: int
    after: Position | None = None
    post_author_id: Id | None = None
    """Only those on posts by this user."""


@dataclass(frozen=True, slots=True)
class Node:
    """A comment in a tree, with the first of its shown replies; `has_more` where others follow these."""

    comment: Comment
    replies: "tuple[Node, ...]" = ()
    has_more: bool = False
