"""A feed document, whatever its format."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The writer of an entry."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post or a comment. URLs are absolute, here and in `html`."""

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    author: Person | None
    html: str
    summary: str = ""
    """Plain text."""
    tags: tuple[str, ...] = ()
    image: str | None = None
    comments_url: str | None = None
    """The URL of its comments on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page of a feed, with the URLs of the others (RFC 5005, section 3)."""

    id: str
    title: str
    description: str
    language: str
    site: str
    """The name of the blog, as the author of the feed."""
    home: str
    """The web page with the same contents."""
    url: str
    first: str
    newer: str | None
    older: str | None
    updated: datetime
    entries: tuple[Entry, ...]
