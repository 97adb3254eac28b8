"""Limits on what may be tried how often, counted in the store: they hold across all workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""From the first try on; with its end everything that is known about it is forgotten."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts are allowed in a window."""

    key: str
    """A hash, at most 64 ASCII characters."""
    most: int | None = None
    """None: attempts are only counted."""

    def is_exceeded_by(self, tally: "RateLimitCounter") -> bool:
        """Whether the tally is beyond this limit."""
        return self.most is not None and tally.count > self.most


@dataclass(frozen=True, slots=True)
class RateLimitCounter:
    """How often something was tried since its window began, and when that ends."""

    count: int
    until: datetime
