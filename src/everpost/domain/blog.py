"""The settings of a blog, which are stored in its database and move with it."""

from dataclasses import dataclass, field
from datetime import datetime

from everpost.domain.comments import CommentPolicy
from everpost.domain.records import Record
from everpost.domain.revisions import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog(Record):
    """The one blog of a database."""

    comment_policy: CommentPolicy
    updated_at: datetime
    version: int
    address_key: bytes = field(repr=False)
    """32 random bytes, created with the schema: guests' addresses are stored only as hashes with this key."""
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogChange:
    """The new values of settings."""

    updated_at: datetime
    comment_policy: CommentPolicy
