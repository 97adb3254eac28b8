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
"""Maximum number of decisions in one moderation request."""
REPLIES_SHOWN = 3
"""Number of replies that a tree contains for each comment; the rest is paged."""
LEVELS_SHOWN = 2
"""Number of levels of replies that a page of a tree contains below its own comments."""


class CommentPolicy(StrEnum):
    """The people who may comment."""

    OPEN = "open"
    """Everyone; comments are shown immediately."""
    MODERATED = "moderated"
    """Everyone; comments by guests wait for approval."""
    MEMBERS = "members"
    """Users only."""
    CLOSED = "closed"
    """No one."""


class CommentStatus(StrEnum):
    """The moderation status of a comment."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Record):
    """A comment as a store returns it, whatever its status."""

    id: Id
    post_id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int = 1
    parent_id: Id | None = None
    """The comment that this one replies to, on the same post."""
    depth: int = 0
    """The number of comments above it in the thread. The store sets it when it adds the comment."""
    status: CommentStatus = CommentStatus.APPROVED
    author: Author | None = None
    """None: a guest, or a user who was removed."""
    guest_name: str | None = None
    key_digest: str | None = field(default=None, repr=False)
    """The digest of the guest's edit key."""
    editor_id: Id | None = None
    """The user who last edited this comment of someone else. The user may have been removed since; in a
    record of a whole blog, a removed user is None.
    """
    edited_at: datetime | None = None
    """When that user edited it; None: never."""
    reply_count: int = 0
    """The number of its shown replies. The store counts them."""
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def is_shown(self) -> bool:
        """Whether the public sees it: it is approved, or it has shown replies. In the latter case, it appears
        as a tombstone.
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
    """The new values of a comment's fields; None leaves a field unchanged."""

    updated_at: datetime
    """The time of the change. Applied only if `content` changes."""
    content: str | None = None
    status: CommentStatus | None = None
    editor_id: Id | None = None
    """The user who edits the content of someone else's comment."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The replies to one comment or, if `parent_id` is None, the comments that are not replies."""

    parent_id: Id | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentQuery:
    """A page of the shown comments of one post, or of one branch of its thread, after a position."""

    post_id: Id
    limit: int
    after: Position | None = None
    branch: Branch | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """A page of the comments with one status, on all posts, newest first, after a position."""

    status: CommentStatus
    limit: int
    after: Position | None = None
    post_author_id: Id | None = None
    """Only comments on posts by this user."""


@dataclass(frozen=True, slots=True)
class Node:
    """A comment in a tree, with the first of its shown replies. `has_more`: there are more replies."""

    comment: Comment
    replies: "tuple[Node, ...]" = ()
    has_more: bool = False
