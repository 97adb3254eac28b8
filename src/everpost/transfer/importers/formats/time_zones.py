"""Look up time zones named in options and files, and apply them to dates."""

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from everpost.errors import Invalid

_ABBREVIATIONS: Mapping[str, float] = {
    name: hours
    for hours, names in {
        -10: "HST",
        -9: "AKST",
        -8: "PST AKDT",
        -7: "PDT MST",
        -6: "MDT CST",
        -5: "CDT EST",
        -4: "EDT",
        -3.5: "NST",
        -2.5: "NDT",
        0: "WET",
        1: "WEST BST CET MET MEZ",
        2: "CEST MEST MESZ EET",
        3: "EEST MSK",
        8: "HKT SGT AWST",
        9: "JST KST",
        9.5: "ACST",
        10: "AEST",
        10.5: "ACDT",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
    }.items()
    for name in names.split()
}
"""Hours ahead of UTC: the zones of RFC 5322, section 4.3, which Ruby and JavaScript read the same way, and
other unambiguous ones. IST, AST and the like are ambiguous.
"""


def zone_of(name: str) -> tzinfo | None:
    """The zone of an unambiguous abbreviation or of a name in the IANA database; None if it is unknown."""
    hours = _ABBREVIATIONS.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    return _iana(name) if "/" in name else None


def zone_named(name: str) -> tzinfo:
    """The zone of this name in the IANA database, for an option. Raises Invalid("timezone")."""
    zone = UTC if name.upper() in {"UTC", "GMT"} else _iana(name)
    if zone is None:
        known = {each.casefold(): each for each in _all_names()}
        last = {each.rpartition("/")[2]: each for each in known}
        wanted = name.casefold()[:60].replace(" ", "_")
        near = difflib.get_close_matches(wanted, [*known, *last], n=1)
        hint = f"did you mean {known[last.get(near[0], near[0])]!r}?" if near else "example: Europe/Berlin"
        raise Invalid("timezone", f"unknown time zone {name[:60]!r}; {hint}")
    return zone


def localized(date: datetime, zone: tzinfo) -> datetime:
    """The date and time, aware. A naive one is local time in the zone: an ambiguous time is the first of the
    two, and a time that the zone skips is read with the offset before the change (PEP 495).
    """
    return date if date.tzinfo else date.replace(tzinfo=zone, fold=0)


def _iana(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
