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


def whole_milliseconds(moment: datetime) -> datetime:
    """The same moment in UTC, without what is finer than a millisecond.

    Raises OverflowError where UTC would leave the years 1 to 9999.
    """
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exactly; negative before."""
    return (moment - EPOCH) // MILLISECOND


@lru_cache(maxsize=10_000)  # what is read often has the same moments each time
def from_milliseconds(milliseconds: int) -> datetime:
    """The moment that `to_milliseconds` gave; OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(milliseconds=milliseconds)
