"""Permalink patterns of generators: `/:year/:title/`, `{date:%Y}/{slug}.html` and `/{{ page.fileSlug }}/`."""

import re
from collections.abc import Mapping
from datetime import datetime

_COLON = re.compile(r":([a-z_]+)(?:\[[^\]]*\])?")
_BRACES = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_DIRECTIVES = re.compile(r"%([^YymdBbjHMS])")
_TEMPLATE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)


class Underivable(Exception):
    """The pattern contains something that only its generator knows."""


def filled_colons(pattern: str, values: Mapping[str, str]) -> str:
    """A pattern such as `/:year/:title/` with these values. Raises Underivable."""
    return _COLON.sub(lambda found: _value(found[1], values), pattern)


def filled_braces(pattern: str, values: Mapping[str, str], published: datetime | None) -> str:
    """A pattern such as `{date:%Y}/{slug}.html` with these values. Raises Underivable."""

    def value(found: re.Match[str]) -> str:
        if found[1] != "date":
            return _value(found[1], values)
        if published is None or not found[2] or _DIRECTIVES.search(found[2]):
            raise Underivable
        return published.strftime(found[2])

    return _BRACES.sub(value, pattern)


def filled_template(pattern: str, values: Mapping[str, str]) -> str:
    """A template such as `/{{ page.fileSlug }}/` with these values. Raises Underivable."""
    if "{%" in pattern:
        raise Underivable
    return _TEMPLATE.sub(lambda found: _value(re.sub(r"\s*\|\s*", "|", found[1]), values), pattern)


def date_values(published: datetime | None) -> dict[str, str]:
    """The values of the fields that Jekyll, Hugo and Hexo take from the publication date."""
    if published is None:
        return {}
    return {
        "year": f"{published:%Y}",
        "short_year": f"{published:%y}",
        "month": f"{published:%m}",
        "i_month": str(published.month),
        "short_month": f"{published:%b}",
        "long_month": f"{published:%B}",
        "monthname": f"{published:%B}".lower(),
        "day": f"{published:%d}",
        "i_day": str(published.day),
        "y_day": f"{published:%j}",
        "yearday": str(published.timetuple().tm_yday),
        "week": f"{published:%V}",
        "w_year": f"{published:%G}",
        "short_day": f"{published:%a}",
        "long_day": f"{published:%A}",
        "weekday": str(published.isoweekday() % 7),
        "weekdayname": f"{published:%A}".lower(),
        "hour": f"{published:%H}",
        "minute": f"{published:%M}",
        "second": f"{published:%S}",
        "timestamp": str(int(published.timestamp())),
    }


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise Underivable
    return values[name]
