"""Dates as people and their programs write them into files."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_NUMERIC = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"(?:(?:T|t|\s+|,\s*)(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)?"
    r"(?:\s+[A-Z]{3,5})?)?",
    re.ASCII,
)
"""2024-01-31, 2024/1/31 9:05, 2024-01-31T10:00:00.123456789Z, 2024-01-31 10:00:00 +0100 (CET behind it is
only how people call that offset), 2024-01-31 10:00 PM.
"""
_IN_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")


def parse_moment(text: str) -> datetime | None:
    """The moment, naive where the text has no offset; None where it is none that there is."""
    text = text.strip()
    try:
        numeric = _NUMERIC.fullmatch(text)
        return _in_words(text) if numeric is None else _of_numbers(numeric)
    except (ValueError, OverflowError):
        return None


def _of_numbers(found: re.Match[str]) -> datetime:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"there is no {hour} o'clock in half a day")
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    moment = datetime(  # noqa: DTZ001  (it is naive where its source is)
        int(found["year"]),
        int(found["month"]),
        int(found["day"]),
        hour,
        int(found["minute"] or 0),
        min(int(found["second"] or 0), 59),  # a leap second
        int(((found["fraction"] or "") + "000000")[:6]),
    )
    return moment if found["zone"] is None else moment.replace(tzinfo=_zone(found))


def _zone(found: re.Match[str]) -> timezone:
    if found["sign"] is None:
        return UTC
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(-offset if found["sign"] == "-" else offset)


def _in_words(text: str) -> datetime:
    """`31 January 2024`, `January 31, 2024 10:00`, and as in an e-mail (RFC 5322)."""
    for form in _IN_WORDS:
        for time in _TIMES:
            try:
                return datetime.strptime(text, form + time)  # noqa: DTZ007  (these have no offset)
            except ValueError:
                continue
    return parsedate_to_datetime(text)
