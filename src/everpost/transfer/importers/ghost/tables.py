"""The tables of a Ghost export that relate authors, tags and comments to posts."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from everpost.domain.clock import EPOCH, from_milliseconds
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.dates import parse_datetime
from everpost.transfer.importers.formats.json_files import JsonFile, Row
from everpost.transfer.importers.ghost.unsupported_fields import UnsupportedFields
from everpost.transfer.importers.model import Note

_ROOTS: tuple[tuple[str, ...], ...] = ((), ("db", "item"))
_TABLES = [(*root, "data", "*", "item") for root in _ROOTS]
_META = [(*root, "meta") for root in _ROOTS]
_POSTS = [(*root, "data", "posts", "item") for root in _ROOTS]
_VERSION = re.compile(r"[0-6]\.|00\d$")
"""Some exports of Ghost up to 0.11 have the version of the schema instead: 003, 004, ..."""
BLOG_SETTINGS: Mapping[str, str] = {
    "title": "title",
    "description": "description",
    "locale": "language",
    "lang": "language",
    "default_locale": "language",
    "defaultLang": "language",
    "timezone": "time_zone",
    "active_timezone": "time_zone",
    "activeTimezone": "time_zone",
}
"""The settings of `SourceBlog`, by their keys in any version of Ghost."""
DEFAULT_PERMALINKS = "/:slug/"
_INTERNAL_TABLES = re.compile(
    "migrations(_lock)?|(permissions|roles)(_.*)?|actions|brute|sessions|.*tokens|jobs|clients|client_.*|apps|app_.*|posts"
)
"""Tables without content by people."""


@dataclass(slots=True)
class Tables:
    """The rows of other tables that belong to posts, by id."""

    users: list[Row] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    meta_of: dict[str, Row] = field(default_factory=dict)
    """More fields of posts, since Ghost 3."""
    notes: list[Note] = field(default_factory=list)
    """Notes on fields of tags that are not imported."""
    unsupported: UnsupportedFields = field(default_factory=UnsupportedFields)
    tags_of: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    authors_of: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, str] = field(default_factory=dict)
    """The names of members."""
    comments_of: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    settings: dict[str, str] = field(default_factory=dict)
    """The settings of the blog that are imported."""
    permalinks: str = DEFAULT_PERMALINKS
    """The pattern of the paths of posts, which only exports of Ghost 0.11 and 1 contain."""
    unread: Counter[str] = field(default_factory=Counter)
    """The number of rows of each table that are not imported."""

    def add(self, table: str, row: Row) -> None:
        """Add a row of any table but the posts."""
        match table:
            case "users":
                self.users.append(row)
            case "tags":
                self.tags[text(row, "id")] = text(row, "name")
                self.notes += self.unsupported.of_row("tags", row, repr(text(row, "name")))
            case "posts_meta":
                self.meta_of[text(row, "post_id")] = {key: value for key, value in row.items() if value}
            case "posts_tags":
                self.tags_of[text(row, "post_id")].append((number(row, "sort_order"), text(row, "tag_id")))
            case "posts_authors":
                link = (number(row, "sort_order"), text(row, "author_id"))
                self.authors_of[text(row, "post_id")].append(link)
            case "members":
                self.members[text(row, "id")] = text(row, "name")
                self.unread[table] += 1
            case "comments":
                self.comments_of[text(row, "post_id")].append(row)
            case _ if not self._is_setting(table, row) and not _INTERNAL_TABLES.fullmatch(table):
                self.unread[table] += 1

    def _is_setting(self, table: str, row: Row) -> bool:
        """Add a setting of the blog, and return whether the row is one."""
        name = BLOG_SETTINGS.get(text(row, "key")) if table == "settings" else None
        if table == "settings" and text(row, "key") == "permalinks":
            self.permalinks = text(row, "value") or DEFAULT_PERMALINKS
            return True
        if name is not None:
            self.settings.setdefault(name, text(row, "value"))
        return name is not None


def read_tables(path: Path) -> Tables:
    """Read all tables but the posts. Raises BrokenFile."""
    tables, version, has_posts = Tables(), "", False
    for place, row in JsonFile(path).rows([*_TABLES, *_META]):
        if place[-1] == "meta":
            version = text(row, "version")
        else:
            tables.add(place[-2], row)
            has_posts |= place[-2] == "posts"
    if not version and not has_posts:
        raise BrokenFile(path.name, "", "it is not an export of Ghost")
    if version and not _VERSION.match(version):
        reason = f"the version of the export is {version[:20]!r}: Everpost reads 0.11 to 6"
        raise BrokenFile(path.name, "", reason)
    return tables


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of posts and pages. Raises BrokenFile."""
    for _, row in JsonFile(path).rows(_POSTS):
        yield row


def text(row: Mapping[str, object], *names: str) -> str:
    """The first of these columns that has a text or an integer, as text; or else an empty text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def number(row: Mapping[str, object], name: str) -> float:
    """The number in a column; 0 if there is none."""
    value = row.get(name)
    return value if isinstance(value, int | float) else 0


def date(row: Mapping[str, object], *names: str) -> datetime | None:
    """The first date in these columns, as text or milliseconds since 1970. Naive dates are UTC."""
    for name in names:
        value = row.get(name)
        found: datetime | None = None
        if isinstance(value, str):
            found = parse_datetime(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            try:
                found = from_milliseconds(value)
            except OverflowError:
                continue
        if found is not None:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return None


def required_date(row: Mapping[str, object], changes: list[str], *names: str) -> datetime:
    """The first date of these columns; 1970 if there is none, which is appended to `changes`."""
    found = date(row, *names)
    if found is None:
        changes.append("it had no date, and is dated 1970")
    return found or EPOCH
