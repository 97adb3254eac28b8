"""Time as every store represents it: aware, UTC, whole milliseconds (the precision of BSON)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def now() -> datetime:
    """The current time."""
    return whole_milliseconds(datetime.now(UTC))


class Horizon:
    """The time up to which posts are published: now or, after this machine's clock was set back, the latest
    known time of a write. So no published post disappears.
    """

    MAX_AHEAD = timedelta(days=1)
    """Times further ahead of the clock are ignored, because imported posts can have any time."""

    def __init__(self) -> None:
        self._seen = EARLIEST

    def observe(self, moment: datetime) -> None:
        """Record the time of a write, by the clock of the machine that wrote."""
        if self._seen < moment <= now() + self.MAX_AHEAD:
            self._seen = moment

    def moment(self) -> datetime:
        """The horizon. Tokens and rate limits use `now`, which the horizon never affects."""
        current = now()
        return self._seen if current < self._seen <= current + self.MAX_AHEAD else current


HORIZON = Horizon()
"""The horizon of this process."""


def whole_milliseconds(moment: datetime) -> datetime:
    """The same time in UTC, truncated to milliseconds.

    Raises OverflowError if the time in UTC is outside the years 1 to 9999.
    """
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exactly; negative before."""
    return (moment - EPOCH) // MILLISECOND


@lru_cache(maxsize=10_000)  # rows that are read often have the same times
def from_milliseconds(milliseconds: int) -> datetime:
    """The inverse of `to_milliseconds`. Raises OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(milliseconds=milliseconds)
