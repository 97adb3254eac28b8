"""The tables in Ghost's export that say what belongs to a post."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from everpost.domain.clock import EPOCH, from_milliseconds
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.dates import parse_moment
from everpost.transfer.importers.formats.json_files import JsonFile, Row
from everpost.transfer.importers.ghost.unsupported_fields import UnsupportedFields
from everpost.transfer.importers.model import Note

_ROOTS: tuple[tuple[str, ...], ...] = ((), ("db", "item"))
_TABLES = [(*root, "data", "*", "item") for root in _ROOTS]
_META = [(*root, "meta") for root in _ROOTS]
_POSTS = [(*root, "data", "posts", "item") for root in _ROOTS]
_VERSION = re.compile(r"[0-6]\.|00\d$")
"""Up to Ghost 0.11 some exports have the version of the tables instead: 003, 004, ..."""
_PLUMBING = re.compile(
    "migrations(_lock)?|(permissions|roles)(_.*)?|actions|brute|sessions|.*tokens|jobs|clients|client_.*|apps|app_.*"
)
"""Tables that hold nothing which a person wrote."""


@dataclass(slots=True)
class Tables:
    """What a post's row does not say itself, by ids."""

    users: list[Row] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    meta_of: dict[str, Row] = field(default_factory=dict)
    """What Ghost 3 and later keep of a post beside it."""
    notes: list[Note] = field(default_factory=list)
    """What is left out of tags."""
    leftovers: UnsupportedFields = field(default_factory=UnsupportedFields)
    tags_of: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    authors_of: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, str] = field(default_factory=dict)
    """Their names."""
    comments_of: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    unread: Counter[str] = field(default_factory=Counter)
    """How many rows there are in tables that no one reads."""

    def add(self, table: str, row: Row) -> None:
        """Take a row in, but for those of posts."""
        match table:
            case "users":
                self.users.append(row)
            case "tags":
                self.tags[text(row, "id")] = text(row, "name")
                self.notes += self.leftovers.of_row("tags", row, repr(text(row, "name")))
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
            case "posts":
                pass
            case _ if not _PLUMBING.fullmatch(table):
                self.unread[table] += 1


def read_tables(path: Path) -> Tables:
    """The tables. BrokenFile."""
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
    """The posts and pages. BrokenFile."""
    for _, row in JsonFile(path).rows(_POSTS):
        yield row


def text(row: Mapping[str, object], *names: str) -> str:
    """The first text, or number, that is there under one of these names."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def number(row: Mapping[str, object], name: str) -> float:
    """The number under a name; 0 where there is none."""
    value = row.get(name)
    return value if isinstance(value, int | float) else 0


def date(row: Mapping[str, object], *names: str) -> datetime | None:
    """The first date under one of these names: as a text, or as milliseconds since 1970."""
    for name in names:
        value = row.get(name)
        moment: datetime | None = None
        if isinstance(value, str):
            moment = parse_moment(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            try:
                moment = from_milliseconds(value)
            except OverflowError:
                continue
        if moment is not None:
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return None


def required_date(row: Mapping[str, object], changes: list[str], *names: str) -> datetime:
    """The first date, or 1970."""
    moment = date(row, *names)
    if moment is None:
        changes.append("it had no date, and is dated 1970")
    return moment or EPOCH
