"""Permalinks: the paths of posts, made from a pattern such as `/{year}/{month}/{slug}`."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple, Protocol, Self

from everpost.domain.ids import Id
from everpost.domain.posts import MAX_SLUG, PostKind
from everpost.domain.reserved import is_reserved
from everpost.domain.text import normalize_slug
from everpost.errors import Invalid

DEFAULT_PERMALINK = "/{slug}"
MAX_PERMALINK = 100
_PATTERNS = 100
"""The number of parsed patterns that are cached."""


class Addressed(Protocol):
    """The fields of a post from which its permalink is made."""

    @property
    def id(self) -> Id: ...

    @property
    def slug(self) -> str: ...

    @property
    def publication_date(self) -> datetime: ...

    @property
    def kind(self) -> PostKind: ...


_Writer = Callable[[Addressed, datetime], str]


class PermalinkMatch(NamedTuple):
    """The values in a path. None: the pattern does not have this field."""

    slug: str | None = None
    id: Id | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None


_EXPRESSIONS: Mapping[str, str] = {
    "slug": rf"[^/]{{1,{MAX_SLUG}}}",
    "id": "[0-9a-f]{24}",
    "year": "[0-9]{4}",
    "month": "[0-9]{2}",
    "day": "[0-9]{2}",
}
_WRITERS: Mapping[str, _Writer] = {
    "slug": lambda post, _date: post.slug,
    "id": lambda post, _date: post.id,
    "year": lambda _post, date: f"{date.year:04}",
    "month": lambda _post, date: f"{date.month:02}",
    "day": lambda _post, date: f"{date.day:02}",
}
_FIELDS = ", ".join(f"{{{name}}}" for name in _EXPRESSIONS)


@dataclass(frozen=True, slots=True)
class Permalinks:
    """A parsed pattern. Paths are percent-decoded, like `Post.paths`."""

    pattern: str
    _segments: tuple[str | _Writer, ...]
    _expression: re.Pattern[str]

    @classmethod
    @lru_cache(_PATTERNS)
    def parse(cls, pattern: str) -> Self:
        """Parse a pattern. Raises Invalid("permalink")."""
        names: list[str] = []
        segments: list[str | _Writer] = []
        expressions: list[str] = []
        for segment in _split(pattern):
            name = segment[1:-1]
            if segment != f"{{{name}}}":
                _require_fixed(segment)
                segments.append(segment)
                expressions.append(re.escape(segment))
                continue
            if name not in _WRITERS:
                raise _invalid(f"{segment!r} is not a field: use {_FIELDS}")
            if name in names:
                raise _invalid(f"contains {segment} twice")
            names.append(name)
            segments.append(_WRITERS[name])
            expressions.append(f"(?P<{name}>{_EXPRESSIONS[name]})")
        if not {"slug", "id"} & set(names):
            raise _invalid("must contain {slug} or {id}")
        return cls(pattern, tuple(segments), re.compile("/" + "/".join(expressions)))

    def path(self, post: Addressed, zone: tzinfo) -> str:
        """The path of a post, dated in this time zone."""
        date = post.publication_date
        with suppress(OverflowError):  # on the first or the last day of the calendar
            date = date.astimezone(zone)
        return "/" + "/".join(
            segment if isinstance(segment, str) else segment(post, date) for segment in self._segments
        )

    def match(self, path: str) -> PermalinkMatch | None:
        """The values in the path of a post; None if it does not have this pattern. The post that they name
        may have another path, because its date or its slug has changed: compare it.
        """
        found = self._expression.fullmatch(path)
        if found is None:
            return None
        texts = found.groupdict()
        dates = {name: int(texts[name]) for name in ("year", "month", "day") if name in texts}
        return PermalinkMatch(texts.get("slug"), Id(texts["id"]) if "id" in texts else None, **dates)


def path_of(post: Addressed, pattern: str, zone: tzinfo) -> str:
    """The path of a post, by the pattern of the blog, or of a page, which is always `/{slug}`."""
    if post.kind is PostKind.PAGE:
        return f"/{post.slug}"
    return Permalinks.parse(pattern).path(post, zone)


def checked_permalink(pattern: str) -> str:
    """The pattern, if it is valid. Raises Invalid."""
    return Permalinks.parse(pattern).pattern


def _split(pattern: str) -> list[str]:
    if len(pattern) > MAX_PERMALINK:
        raise _invalid(f"has more than {MAX_PERMALINK} characters")
    first, *segments = pattern.split("/")
    if first or not segments:
        raise _invalid("must begin with /")
    if not segments[-1]:
        raise _invalid("must not end with /")
    return segments


def _require_fixed(segment: str) -> None:
    """Require the form of a slug, which excludes `{slug}s` and `.`. Raises Invalid."""
    if is_reserved(segment):
        raise _invalid(f"{segment!r} is reserved: Everpost uses it for its own pages")
    if not segment or normalize_slug(segment) != segment:
        raise _invalid(f"{segment!r} should be a field ({_FIELDS}) or lower-case words joined by hyphens")


def _invalid(reason: str) -> Invalid:
    return Invalid("permalink", reason)
