"""Dates in the language and the time zone of the blog."""

from datetime import datetime, tzinfo
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format

from everpost.web.contexts import Moment

_LANGUAGES = 100
_FALLBACK = "en"


def day(moment: datetime, language: str, zone: tzinfo) -> Moment:
    """The day, such as 4 May 2026."""
    local = _local(moment, zone)
    return Moment(
        text=format_date(local, "long", locale=locale_of(language)),
        iso=local.isoformat(timespec="seconds"),
    )


def minute(moment: datetime, language: str, zone: tzinfo) -> Moment:
    """The day and the time, such as 4 May 2026, 15:02."""
    local, locale = _local(moment, zone), locale_of(language)
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    shown = pattern.format(format_time(local, "short", locale=locale), format_date(local, locale=locale))
    return Moment(text=shown, iso=local.isoformat(timespec="seconds"))


def short_day(moment: datetime, language: str, zone: tzinfo) -> Moment:
    """The day without the year, such as May 4."""
    local = _local(moment, zone)
    return Moment(
        text=format_skeleton("MMMd", local, locale=locale_of(language)),
        iso=local.isoformat(timespec="seconds"),
    )


def month(moment: datetime, language: str, zone: tzinfo) -> str:
    """The month, such as May 2026."""
    return str(format_skeleton("yMMMM", _local(moment, zone), locale=locale_of(language)))


def direction_of(language: str) -> str:
    """The direction in which the language is written: `ltr` or `rtl`."""
    return str(locale_of(language).text_direction)


@lru_cache(_LANGUAGES)
def locale_of(language: str) -> Locale:
    """The closest locale that Babel knows; English for unknown languages."""
    parts = language.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale.parse(_FALLBACK)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # on the first or the last day of the calendar
        return moment
