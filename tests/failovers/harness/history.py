"""The requests of clients with their times and answers, and the final state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    ADD = "add"
    CHANGE = "change"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A post or a comment as an answer showed it; version 0: as if it had never been."""

    version: int
    content: str = ""
    tag: str | None = None
    """The ETag, where it was read; all reads of a resource ask for the same representation."""
    comment_count: int = 0
    comments: frozenset[str] = frozenset()
    """The ids of the comments in the answer."""


NOTHING = State(version=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer; the times are seconds of one monotonic clock."""

    action: Action
    resource: str
    """The id of the post or comment."""
    sent: float
    answered: float
    status: int | None
    """None: the connection ended first."""
    retry_after: bool = False
    """Whether the answer said when to try again."""
    parent: str | None = None
    """The post of a comment."""
    content: str = ""
    """What was written."""
    based_on: str | None = None
    """The tag in `If-Match`."""
    state: State | None = None

    @property
    def is_acknowledged(self) -> bool:
        """Whether this is a write that was promised to stay."""
        return self.action is not Action.READ and self.status in (200, 201)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The final state, as clients can read it."""

    posts: Sequence[str]
    comments: Mapping[str, Sequence[tuple[str, str]]]
    """The ids and contents in each post's thread."""
