"""Publication dates as `datetime-local` fields show them: in the time zone of the blog, to the minute."""

from datetime import UTC, datetime, tzinfo

from everpost.domain.clock import MILLISECOND, now


def local_text(moment: datetime, zone: tzinfo) -> str:
    """The time for the field, such as 2026-05-04T10:30."""
    try:
        local = moment.astimezone(zone)
    except OverflowError:  # on the first or the last day of the calendar
        local = moment
    return local.replace(tzinfo=None).isoformat(timespec="minutes")


def parse_local(text: str, zone: tzinfo) -> datetime:
    """The time in UTC. A time that the clocks skip is moved forward by the length of the gap; if a time
    occurs twice, the first is meant. Raises ValueError.
    """
    local = datetime.fromisoformat(text)
    if local.tzinfo is not None:
        raise ValueError(text)
    try:
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def undecided(moment: datetime) -> datetime:
    """The date of a draft whose writer has not chosen one: `moment`, with a fraction of a second."""
    return moment if moment.microsecond else moment + MILLISECOND


def is_undecided(moment: datetime) -> bool:
    """Whether the date has a fraction of a second, as no date has that a person chose."""
    return moment.microsecond != 0


def is_future(moment: datetime) -> bool:
    return moment > now()
