"""Dates in the many forms that people and programs write."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from everpost.transfer.importers.formats.time_zones import zone_of

_LONGEST = 100
"""Characters of the longest date. This bounds the cost of every pattern here."""
_PARTS = re.compile(
    r"(?P<day>.*?)"
    r"(?:(?:(?<=\d)[Tt]|[\s,_]+|(?<=\d),)"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"(?P<zone>\s*(?:Z|z|UTC?|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?(?![\d-])|\s*Z|\s*z)?"
    r"(?:\s*[\[(](?P<comment>[^\[\]()]*)[\])]|\s+(?P<name>[A-Za-z][A-Za-z_/+0-9-]*))?"
    r"(?P<year>\s+\d{4})?)?",
    re.ASCII | re.DOTALL,
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")
_NUMERIC = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.]?)(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:[0-5]\d", re.ASCII)
"""The format that databases write."""
_SECONDS = re.compile(r"\d{9,10}", re.ASCII)
"""A Unix time of 1973 or later, which Hugo accepts."""
_YEAR_AGAIN = re.compile(r"^(\d{4})(-\d\d-\d\d \d\d:\d\d:\d\d) \1\b", re.ASCII)
"""2024-01-31 10:00:00 2024 +0100, which Ruby accepts"""
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_IN_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y")
_GMT = frozenset({"Z", "UT", "UTC", "GMT"})


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date and time as read from a text."""

    date: datetime
    """Naive if the text has no offset, or a time zone that is not understood."""
    unknown_zone: str = ""
    """The name of a time zone that is unknown or ambiguous."""


def parse_datetime(text: str) -> datetime | None:
    """The date and time, naive if the text has no offset; None if it is not a date, or has an unknown time
    zone.
    """
    parsed = parse_date(text)
    return None if parsed is None or parsed.unknown_zone else parsed.date


def parse_date(text: str) -> ParsedDate | None:
    """The date and time, with the name of its time zone if that is unknown; None if it is not a date."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        if _PLAIN.fullmatch(text):
            return ParsedDate(datetime.fromisoformat(text))
        text = _YEAR_AGAIN.sub(r"\1\2", text)
        if _SECONDS.fullmatch(text):
            return ParsedDate(datetime.fromtimestamp(int(text), UTC))
        found = _PARTS.fullmatch(text)
        return None if found is None else _read(found)
    except (ValueError, OverflowError):
        return None


def _read(found: re.Match[str]) -> ParsedDate:
    day = _day(found["day"] + (found["year"] or ""))
    if found["hour"] is None:
        return ParsedDate(day)
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} is not an hour of a 12-hour clock")
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    date = day.replace(
        hour=hour,
        minute=int(found["minute"] or 0),
        second=min(int(found["second"] or 0), 59),  # a leap second
        microsecond=int(((found["fraction"] or "") + "000000")[:6]),
    )
    return _with_zone(date, (found["zone"] or "").strip(), found["name"] or found["comment"] or "")


def _with_zone(date: datetime, offset: str, name: str) -> ParsedDate:
    """Add the time zone. A name after an offset only describes the offset, and is ignored."""
    if offset:
        return ParsedDate(date.replace(tzinfo=_zone(offset)))
    if not name:
        return ParsedDate(date)
    zone = UTC if name.upper() in _GMT else zone_of(name.strip())
    return ParsedDate(date, name.strip()) if zone is None else ParsedDate(date.replace(tzinfo=zone))


def _zone(text: str) -> tzinfo:
    found = _OFFSET.search(text)
    if found is None:
        return UTC
    minutes = int(found["minutes"] or 0)
    if minutes > 59:
        raise ValueError(f"{text} is not a valid offset")
    offset = timedelta(hours=int(found["hours"]), minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)


def _day(text: str) -> datetime:
    text = " ".join(text.split()).rstrip(",")
    if numeric := _NUMERIC.fullmatch(text):
        if not numeric["mark"] and len(text) != len("20240131"):
            raise ValueError(f"{text} is not a valid date")
        return datetime(int(numeric["year"]), int(numeric["month"]), int(numeric["day"]))  # noqa: DTZ001
    if numeric := _DAY_FIRST.fullmatch(text):
        return _day_first(int(numeric[1]), int(numeric[3]), int(numeric[4]))
    words = _ORDINAL.sub("", _WEEKDAY.sub("", text, count=1))
    for form in _IN_WORDS:
        try:
            return datetime.strptime(words, form)  # noqa: DTZ007  (these have no offset)
        except ValueError:
            continue
    return parsedate_to_datetime(f"{words} 00:00:00").replace(tzinfo=None)


def _day_first(one: int, other: int, year: int) -> datetime:
    """The date of a day and a month, in the only order in which it is valid. Raises ValueError."""
    if one <= 12 and other <= 12 and one != other:
        raise ValueError("it could be either of two dates")
    day, month = (other, one) if other > 12 else (one, other)
    return datetime(year, month, day)  # noqa: DTZ001  (it has no offset)
