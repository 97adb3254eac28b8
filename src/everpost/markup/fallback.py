"""A fallback for content that takes too long to render: its text as it was written, in paragraphs."""

import re

from everpost.markup.escaping import escape
from everpost.markup.plain_text import excerpt_of, reading_minutes_of
from everpost.markup.results import RenderedComment, RenderedPost

_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n\s*")


def plain_post(content: str) -> RenderedPost:
    """The content as text."""
    return RenderedPost(
        html=_paragraphs(content),
        excerpt=excerpt_of(content),
        reading_minutes=reading_minutes_of(content),
    )


def plain_comment(content: str) -> RenderedComment:
    """The content as text."""
    return RenderedComment(html=_paragraphs(content), excerpt=excerpt_of(content))


def _paragraphs(content: str) -> str:
    found = (paragraph.strip() for paragraph in _PARAGRAPHS.split(content))
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in found if paragraph)
