"""The values of WordPress's export."""

import html
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from lxml import etree

from everpost.domain.clock import EPOCH
from everpost.domain.posts import PostStatus
from everpost.transfer.elsewhere.moments import parse_moment
from everpost.transfer.elsewhere.xml_files import prefix_of
from everpost.transfer.elsewhere.zones import localized

Values = Mapping[str, str]
"""The texts of the elements in an item or a comment, by their names with WordPress's own prefixes."""

_PREFIXES = (
    ("/excerpt/", "excerpt:"),
    ("/modules/content/", "content:"),
    ("purl.org/dc/", "dc:"),
    ("wordpress.org/export/", "wp:"),
)
_NO_YEAR = " -0001 "
_LATE = timedelta(hours=1)
"""How late WordPress may publish what is scheduled."""
_PUBLISHED = frozenset({"publish", "future"})


def name_of(element: etree._Element) -> str:
    """The name of an element, whatever version of the format it has in its namespace."""
    return _name_of(str(element.tag))


@lru_cache(maxsize=1_000)
def _name_of(tag: str) -> str:
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    return next((prefix for part, prefix in _PREFIXES if part in namespace), prefix_of(namespace)) + name


def text_of(element: etree._Element) -> str:
    """All text in an element."""
    return "".join(str(part) for part in element.itertext()) if len(element) else element.text or ""


def values_of(element: etree._Element) -> Values:
    """The texts of what is in an element; of elements with one name the first."""
    values: dict[str, str] = {}
    for child in element:
        values.setdefault(name_of(child), text_of(child))
    return values


def plain(text: str) -> str:
    """A title or a name, which WordPress keeps with the entities of HTML."""
    return html.unescape(text).strip()


def read_date(
    values: Values, names: Iterable[str], local: str, timezone: tzinfo | None, changes: list[str]
) -> datetime:
    """The first of these that is a date in UTC; else the local one, of a zone or UTC; else 1970."""
    for name in names:
        moment = _parsed(values.get(name, ""))
        if moment is not None:
            return moment
    moment = _parsed(values.get(local, ""))
    if moment is None:
        changes.append("it had no date, and is dated 1970")
        return EPOCH
    if timezone is not None:
        return localized(moment.replace(tzinfo=None), timezone)
    changes.append("its date is taken for UTC: WordPress gave no time zone")
    return moment


def read_rss_date(text: str) -> datetime | None:
    """A date in RSS."""
    return _parsed(text)


def read_update(values: Values) -> datetime | None:
    """When a post was changed last; None where that is not known."""
    return _parsed(values.get("wp:post_modified_gmt", ""))


def _parsed(text: str) -> datetime | None:
    """A date of the database, or of RSS. Zeros, which stand for none there, are none, nor is the day of the
    year -1 that WordPress makes of them.
    """
    moment = None if not text or _NO_YEAR in text else parse_moment(text)
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def read_status(
    values: Values, published: datetime, exported: datetime | None, changes: list[str]
) -> PostStatus:
    """Published, where the public sees it there, or will."""
    status = values.get("wp:status", "").strip()
    if status not in _PUBLISHED:
        if status != "draft":
            changes.append(f"it is a draft: its status was {status[:40]!r}")
        return PostStatus.DRAFT
    if status == "future" and exported is not None and published < exported - _LATE:
        changes.append("it is a draft: WordPress missed its schedule")
        return PostStatus.DRAFT
    if values.get("wp:post_password", ""):
        changes.append("it is a draft: a password protected it")
        return PostStatus.DRAFT
    return PostStatus.PUBLISHED
