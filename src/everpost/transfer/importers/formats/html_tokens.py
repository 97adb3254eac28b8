"""HTML as a row of tags, comments and texts, which together are the HTML, character by character."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(r"""</?([a-zA-Z][\w:-]*+)(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
_WHOLE = frozenset(
    [
        "pre",
        "script",
        "style",
        "textarea",
        "object",
        "audio",
        "video",
        "svg",
        "math",
        "select",
        "iframe",
        "noscript",
    ]
)
"""Elements that are one token with all that is in them."""
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in _WHOLE}
BLOCK_COMMENTS = frozenset({"!more", "!nextpage"})


class Token(NamedTuple):
    """A part of HTML."""

    text: str
    name: str = ""
    """Of the element, in lower case; `!` and the first word for a comment; empty for text."""
    is_end: bool = False
    """Whether it is an end tag."""
    is_whole: bool = False
    """Whether it is an element with all that is in it."""


def tokens_of(html: str) -> Iterator[Token]:
    """The tokens."""
    position = start = 0
    """Where what is read next begins, and where the text before it began."""
    has_comments = True
    missing: set[str] = set()
    while (position := html.find("<", position)) >= 0:
        token: Token | None = None
        if html.startswith("<!--", position) and has_comments:
            end = html.find("-->", position + 4)
            has_comments = end >= 0
            if has_comments:
                token = Token(html[position : end + 3], _name_of_comment(html[position + 4 : end]))
        elif found := _TAG.match(html, position):
            token = _element(html, found, missing)
        if token is None:
            position += 1
            continue
        if start < position:
            yield Token(html[start:position])
        yield token
        position = start = position + len(token.text)
    if start < len(html):
        yield Token(html[start:])


def _element(html: str, found: re.Match[str], missing: set[str]) -> Token:
    """A tag, or an element that is one token. `missing` are those whose end is not in what follows."""
    name = found[1].lower()
    if found[0].startswith("</"):
        return Token(found[0], name, is_end=True)
    if name not in _WHOLE or name in missing or found[0].endswith("/>"):
        return Token(found[0], name, is_whole=found[0].endswith("/>"))
    end = _ENDS[name].search(html, found.end())
    if end is None:
        missing.add(name)
        return Token(found[0], name)
    return Token(html[found.start() : end.end()], name, is_whole=True)


def _name_of_comment(text: str) -> str:
    words = text[:20].split()
    return f"!{words[0].lower()}" if words else "!"
