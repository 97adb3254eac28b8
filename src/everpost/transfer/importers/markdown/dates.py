"""The dates of a page: the fields that contain them, and their meaning to its generator."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from everpost.transfer.importers.formats.dates import ParsedDate, parse_date
from everpost.transfer.importers.formats.time_zones import localized
from everpost.transfer.importers.markdown.front_matter.fields import text_of
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.markdown.visibility import FALSE, HIDING, TRUE

_PUBLISHED = ("publishdate", "date", "pubdate", "published")
_PUBLISHED_ALIASES = (
    "publishedat publishdate publisheddate pubdate pubdatetime publishdatetime publicationdate datepublished"
    " publishedon publishedtime publish publishat publishon publishtime scheduled scheduledat scheduledfor"
    " scheduleddate scheduledate posted postedat postedon posteddate postdate dateposted datetime created"
    " createdat createdon createddate createdate datecreated creationdate"
)
_UPDATED = ("lastmod", "updated", "modified")
_UPDATED_ALIASES = (
    "lastmodifiedat updatedat updateddate updatedate dateupdated updatedon updatetime lastupdated"
    " lastupdatedat lastupdate lastmodified lastmodifieddate modifiedat modifieddate modifiedtime"
    " datemodified modifydate moddate moddatetime"
)
_ALIASES = {_PUBLISHED: tuple(_PUBLISHED_ALIASES.split()), _UPDATED: tuple(_UPDATED_ALIASES.split())}
"""Names in other generators, themes and conversion tools, without `_` and `-`."""
_FROM_THE_FILE = frozenset({"last modified", "created", "git last modified", "git created"})
"""Eleventy's keywords for the dates of the file or from git: https://www.11ty.dev/docs/dates/"""
_FROM_GIT = re.compile(r":[a-z]+")
"""Hugo's keywords for dates from other sources, such as `:git`."""
_ZERO = frozenset({"0001-01-01t00:00:00z", "0001-01-01 00:00:00+00:00", "0001-01-01"})
"""Hugo writes these if there is no date."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt]|\s+)\d\d?:\d\d:\d\d(?:\.\d*)?", re.ASCII)
"""A timestamp in YAML, which is in UTC: https://yaml.org/type/timestamp.html"""
_OF_PUBLICATION = ("pub", "datepub", "schedule")
"""Prefixes of the names of publication dates; `date` and `created` may mean something else."""
_LONGEST = 100
"""Characters of a text that are searched for a date."""
_DAY = re.compile(
    r"(\d{4})\s*([-/.年년])\s*(\d{1,2})\s*(?:\2|[月월])\s*(\d{1,2})(?!\d)(?:\s*[日일])?", re.ASCII
)
_DAY_OR_MONTH_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_TIME = re.compile(
    r"[Tt,\s]\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?[^A-Za-z+-]*?"
    r"\s*(?P<half>[AaPp][Mm]\b)?\s*(?P<zone>[Zz]\b|[+-]\d{2}:?\d{2}\b)?",
    re.ASCII,
)
_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DateRules:
    """How the dates of a site are interpreted."""

    zone: tzinfo = UTC
    """The time zone of dates without an offset."""
    is_yaml: bool = False
    """Whether YAML timestamps without an offset are UTC nevertheless, as in Jekyll."""
    is_day_first: bool | None = None
    """Whether 01/02/2024 is 1 February, as in Ruby, or 2 January, as in Python and JavaScript; None if
    unknown.
    """


def is_date_name(name: str) -> bool:
    """Whether the field with this name, in lower case, is read as a date."""
    return _rank(name, _PUBLISHED, _ALIASES[_PUBLISHED]) is not None or (
        _rank(name, _UPDATED, _ALIASES[_UPDATED]) is not None
    )


def has_date(fields: Mapping[str, object]) -> bool:
    """Whether the page has a publication date."""
    return any(value is not None for _, value in _ordered(fields, _PUBLISHED[:3], _ALIASES[_PUBLISHED]))


class PageDates:
    """Reads the dates of one page, and reports irregularities in `changes`."""

    def __init__(
        self,
        page: MarkdownPage,
        fields: Mapping[str, object],
        named: datetime | None,
        rules: DateRules,
        now: datetime = _EVER,
    ) -> None:
        """`fields` includes inherited ones, and `named` is the date in the page's name. If any publication
        date is after `now`, it is used, so that the post is not published early.
        """
        self._page = page
        self._fields = fields
        self._named = named
        self._rules = rules
        self._now = now
        self.changes: list[str] = []
        self.is_naive = False
        """Whether one of the dates has no offset."""

    def published(self) -> datetime | None:
        """The publication date, from the fields or else from the name; None if there is none."""
        date = self._first(_PUBLISHED, _ALIASES[_PUBLISHED])
        if date is None and self._named is not None:
            self.is_naive = True
            return localized(self._named.replace(tzinfo=None), self._rules.zone)
        return date

    def updated(self) -> datetime | None:
        """The date of the last update; None if there is none."""
        return self._first(_UPDATED, _ALIASES[_UPDATED])

    def _first(self, names: tuple[str, ...], others: tuple[str, ...]) -> datetime | None:
        """The first date among these fields; other values are reported."""
        found: datetime | None = None
        for name, value in _ordered(self._fields, names, others):
            text = text_of(value).strip()
            if value is not None and not text and name not in HIDING and not isinstance(value, str):
                self.changes.append(f"its {name} is not a date")
            if not text or text.lower() in _FROM_THE_FILE | _ZERO | TRUE | FALSE or _FROM_GIT.fullmatch(text):
                continue
            date = self._read(name, text)
            if found is None or (date is not None and self._is_scheduled(name, date) and date > found):
                found = date
            elif date is not None and date != found:
                self.changes.append(f"its {name} {text[:40]} was dropped")
        return found

    def _is_scheduled(self, name: str, date: datetime) -> bool:
        bare = name.replace("_", "").replace("-", "")
        return bare.startswith(_OF_PUBLICATION) and date > self._now

    def _read(self, name: str, text: str) -> datetime | None:
        exact = parse_date(text)
        parsed = exact or next(self._guesses(text[:_LONGEST]), None)
        if parsed is None:
            if name not in HIDING:
                line = self._page.line_of(name)
                self.changes.append(f"its {name} is not a date (line {line}): {text[:50]!r}")
            return None
        if parsed.unknown_zone:
            self.changes.append(
                f"the time zone {parsed.unknown_zone[:40]!r} of its {name} is unknown: the time was read"
                f" as {self._rules.zone}"
            )
        self.is_naive |= parsed.date.tzinfo is None and not parsed.unknown_zone
        if exact is None:
            self.changes.append(f"its {name} {text[:50]!r} was read as {parsed.date:%Y-%m-%d %H:%M:%S}")
        return localized(parsed.date, self._zone(name, text))

    def _zone(self, name: str, text: str) -> tzinfo:
        """The time zone of a date without an offset. A quoted date is text in YAML, not a timestamp."""
        if not self._rules.is_yaml or not _TIMESTAMP.fullmatch(text):
            return self._rules.zone
        quoted = rf"^[ \t]*{re.escape(name)}[ \t]*:[ \t]*[\"']"
        is_text = re.search(quoted, self._page.header, re.IGNORECASE | re.MULTILINE)
        return self._rules.zone if is_text else UTC

    def _guesses(self, text: str) -> Iterator[ParsedDate]:
        """The dates that the text may contain, the one with most of the time first."""
        if found := _DAY_OR_MONTH_FIRST.search(text):
            text = text[: found.start()] + self._day_of(found) + text[found.end() :]
        if found := _DAY.search(text):
            day = f"{found[1]}-{found[3]}-{found[4]}"
            tries = [day]
            if time := _TIME.match(text, found.end()):
                start = f"{day} {time['hour']}:{time['minute']}"
                ends = (time["half"] or "", time["zone"] or "")
                seconds = f":{time['second']}" if time["second"] else ""
                tries = [" ".join([f"{start}{seconds}", *ends]), " ".join([start, *ends]), day]
        else:
            words = text.split()
            tries = [" ".join(words[:end]) for end in range(len(words) - 1, 0, -1)]
        yield from filter(None, map(parse_date, tries))

    def _day_of(self, found: re.Match[str]) -> str:
        """The date in a form like 01/02/2024, by the rules of the site or the date in the name; empty if
        unclear.
        """
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        is_day_first = self._rules.is_day_first
        if self._named is not None and self._named.year == year:
            named = self._named.day, self._named.month
            if named in {(one, other), (other, one)}:
                is_day_first = named == (one, other)
        if is_day_first is None and one != other and max(one, other) <= 12:
            return ""
        day, month = (one, other) if (is_day_first and other <= 12) or one > 12 else (other, one)
        return f"{year}-{month:02}-{day:02}"


def _ordered(
    fields: Mapping[str, object], names: tuple[str, ...], others: tuple[str, ...]
) -> Iterator[tuple[str, object]]:
    """The fields with these names, in the order of the names."""
    ranked = [(rank, name) for name in fields if (rank := _rank(name, names, others)) is not None]
    return ((name, fields[name]) for _, name in sorted(ranked))


def _rank(name: str, names: tuple[str, ...], others: tuple[str, ...]) -> int | None:
    if name in names:
        return names.index(name)
    bare = name.replace("_", "").replace("-", "")
    return len(names) + others.index(bare) if bare in others else None
