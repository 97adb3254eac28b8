"""Rate limits. Attempts are counted in the store, so limits apply across all workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""Begins with the first attempt. When it ends, the counter is deleted."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The number of attempts allowed in a window."""

    key: str
    """A hash, at most 64 ASCII characters."""
    most: int | None = None
    """None: attempts are only counted."""

    def is_exceeded_by(self, counter: "RateLimitCounter") -> bool:
        """Whether the counter is above this limit."""
        return self.most is not None and counter.count > self.most


@dataclass(frozen=True, slots=True)
class RateLimitCounter:
    """The number of attempts since the window began, and the end of the window."""

    count: int
    until: datetime
