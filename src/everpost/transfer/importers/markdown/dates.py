"""The dates of a page: in which fields it says them, and what they mean to its generator."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from everpost.transfer.importers.formats.dates import Written, read_moment
from everpost.transfer.importers.formats.time_zones import localized
from everpost.transfer.importers.markdown.front_matter.fields import text_of
from everpost.transfer.importers.markdown.page import Page
from everpost.transfer.importers.markdown.visibility import FALSE, HIDING, TRUE

_PUBLISHED = ("publishdate", "date", "pubdate", "published")
_PUBLISHED_ELSEWHERE = (
    "publishedat publishdate publisheddate pubdate pubdatetime publishdatetime publicationdate datepublished"
    " publishedon publishedtime publish publishat publishon publishtime scheduled scheduledat scheduledfor"
    " scheduleddate scheduledate posted postedat postedon posteddate postdate dateposted datetime created"
    " createdat createdon createddate createdate datecreated creationdate"
)
_UPDATED = ("lastmod", "updated", "modified")
_UPDATED_ELSEWHERE = (
    "lastmodifiedat updatedat updateddate updatedate dateupdated updatedon updatetime lastupdated"
    " lastupdatedat lastupdate lastmodified lastmodifieddate modifiedat modifieddate modifiedtime"
    " datemodified modifydate moddate moddatetime"
)
_OTHERS = {_PUBLISHED: tuple(_PUBLISHED_ELSEWHERE.split()), _UPDATED: tuple(_UPDATED_ELSEWHERE.split())}
"""Names of other generators, of themes, and of programs that convert blogs, without `_` and `-`."""
_FROM_THE_FILE = frozenset({"last modified", "created", "git last modified", "git created"})
"""What Eleventy takes from the file or from git: https://www.11ty.dev/docs/dates/"""
_FROM_GIT = re.compile(r":[a-z]+")
"""What Hugo takes from elsewhere."""
_ZERO = frozenset({"0001-01-01t00:00:00z", "0001-01-01 00:00:00+00:00", "0001-01-01"})
"""What Hugo writes where there is no date."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt]|\s+)\d\d?:\d\d:\d\d(?:\.\d*)?", re.ASCII)
"""What YAML takes for a moment. It is one of UTC: https://yaml.org/type/timestamp.html"""
_OF_PUBLICATION = ("pub", "datepub", "schedule")
"""How names begin that say when a page is to appear; `date` and `created` may be about something else."""
_LONGEST = 100
"""Characters of a text in which a date is looked for."""
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
    """What dates mean on a site."""

    zone: tzinfo = UTC
    """Of dates without an offset."""
    is_yaml: bool = False
    """Whether those that are timestamps of YAML are of UTC all the same, as in Jekyll."""
    is_day_first: bool | None = None
    """Of 01/02/2024, which Ruby takes for the first of February, and Python and JavaScript for the second of
    January; None where that is not known.
    """


def is_date_name(name: str) -> bool:
    """Whether the field of this name, in lower case, is read as a date."""
    return _rank(name, _PUBLISHED, _OTHERS[_PUBLISHED]) is not None or (
        _rank(name, _UPDATED, _OTHERS[_UPDATED]) is not None
    )


def has_date(fields: Mapping[str, object]) -> bool:
    """Whether a field says when the page was published."""
    return any(value is not None for _, value in _ordered(fields, _PUBLISHED[:3], _OTHERS[_PUBLISHED]))


class PageDates:
    """Reads the dates of one page. What is odd about them is in `changes`."""

    def __init__(
        self,
        page: Page,
        fields: Mapping[str, object],
        named: datetime | None,
        rules: DateRules,
        now: datetime = _EVER,
    ) -> None:
        """The fields are those of the page and what it inherits; its name may have a date, too. A page that
        is to appear after `now` in any of them does not appear before.
        """
        self._page = page
        self._fields = fields
        self._named = named
        self._rules = rules
        self._now = now
        self.changes: list[str] = []
        self.is_naive = False
        """Whether one of them has no offset."""

    def published(self) -> datetime | None:
        """When the page was published, by its fields, else by its name."""
        moment = self._first(_PUBLISHED, _OTHERS[_PUBLISHED])
        if moment is None and self._named is not None:
            self.is_naive = True
            return localized(self._named.replace(tzinfo=None), self._rules.zone)
        return moment

    def updated(self) -> datetime | None:
        """When it was changed."""
        return self._first(_UPDATED, _OTHERS[_UPDATED])

    def _first(self, names: tuple[str, ...], others: tuple[str, ...]) -> datetime | None:
        """The first of these fields that is a date; what else they say is reported."""
        found: datetime | None = None
        for name, value in _ordered(self._fields, names, others):
            text = text_of(value).strip()
            if value is not None and not text and name not in HIDING and not isinstance(value, str):
                self.changes.append(f"its {name} is not a date")
            if not text or text.lower() in _FROM_THE_FILE | _ZERO | TRUE | FALSE or _FROM_GIT.fullmatch(text):
                continue
            moment = self._read(name, text)
            if found is None or (moment is not None and self._is_scheduled(name, moment) and moment > found):
                found = moment
            elif moment is not None and moment != found:
                self.changes.append(f"without its {name} {text[:40]}")
        return found

    def _is_scheduled(self, name: str, moment: datetime) -> bool:
        bare = name.replace("_", "").replace("-", "")
        return bare.startswith(_OF_PUBLICATION) and moment > self._now

    def _read(self, name: str, text: str) -> datetime | None:
        exact = read_moment(text)
        written = exact or next(self._guesses(text[:_LONGEST]), None)
        if written is None:
            if name not in HIDING:
                line = self._page.line_of(name)
                self.changes.append(f"its {name} is not a date (line {line}): {text[:50]!r}")
            return None
        if written.unknown_zone:
            self.changes.append(
                f"the time zone {written.unknown_zone[:40]!r} of its {name} is unknown: the time was read"
                f" as {self._rules.zone}"
            )
        self.is_naive |= written.moment.tzinfo is None and not written.unknown_zone
        if exact is None:
            self.changes.append(f"its {name} {text[:50]!r} was taken for {written.moment:%Y-%m-%d %H:%M:%S}")
        return localized(written.moment, self._zone(name, text))

    def _zone(self, name: str, text: str) -> tzinfo:
        """The zone of what has no offset. In quotes, it is a text for YAML, and no timestamp."""
        if not self._rules.is_yaml or not _TIMESTAMP.fullmatch(text):
            return self._rules.zone
        quoted = rf"^[ \t]*{re.escape(name)}[ \t]*:[ \t]*[\"']"
        is_text = re.search(quoted, self._page.header, re.IGNORECASE | re.MULTILINE)
        return self._rules.zone if is_text else UTC

    def _guesses(self, text: str) -> Iterator[Written]:
        """What the text may say, with as much of its time as is one."""
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
        yield from filter(None, map(read_moment, tries))

    def _day_of(self, found: re.Match[str]) -> str:
        """A day that is written as 01/02/2024: as the site takes it, or as the name has it."""
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
    """The fields that are called so, in the order of these names."""
    ranked = [(rank, name) for name in fields if (rank := _rank(name, names, others)) is not None]
    return ((name, fields[name]) for _, name in sorted(ranked))


def _rank(name: str, names: tuple[str, ...], others: tuple[str, ...]) -> int | None:
    if name in names:
        return names.index(name)
    bare = name.replace("_", "").replace("-", "")
    return len(names) + others.index(bare) if bare in others else None
