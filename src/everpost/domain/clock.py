"""Time as every store keeps it: aware, UTC, whole milliseconds (BSON's precision)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def now() -> datetime:
    """This moment."""
    return whole_milliseconds(datetime.now(UTC))


class Horizon:
    """The moment up to which posts are published: now or, after this machine's clock was set back, the latest
    known time of a write. So no published post disappears.
    """

    MAX_AHEAD = timedelta(days=1)
    """Moments further ahead of the clock are ignored: an import may bring any."""

    def __init__(self) -> None:
        self._seen = EARLIEST

    def observe(self, moment: datetime) -> None:
        """Note that something was written at this moment, by the clock of the machine that wrote it."""
        if self._seen < moment <= now() + self.MAX_AHEAD:
            self._seen = moment

    def moment(self) -> datetime:
        """The horizon. Tokens and rate limits use `now`, which the horizon never affects."""
        current = now()
        return self._seen if current < self._seen <= current + self.MAX_AHEAD else current


HORIZON = Horizon()
"""That of this process."""


def whole_milliseconds(moment: datetime) -> datetime:
    """The same moment in UTC, without what is finer than a millisecond.

    Raises OverflowError where UTC would leave the years 1 to 9999.
    """
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exactly; negative before."""
    return (moment - EPOCH) // MILLISECOND


@lru_cache(maxsize=10_000)  # what is read often has the same moments each time
def from_milliseconds(milliseconds: int) -> datetime:
    """The moment that `to_milliseconds` gave; OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(milliseconds=milliseconds)
