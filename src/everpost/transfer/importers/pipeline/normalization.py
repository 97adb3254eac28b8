"""Normalizing the values of other systems to Everpost's limits, and describing the changes."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from everpost.domain.clock import EARLIEST, LATEST, whole_milliseconds
from everpost.domain.comments import MAX_COMMENT
from everpost.domain.people.names import readable_name
from everpost.domain.people.users import checked_email
from everpost.domain.post_paths import checked_path, numbered_path
from everpost.domain.posts import (
    MAX_CONTENT,
    MAX_PATHS,
    MAX_SLUG,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    UNADDRESSABLE_TAGS,
    PostFormat,
)
from everpost.domain.reserved import is_reserved
from everpost.domain.text import normalize_slug, slug_from, unstorable_reason
from everpost.errors import Invalid
from everpost.transfer.importers.formats.data_urls import without_data_urls

UNTITLED = "Untitled"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_SHOWN = 40
_LONGEST_NUMBER = 8
"""Characters left free in a slug for the number that makes it unique."""
_TAG = re.compile("<[a-zA-Z/!?]")


class Normalizer:
    """Normalizes the values of one item, and collects descriptions of the changes."""

    def __init__(self, earlier: Sequence[str] = ()) -> None:
        self._changes = list(earlier)

    def __str__(self) -> str:
        return "; ".join(dict.fromkeys(self._changes))

    def __bool__(self) -> bool:
        return bool(self._changes)

    def add(self, change: str) -> None:
        """Add the description of a change."""
        self._changes.append(change)

    def remove_unstorable(self, text: str, noun: str) -> str:
        """The text without the characters that stores cannot keep."""
        if unstorable_reason(text) is None:
            return text
        self.add(f"characters that cannot be stored were removed from the {noun}")
        return _UNSTORABLE.sub("", text)

    def shorten(self, text: str, most: int, noun: str) -> str:
        """The text, cut to the limit."""
        if len(text) <= most:
            return text
        self.add(f"the {noun} was cut after {most:,} characters")
        return text[:most]

    def name(self, text: str, most: int) -> str:
        """A readable name, cut to the limit; empty if nothing in it is readable."""
        text = text.strip()
        name = readable_name(text)
        if name != text[: max(most, len(name))]:
            self.add(f"unreadable characters were removed from the name {text[:_LONGEST_SHOWN]!r}")
        return name if len(name) <= most else readable_name(self.shorten(name, most, "name"))

    def title(self, text: str) -> str:
        """A title: at most 255 characters on one line, never empty."""
        title = " ".join(self.remove_unstorable(text, "title").split())
        if not title:
            self.add(f"it had no title and is called {UNTITLED!r}")
            return UNTITLED
        return self.shorten(title, MAX_TITLE, "title")

    def summary(self, text: str | None) -> str | None:
        """A summary: at most 500 characters; None if it is blank."""
        summary = self.remove_unstorable(text or "", "summary")
        return self.shorten(summary, MAX_SUMMARY, "summary") if summary.strip() else None

    def without_files(self, text: str, most: int) -> str:
        """The text; if it exceeds the limit, without the files that are embedded as data URLs."""
        if len(text) <= most:
            return text
        text, number, size = without_data_urls(text)
        if number:
            files = "1 embedded file" if number == 1 else f"{number:,} embedded files"
            self.add(f"it was too long: {files} of {size:,} characters (data URLs) left out")
        return text

    def comment(self, text: str) -> str:
        """The content of a comment. If it is too long, embedded files are removed; if it still is, it is
        cut.
        """
        content = self.without_files(self.remove_unstorable(text, "content"), MAX_COMMENT)
        return self.shorten(content, MAX_COMMENT, "content")

    def content(self, text: str, format: PostFormat) -> str:
        """The content of a post. If it is too long, files embedded as data URLs are removed; if it still is,
        it is cut, but not inside an HTML tag.
        """
        content = self.without_files(self.remove_unstorable(text, "content"), MAX_CONTENT)
        if len(content) <= MAX_CONTENT:
            return content
        end = MAX_CONTENT
        if format is PostFormat.HTML:
            start = content.rfind("<", 0, end)
            if start > content.rfind(">", 0, end) and _TAG.match(content, start):
                end = start
        lost = len(content) - end
        self.add(f"the content was cut after {end:,} characters: the last {lost:,} are left out")
        return content[:end]

    def tags(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Tags: the first 20, each of 1 to 50 characters."""
        normalized = (
            self.shorten(self.remove_unstorable(tag, "tags").strip(), MAX_TAG, f"tag {tag[:20]!r}…").strip()
            for tag in tags
        )
        found = tuple(dict.fromkeys(tag for tag in normalized if tag))
        kept = tuple(tag for tag in found if tag not in UNADDRESSABLE_TAGS)
        for tag in sorted(UNADDRESSABLE_TAGS.intersection(found)):
            self.add(f"the tag {tag!r} was left out")
        if len(kept) > MAX_TAGS:
            self.add("tags beyond the first 20 were left out: " + ", ".join(map(repr, kept[MAX_TAGS:])))
        return kept[:MAX_TAGS]

    def slug(self, wanted: str | None, title: str) -> str:
        """A slug with room for a number: the wanted one, or else one made from the title."""
        slug = normalize_slug(wanted or "")[: MAX_SLUG - _LONGEST_NUMBER].strip("-") or slug_from(title)
        if wanted and slug != wanted:
            self.add(f"the slug {wanted!r} became {slug!r}")
        return slug

    def paths(self, urls: Sequence[str]) -> tuple[str, ...]:
        """Old paths: those of the URLs, the first 20."""
        paths: dict[str, None] = {}
        for url in urls:
            try:
                paths[checked_path(_path_of(url))] = None
            except Invalid as error:
                self.add(f"an old path was left out: {error.reason}")
        if len(paths) > MAX_PATHS:
            rest = ", ".join([*paths][MAX_PATHS:])
            self.add(f"old paths beyond the first {MAX_PATHS} were left out: {rest}")
        return tuple(paths)[:MAX_PATHS]

    def add_number(self, slug: str, numbered: str) -> None:
        """Add that the slug of a post got a number, and why."""
        reason = "is reserved" if is_reserved(slug) else "was taken"
        self.add(f"the slug {slug!r} {reason} and became {numbered!r}")

    def date(self, date: datetime) -> datetime:
        """A date in the years 1 to 9999, in UTC."""
        try:
            return whole_milliseconds(date)
        except OverflowError:
            self.add(f"the date {date.isoformat()} is out of range")
            return LATEST if date.replace(tzinfo=UTC).year > 1 else EARLIEST


def email_of(text: str | None) -> str | None:
    """The email address; None if it is not valid."""
    try:
        return None if text is None or unstorable_reason(text) else checked_email(text)
    except Invalid:
        return None


def _path_of(url: str) -> str:
    """The path of a URL, or of a path without its first slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        path = url
    else:
        is_numbered = not parts.netloc and parts.path.endswith("/")
        numbered = numbered_path(parts.path, dict(parse_qsl(parts.query))) if is_numbered else None
        path = numbered or parts.path
    return path if path.startswith("/") else f"/{path}"
