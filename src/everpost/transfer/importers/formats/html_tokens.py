"""Split HTML into tags, comments and text. The concatenated tokens are the input, unchanged."""

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
"""Elements that form one token with their content."""
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in _WHOLE}
BLOCK_COMMENTS = frozenset({"!more", "!nextpage"})


class HtmlToken(NamedTuple):
    """A tag, a comment, a text, or an element with its content."""

    text: str
    name: str = ""
    """The name of the element, in lower case; for a comment `!` and its first word; empty for text."""
    is_end: bool = False
    """Whether it is an end tag."""
    is_whole: bool = False
    """Whether it is an element with its content."""


def tokens_of(html: str) -> Iterator[HtmlToken]:
    """The tokens of the HTML."""
    position = start = 0
    """The position of the search, and the start of the text that is not yielded yet."""
    has_comments = True
    missing: set[str] = set()
    while (position := html.find("<", position)) >= 0:
        token: HtmlToken | None = None
        if html.startswith("<!--", position) and has_comments:
            end = html.find("-->", position + 4)
            has_comments = end >= 0
            if has_comments:
                token = HtmlToken(html[position : end + 3], _name_of_comment(html[position + 4 : end]))
        elif found := _TAG.match(html, position):
            token = _element(html, found, missing)
        if token is None:
            position += 1
            continue
        if start < position:
            yield HtmlToken(html[start:position])
        yield token
        position = start = position + len(token.text)
    if start < len(html):
        yield HtmlToken(html[start:])


def _element(html: str, found: re.Match[str], missing: set[str]) -> HtmlToken:
    """A tag, or an element that is one token. `missing` names the elements without an end tag ahead."""
    name = found[1].lower()
    if found[0].startswith("</"):
        return HtmlToken(found[0], name, is_end=True)
    if name not in _WHOLE or name in missing or found[0].endswith("/>"):
        return HtmlToken(found[0], name, is_whole=found[0].endswith("/>"))
    end = _ENDS[name].search(html, found.end())
    if end is None:
        missing.add(name)
        return HtmlToken(found[0], name)
    return HtmlToken(html[found.start() : end.end()], name, is_whole=True)


def _name_of_comment(text: str) -> str:
    words = text[:20].split()
    return f"!{words[0].lower()}" if words else "!"
