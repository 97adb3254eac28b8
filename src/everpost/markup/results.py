"""The results of rendering."""

from dataclasses import dataclass
from typing import NamedTuple

RENDERER_VERSION = 3
"""Increase it when the same content is rendered differently: results are cached by content and version."""
MAX_HTML = 5_000_000
"""The maximum number of characters of HTML that content may become. Longer results are refused: a megabyte of
references to one long address would become terabytes.
"""


class Unrenderable(ValueError):
    """The content is nested too deeply, or would become more than `MAX_HTML` characters of HTML."""


class Heading(NamedTuple):
    """A heading of a post: its level from 1 to 6, its id in the HTML, and its text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RenderedPost:
    """A post for readers. The HTML is safe to insert into a page."""

    html: str
    excerpt: str
    """Plain text: the beginning of the post, at most 280 characters."""
    outline: tuple[Heading, ...] = ()
    reading_minutes: int = 1
    image: str | None = None
    """The address of the first image, as it is in the HTML."""


@dataclass(frozen=True, slots=True)
class RenderedComment:
    """A comment for readers. The HTML is safe to insert into a page."""

    html: str
    excerpt: str
