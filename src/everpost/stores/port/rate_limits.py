"""The counters of rate limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from everpost.domain.rate_limits import Limit, RateLimitCounter


class RateLimits(Protocol):
    """Counts are exact, even if several callers count concurrently."""

    async def hit(self, limits: Sequence[Limit], moment: datetime) -> Sequence[RateLimitCounter]:
        """Count one attempt for each limit, in this order, up to and including the first that this exceeds,
        and return the counts. If there is no window, or it has ended, a new one begins.
        """
        ...

    async def decrement(self, keys: Sequence[str]) -> None:
        """Subtract one attempt from the counter of each of these keys."""
        ...

    async def get(self, key: str, moment: datetime) -> RateLimitCounter | None:
        """Return the counter; None if there is none, or its window has ended by this time."""
        ...

    async def start_window(self, key: str, until: datetime) -> None:
        """Replace the counter by a window that ends at this time, with one attempt."""
        ...

    async def delete_expired(self, moment: datetime) -> None:
        """Delete every counter whose window has ended by this time."""
        ...
