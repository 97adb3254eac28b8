"""Comments."""

from dataclasses import dataclass
from datetime import datetime

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.revisions import Revision

MAX_COMMENT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as a store gives it. `parent_id` is the comment it answers, on the same post; it may
    be gone since.
    """

    id: Id
    post_id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int = 1
    parent_id: Id | None = None

    @property
    def position(self) -> Position:
        return Position(self.publication_date, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.updated_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentChange:
    """What a comment is to say from now on."""

    updated_at: datetime
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentQuery:
    """A page of one post's thread, oldest first, after a position."""

    post_id: Id
    limit: int
    after: Position | None = None
