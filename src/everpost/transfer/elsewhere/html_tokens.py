"""HTML as a flat row of tags and text, every character of it kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "col", "colgroup", "dd", "details", "div", "dl"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "hgroup", "hr", "legend", "li", "map", "menu", "nav", "ol", "p", "pre", "section", "style"}
    | {"summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_VOID_BLOCKS = frozenset({"col", "hr"})
_RAW_BLOCKS = frozenset({"pre", "style"})
_RAW_INLINE = frozenset(
    {"audio", "iframe", "math", "noscript", "object", "script", "select", "svg", "template", "textarea"}
    | {"video"}
)
"""What is in these is not looked at."""
_VOID_INLINE = frozenset(
    {"area", "br", "embed", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_HIDDEN = frozenset({"script", "noscript", "template"})
_RAW_SHORTCODES = ("code", "sourcecode", "raw")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:\"[^\"]*+\"|'[^']*+'|[^'\"<>])*+>")
_OPENING_SHORTCODE = re.compile(rf"\[(?P<name>{'|'.join(_RAW_SHORTCODES)})(?:\s[^\[\]]*+)?\]", re.IGNORECASE)
_START = re.compile(r"<|\[")


class Kind(StrEnum):
    """What a token is."""

    TEXT = "text"
    INLINE = "inline"
    """A tag of an inline element, a comment, or an inline element with all that is in it."""
    OPEN = "open"
    """The opening tag of a block element,"""
    CLOSE = "close"
    """its closing tag,"""
    WHOLE = "whole"
    """or one with all that is in it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of HTML, as it is written."""

    kind: Kind
    text: str
    name: str = ""
    """Of the element, in lower case."""
    is_whole: bool = False
    """An inline element with all that is in it, or one that has nothing in it."""
    is_hidden: bool = False
    """A comment or a script: a browser shows nothing of it."""

    @property
    def is_closing(self) -> bool:
        return self.text.startswith("</")

    @property
    def is_opening(self) -> bool:
        return bool(self.name) and not (self.is_closing or self.is_whole or self.is_hidden)


def tokens(html: str) -> Iterator[Token]:
    """The tokens of the HTML, whose texts together are the HTML. Linear: what has no end is text."""
    finder = _Finder(html)
    start = position = 0
    while (found := _START.search(html, position)) is not None:
        token = finder.token_at(found.start())
        if token is None:
            position = found.end()
            continue
        if start < found.start():
            yield Token(Kind.TEXT, html[start : found.start()])
        yield token
        start = position = found.start() + len(token.text)
    if start < len(html):
        yield Token(Kind.TEXT, html[start:])


class _Finder:
    """Finds where things end, and remembers which ends are found no more, so that nothing is sought twice."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._never_again: set[str] = set()

    def token_at(self, start: int) -> Token | None:
        """The token that begins here; None where it is only a character."""
        html = self._html
        if html[start] == "[":
            return self._shortcode(start)
        if html.startswith("<!--", start):
            end = self._end_of(re.compile("-->"), "-->", start + 4)
            return None if end is None else Token(Kind.INLINE, html[start:end], is_hidden=True)
        tag = _TAG.match(html, start)
        return None if tag is None else self._element(tag)

    def _element(self, tag: re.Match[str]) -> Token:
        name, text = tag["name"].lower(), tag[0]
        is_block = name in _BLOCKS
        is_closing = text.startswith("</")
        if not is_closing and name in _RAW_BLOCKS | _RAW_INLINE:
            end = self._end_of(re.compile(rf"</{name}\s*>", re.IGNORECASE), name, tag.end())
            if end is not None:
                text = self._html[tag.start() : end]
                kind = Kind.WHOLE if is_block else Kind.INLINE
                return Token(kind, text, name, is_whole=True, is_hidden=name in _HIDDEN)
        if not is_block:
            is_void = name in _VOID_INLINE or text.endswith("/>")
            return Token(Kind.INLINE, text, name, is_whole=is_void)
        if name in _VOID_BLOCKS:
            return Token(Kind.WHOLE, text, name)
        return Token(Kind.CLOSE if is_closing else Kind.OPEN, text, name)

    def _shortcode(self, start: int) -> Token | None:
        """A shortcode whose text is code, with that text."""
        opening = _OPENING_SHORTCODE.match(self._html, start)
        if opening is None:
            return None
        name = opening["name"].lower()
        end = self._end_of(re.compile(rf"\[/{name}\]", re.IGNORECASE), f"[{name}", opening.end())
        return None if end is None else Token(Kind.WHOLE, self._html[start:end], name)

    def _end_of(self, pattern: re.Pattern[str], name: str, start: int) -> int | None:
        if name in self._never_again:
            return None
        found = pattern.search(self._html, start)
        if found is None:
            self._never_again.add(name)
            return None
        return found.end()
