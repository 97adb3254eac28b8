"""The values of WordPress's export."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from everpost.domain.clock import EPOCH
from everpost.domain.posts import PostStatus
from everpost.transfer.importers.formats.dates import parse_moment
from everpost.transfer.importers.formats.percent_encoding import percent_decoded
from everpost.transfer.importers.formats.time_zones import localized
from everpost.transfer.importers.formats.xml_files import prefix_of

Values = Mapping[str, str]
"""The texts of the elements in an item or a comment, by their names with WordPress's own prefixes."""

_PREFIXES = (
    ("/excerpt/", "excerpt:"),
    ("/modules/content/", "content:"),
    ("purl.org/dc/", "dc:"),
    ("wordpress.org/export/", "wp:"),
)
_CONTENTS = frozenset({"content:encoded", "wp:comment_content", "wp:post_password"})
"""Texts of people, in which blanks count."""
_WORDS = frozenset(
    {"wp:post_id", "wp:post_type", "wp:status", "wp:comment_id", "wp:comment_approved", "wp:comment_parent"}
)
"""Texts that WordPress writes without blanks: where they have some, a viewer of XML put them everywhere."""
_NO_YEAR = re.compile(r"^\s*-\d|\s-\d{1,4}\s+\d{1,2}:")
_A_DAY = timedelta(days=1)
_LATE = timedelta(hours=1)
"""How late WordPress may publish what is scheduled."""
_LONGEST_DATE = 100
_PUBLISHED = frozenset({"publish", "future"})
_DATES = ("wp:post_date", "wp:post_date_gmt", "pubDate")


def name_of(element: etree._Element) -> str:
    """The name of an element, whatever version of the format it has in its namespace."""
    return _name_of(str(element.tag))


@lru_cache(maxsize=1_000)
def _name_of(tag: str) -> str:
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    return next((prefix for part, prefix in _PREFIXES if part in namespace), prefix_of(namespace)) + name


def children_of(element: etree._Element) -> Mapping[str, Sequence[etree._Element]]:
    """What is in an element, by name."""
    children: dict[str, list[etree._Element]] = defaultdict(list)
    for child in element:
        children[_name_of(str(child.tag))].append(child)
    return children


def text_of(element: etree._Element) -> str:
    """All text in an element."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def values_of(element: etree._Element) -> Values:
    """The texts of what is in an element, without blanks around them; of elements with one name the first.
    Contents keep their blanks, unless the file has some around everything.
    """
    values: dict[str, str] = {}
    for child in element:
        name = _name_of(str(child.tag))
        if name not in values:
            values[name] = text_of(child)
    contents = {name: values[name] for name in _CONTENTS & values.keys()}
    is_padded = any(values[name] != values[name].strip() for name in _WORDS & values.keys())
    stripped = {name: text.strip() for name, text in values.items()}
    return stripped if is_padded else stripped | contents


def plain(text: str) -> str:
    """A title or a name, which WordPress keeps with the entities of HTML."""
    return html.unescape(text).strip()


def read_date(
    values: Values, names: Iterable[str], local: str, timezone: tzinfo | None, changes: list[str]
) -> datetime:
    """The first of these that is a date in UTC; else the local one, of a zone or UTC; else 1970."""
    local_date = read_utc(values.get(local, ""))
    for name in names:
        date = read_utc(values.get(name, ""))
        if date is not None and not _is_placeholder(date, local_date):
            return date
    if local_date is None:
        changes.append("it had no date, and is dated 1970")
        return EPOCH
    if timezone is not None:
        return localized(local_date.replace(tzinfo=None), timezone)
    changes.append("its date is taken for UTC: WordPress gave no time zone")
    return local_date


def read_update(values: Values) -> datetime | None:
    """When a post was changed last; None where that is not known."""
    date = read_utc(values.get("wp:post_modified_gmt", ""))
    is_none = date is None or _is_placeholder(date, read_utc(values.get("wp:post_modified", "")))
    return None if is_none else date


def _is_placeholder(date: datetime, local_date: datetime | None) -> bool:
    """Whether a date is only what programs write for none: the first of 1970, although the local date is
    another one.
    """
    return abs(date - EPOCH) <= _A_DAY and (local_date is None or abs(local_date - date) > 2 * _A_DAY)


def read_utc(text: str) -> datetime | None:
    """A date of the database, or of RSS. Zeros, which stand for none there, are none, nor are the days
    before the year 1 that WordPress makes of them.
    """
    return _read_utc(text) if len(text) <= _LONGEST_DATE else None


@lru_cache(maxsize=1_000)  # the local date is often the same
def _read_utc(text: str) -> datetime | None:
    date = None if not text or _NO_YEAR.search(text) else parse_moment(text)
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date


def read_slug(values: Values, changes: list[str]) -> str | None:
    """The slug, which WordPress keeps percent-encoded."""
    written = values.get("wp:post_name", "")
    slug = percent_decoded(written)
    if slug != unquote(written):
        changes.append(f"its slug {written[:80]!r} is not UTF-8, and was read as {slug[:80]!r}")
    return slug or None


def read_status(
    values: Values, published: datetime, exported: datetime | None, changes: list[str]
) -> PostStatus:
    """Published, where the public sees it there, or will."""
    status = values.get("wp:status", "")
    if status not in _PUBLISHED:
        if status != "draft":
            changes.append(f"it is a draft: its status was {status[:40]!r}")
        return PostStatus.DRAFT
    is_late = exported is not None and EPOCH < published < exported - _LATE
    if status == "future" and is_late:
        changes.append("it is a draft: WordPress missed its schedule")
        return PostStatus.DRAFT
    if published == EPOCH and (dates := _unread_dates(values)):
        changes.append(f"it is a draft: its date {dates[0][:40]!r} could not be read")
        return PostStatus.DRAFT
    if status == "future" and published == EPOCH:
        changes.append("it is a draft: it was scheduled, but had no date")
        return PostStatus.DRAFT
    if values.get("wp:post_password", ""):
        changes.append("it is a draft: a password protected it")
        return PostStatus.DRAFT
    return PostStatus.PUBLISHED


def _unread_dates(values: Values) -> list[str]:
    """What stands in place of a date, is none, and does not stand for none either."""
    texts = [values.get(name, "") for name in _DATES]
    return [text for text in texts if text.strip(" 0:-") and not _NO_YEAR.search(text) and not read_utc(text)]
