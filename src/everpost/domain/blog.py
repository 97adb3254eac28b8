"""The settings of a blog, which are stored in its database and move with it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from everpost.domain.comments import CommentPolicy
from everpost.domain.permalinks import DEFAULT_PERMALINK
from everpost.domain.records import Record
from everpost.domain.revisions import Revision
from everpost.errors import Invalid

MAX_BLOG_TITLE = 255
MAX_DESCRIPTION = 500
MAX_LANGUAGE = 35
MAX_TIME_ZONE = 64
MAX_BASE_URL = 255
MAX_LINKS = 20
MAX_LINK_LABEL = 100
MAX_LINK_URL = 2_000
MAX_POSTS_PER_PAGE = 100

_LANGUAGE_TAG = re.compile(
    r"""
    (?: [a-z]{2,3} (?: -[a-z]{3} ){0,3} | [a-z]{4,8} )      # language
    (?: -[a-z]{4} )?                                        # script
    (?: -(?: [a-z]{2} | [0-9]{3} ) )?                       # region
    (?: -(?: [a-z0-9]{5,8} | [0-9][a-z0-9]{3} ) )*          # variants
    (?: -[a-wy-z0-9] (?: -[a-z0-9]{2,8} )+ )*               # extensions
    (?: -x (?: -[a-z0-9]{1,8} )+ )?                         # private use
    | x (?: -[a-z0-9]{1,8} )+
    """,
    re.VERBOSE | re.ASCII,
)
"""RFC 5646, section 2.1, without the irregular tags."""
_SCRIPT, _REGION = 4, 2
"""The lengths of subtags that are not written in lower case."""
_NOT_PLACES = frozenset({"localtime", "Factory"})
ZONE_AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
"""The areas of the IANA database. Names outside them are for compatibility, except UTC."""
_BASE_URL = re.compile(
    r"(?P<origin>https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?)"
    r"(?P<path>(?:/(?!\.{1,2}(?:/|$))(?:[a-z0-9._~!$&'()*+,;=:@-]|%[0-9a-f]{2})+)*)",
    re.IGNORECASE | re.ASCII,
)
_MAX_PORT = 65_535
_MAILTO = "mailto:"
_NOT_IN_URLS = frozenset({"Cc", "Cs", "Zs", "Zl", "Zp"})
"""Categories of characters: control characters, surrogates and separators."""


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link in the navigation of the blog's pages."""

    label: str
    url: str
    """An http, https or mailto URL, or a path that begins with one slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog(Record):
    """The one blog of a database."""

    comment_policy: CommentPolicy
    title: str = ""
    description: str = ""
    language: str = "en"
    """A language tag (BCP 47)."""
    time_zone: str = "UTC"
    """The name in the IANA database of the zone for dates on pages and in permalinks."""
    base_url: str | None = None
    """The URL of the blog's home page, without a trailing slash. None: that of the request."""
    permalink: str = DEFAULT_PERMALINK
    """The pattern of the paths of posts; see `domain.permalinks`."""
    navigation: tuple[NavigationLink, ...] = ()
    posts_per_page: int = 10
    updated_at: datetime
    version: int
    address_key: bytes = field(repr=False)
    """32 random bytes, created with the schema: guests' addresses are stored only as hashes with this key."""
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""
    names_stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone for dates on pages and in permalinks."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogChange:
    """The new values of settings; None leaves a setting unchanged."""

    updated_at: datetime
    comment_policy: CommentPolicy | None = None
    title: str | None = None
    description: str | None = None
    language: str | None = None
    time_zone: str | None = None
    base_url: str | None = None
    """An empty string unsets it; the URL of each request is then used."""
    permalink: str | None = None
    navigation: tuple[NavigationLink, ...] | None = None
    posts_per_page: int | None = None

    def values(self) -> dict[str, object]:
        """The new value of each setting that changes, by its name in `Blog`."""
        given = {name: getattr(self, name) for name in SETTINGS}
        values = {name: value for name, value in given.items() if value is not None}
        return values | {"base_url": None} if self.base_url == "" else values


SETTINGS: Sequence[str] = (
    "comment_policy",
    "title",
    "description",
    "language",
    "time_zone",
    "base_url",
    "permalink",
    "navigation",
    "posts_per_page",
)
"""The settings that can be changed."""

DEFAULTS: Mapping[str, object] = {
    each.name: each.default for each in fields(Blog) if each.name in SETTINGS and each.default is not MISSING
}
"""The values of a new blog, except the comment policy."""


def checked_language(text: str) -> str:
    """The language tag in its canonical case (RFC 5646, section 2.1.1). Raises Invalid."""
    tag = text.lower()
    if len(tag) > MAX_LANGUAGE or not _LANGUAGE_TAG.fullmatch(tag):
        raise Invalid("language", "should be a language tag (BCP 47), such as en or pt-BR")
    subtags = tag.split("-")
    for place in range(1, len(subtags)):
        if len(subtags[place - 1]) == 1:
            break
        if len(subtags[place]) == _REGION:
            subtags[place] = subtags[place].upper()
        elif len(subtags[place]) == _SCRIPT:
            subtags[place] = subtags[place].title()
    return "-".join(subtags)


def checked_time_zone(text: str) -> str:
    """The name of the time zone, if it is known. Raises Invalid."""
    if text not in time_zones():
        raise Invalid("time_zone", "should be a name in the IANA time zone database, such as Europe/Berlin")
    return text


@cache
def time_zones() -> Mapping[str, None]:
    """The names of all known time zones, sorted."""
    return dict.fromkeys(sorted(available_timezones() - _NOT_PLACES))


def checked_base_url(text: str) -> str:
    """The URL with its origin in lower case. Raises Invalid."""
    found = _BASE_URL.fullmatch(text)
    if found is None or len(text) > MAX_BASE_URL or int(found["port"] or 0) > _MAX_PORT:
        raise Invalid(
            "base_url",
            "should be an http or https URL in ASCII without a query, a fragment or a trailing slash, such as"
            " https://blog.example",
        )
    return found["origin"].lower() + found["path"]


def checked_navigation(links: Sequence[NavigationLink]) -> tuple[NavigationLink, ...]:
    """The links with their labels trimmed. Raises Invalid."""
    if len(links) > MAX_LINKS:
        raise Invalid("navigation", f"has more than {MAX_LINKS} links")
    return tuple(_checked_link(f"navigation.{number}", link) for number, link in enumerate(links))


def _checked_link(place: str, link: NavigationLink) -> NavigationLink:
    label = link.label.strip()
    if not 1 <= len(label) <= MAX_LINK_LABEL:
        raise Invalid(f"{place}.label", f"should have 1 to {MAX_LINK_LABEL} characters")
    if len(link.url) > MAX_LINK_URL:
        raise Invalid(f"{place}.url", f"has more than {MAX_LINK_URL:,} characters")
    if link.url[: len(_MAILTO)].lower() == _MAILTO and "@" not in link.url:
        raise Invalid(
            f"{place}.url", "should have an email address after mailto:, such as mailto:ann@blog.example"
        )
    if not _is_link(link.url):
        raise Invalid(
            f"{place}.url", "should be an http, https or mailto URL, or a path that begins with one slash"
        )
    return NavigationLink(label, link.url)


def _is_link(url: str) -> bool:
    """Whether this is a URL that a navigation may link to. Browsers read a backslash as a slash, so a path
    that begins with a slash and a backslash would lead to another host.
    """
    if "\\" in url or any(unicodedata.category(each) in _NOT_IN_URLS for each in url):
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return not parts.netloc and "@" in parts.path
    return parts.scheme in ("http", "https") and has_host and url[len(parts.scheme) :].startswith("://")
