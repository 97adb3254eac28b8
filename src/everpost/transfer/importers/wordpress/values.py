"""Reading the values in WordPress's export."""

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
from everpost.transfer.importers.formats.dates import parse_datetime
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
"""Texts in which surrounding white space counts."""
_WORDS = frozenset(
    {"wp:post_id", "wp:post_type", "wp:status", "wp:comment_id", "wp:comment_approved", "wp:comment_parent"}
)
"""Texts that WordPress writes without white space. If there is some, an XML viewer added it everywhere."""
_NO_YEAR = re.compile(r"^\s*-\d|\s-\d{1,4}\s+\d{1,2}:")
_A_DAY = timedelta(days=1)
_YEARS = frozenset({1969, 1970})
"""Those of all dates within a day of 1970-01-01."""
_LATE = timedelta(hours=1)
"""How late WordPress may publish a scheduled post."""
_LONGEST_DATE = 100
_PUBLISHED = frozenset({"publish", "future"})
_DATES = ("wp:post_date", "wp:post_date_gmt", "pubDate")


def name_of(element: etree._Element) -> str:
    """The name of an element, independent of the format's version in the namespace."""
    return _name_of(str(element.tag))


@lru_cache(maxsize=1_000)
def _name_of(tag: str) -> str:
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    return next((prefix for part, prefix in _PREFIXES if part in namespace), prefix_of(namespace)) + name


def children_of(element: etree._Element) -> Mapping[str, Sequence[etree._Element]]:
    """The children of an element, by name."""
    children: dict[str, list[etree._Element]] = defaultdict(list)
    for child in element:
        children[_name_of(str(child.tag))].append(child)
    return children


def text_of(element: etree._Element) -> str:
    """All text in an element."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def values_of(element: etree._Element) -> Values:
    """The texts of the children of an element, without surrounding white space. If an element is repeated,
    the first counts. Contents keep their white space, unless the file has some around everything.
    """
    values: dict[str, str] = {}
    contents: dict[str, str] = {}
    is_padded = False
    for child in element:
        name = _name_of(str(child.tag))
        if name in values:
            continue
        text = text_of(child) if len(child) else child.text or ""
        values[name] = stripped = text.strip()
        if stripped != text:
            is_padded |= name in _WORDS
            if name in _CONTENTS:
                contents[name] = text
    return values if is_padded or not contents else values | contents


def custom_fields(children: Mapping[str, Sequence[etree._Element]], name: str) -> Sequence[str]:
    """The values of the custom fields of a post with this name."""
    fields = map(values_of, children.get("wp:postmeta", ()))
    return [field.get("wp:meta_value", "") for field in fields if field.get("wp:meta_key") == name]


def plain(text: str) -> str:
    """A title or a name as plain text; WordPress stores them with HTML entities."""
    return html.unescape(text).strip()


def read_date(
    values: Values, names: Iterable[str], local: str, timezone: tzinfo | None, changes: list[str]
) -> datetime:
    """The first of these elements that is a date in UTC; or else the local date, in the time zone or in UTC;
    or else 1970.
    """
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
    changes.append("its date was read as UTC, because WordPress gave no time zone")
    return local_date


def read_update(values: Values) -> datetime | None:
    """When a post was last changed; None if it is unknown."""
    date = read_utc(values.get("wp:post_modified_gmt", ""))
    is_none = date is None or _is_placeholder(date, read_utc(values.get("wp:post_modified", "")))
    return None if is_none else date


def _is_placeholder(date: datetime, local_date: datetime | None) -> bool:
    """Whether a date only stands for a missing one: programs write 1970-01-01, although the local date is
    different.
    """
    if date.year not in _YEARS:  # fast path
        return False
    return abs(date - EPOCH) <= _A_DAY and (local_date is None or abs(local_date - date) > 2 * _A_DAY)


def read_utc(text: str) -> datetime | None:
    """A date of the database or of RSS; None if it is missing. Missing dates are written as zeros, or as the
    days before the year 1 that WordPress makes of these.
    """
    return _read_utc(text) if len(text) <= _LONGEST_DATE else None


@lru_cache(maxsize=1_000)  # the local date is often the same
def _read_utc(text: str) -> datetime | None:
    date = None if not text or _NO_YEAR.search(text) else parse_datetime(text)
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date


def read_slug(values: Values, changes: list[str]) -> str | None:
    """The slug, which WordPress stores percent-encoded."""
    written = values.get("wp:post_name", "")
    slug = percent_decoded(written)
    if slug != unquote(written):
        changes.append(f"its slug {written[:80]!r} is not UTF-8, and was read as {slug[:80]!r}")
    return slug or None


def read_status(
    values: Values, published: datetime, exported: datetime | None, changes: list[str]
) -> PostStatus:
    """Published only if the post is public on WordPress, or will be."""
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
    """Texts in date elements that are neither dates nor placeholders for missing ones."""
    texts = [values.get(name, "") for name in _DATES]
    return [text for text in texts if text.strip(" 0:-") and not _NO_YEAR.search(text) and not read_utc(text)]
