"""A history: the requests of clients with their times and responses, and the final state."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A post or a comment in a response; version 0: it did not exist yet."""

    version: int
    content: str = ""
    tag: str | None = None
    """The ETag, if it was read; all reads of a resource request the same representation."""
    comment_count: int = 0
    comments: frozenset[str] = frozenset()
    """The ids of the comments in the response."""


NOTHING = State(version=0)
REMOVED = State(version=sys.maxsize)
"""The last version of a resource: it never returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its response; the times are seconds of one monotonic clock."""

    action: Action
    resource: str
    """The id of the post or comment."""
    sent: float
    answered: float
    status: int | None
    """None: the connection was closed before a response."""
    retry_after: bool = False
    """Whether the response had `Retry-After`."""
    parent: str | None = None
    """The post of a comment."""
    content: str = ""
    """The content that was written."""
    based_on: str | None = None
    """The ETag in `If-Match`."""
    state: State | None = None

    @property
    def is_acknowledged(self) -> bool:
        """Whether this is an acknowledged write, which must not be lost."""
        return self.action is not Action.READ and self.status in (200, 201, 204)

    @property
    def is_refused(self) -> bool:
        """Whether the client may send it again: it may or may not have been processed."""
        return self.status in (None, 429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The final state, as clients read it."""

    posts: Sequence[str]
    comments: Mapping[str, Sequence[tuple[str, str]]]
    """The ids and contents in each post's thread."""
