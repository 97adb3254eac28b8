"""Convert comments from HTML to text with Markdown markup.

The input is untrusted, so the cost is linear in its length: libxml2 parses it (Python's own parser is
quadratic for some input: https://github.com/python/cpython/issues/135462), and quotation marks are added to
lines once, at the end.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from everpost.transfer.importers.formats.data_urls import without_data_urls

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    _Target = ParserTarget[None]
else:
    _Target = object

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_BLOCKS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table"})
_LINES = frozenset({"br", "li", "tr"})
_HIDDEN = frozenset({"script", "style", "template"})
_PLAIN = frozenset({"p", "br", "div", "span", "html", "body"})
"""Tags that lines can replace without loss."""
LONGEST = 40_000
"""Characters of HTML that are read. A comment has at most 20,000 characters of text."""
MOST_QUOTATIONS = 20
"""Levels of quotation that are marked; deeper quotations are flattened into the last."""
_CHANGED = "its HTML became text"
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACE_IN_LINE = re.compile(r"[ \t\r\f]+")
_UNPARSABLE = re.compile("[\x00\ud800-\udfff]")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*+)(?:[^<>]*+>)?")


def text_of_html(html: str, *, keeps_lines: bool = False) -> tuple[str, str]:
    """The text, and a description of what changed, which is empty if only paragraphs and line breaks became
    lines. With `keeps_lines`, line endings in the HTML are kept.
    """
    reader = _Reader(keeps_lines=keeps_lines)
    number = 0
    if len(html) > LONGEST:
        html, number, _ = without_data_urls(html)
    read = _UNPARSABLE.sub("", html[:LONGEST])
    if read.strip():
        parser = etree.HTMLParser(target=reader, huge_tree=True)
        parser.feed(_without_stray_ends(read))
        parser.close()
    if len(html) > LONGEST:
        return reader.text(), f"{_CHANGED}, and was cut after {LONGEST:,} characters of HTML"
    if number:
        return reader.text(), f"{_CHANGED}, without the files embedded in it (data URLs)"
    is_changed = reader.is_marked or len(read) < len(html) or _ends_in_tag(read)
    return reader.text(), _CHANGED if is_changed else ""


def _without_stray_ends(html: str) -> str:
    """The HTML without unmatched end tags: libxml2 searches all open elements for each of them."""
    open_tags: Counter[str] = Counter()

    def kept(tag: re.Match[str]) -> str:
        name = tag["name"].lower()
        if not tag["end"]:
            open_tags[name] += 1
        elif open_tags[name]:
            open_tags[name] -= 1
        else:
            return "<br>" if name in {"p", "br"} else ""
        return tag[0]

    return _TAG.sub(kept, html)


class _Reader(_Target):
    """A target of the parser that collects the text."""

    def __init__(self, *, keeps_lines: bool) -> None:
        self.is_marked = False
        self._keeps_lines = keeps_lines
        self._sections: list[tuple[int, list[str]]] = []
        """The number of quotations around each section, and its parts."""
        self._written: list[str] = []
        """The parts of the last section."""
        self._link: tuple[str, int] | None = None
        """The URL of the open link, and the index of the first part of its text."""
        self._quotations = 0
        self._hidden = 0
        self._verbatim = 0
        self._quote(0)

    def text(self) -> str:
        """The collected text, with at most one empty line between lines."""
        self._end_link()
        return "\n".join(_marked(self._sections))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle a start tag."""
        self.is_marked |= tag not in _PLAIN
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "a":
            self._end_link()
            self._link = (attributes.get("href") or "", len(self._written))
        elif tag == "img":
            self._write(" ".join(filter(None, (attributes.get("alt"), attributes.get("src")))))
        elif tag == "blockquote":
            self._quote(1)
        elif tag == "pre":
            self._write("\n\n```\n")
            self._verbatim += 1
        else:
            self._break(tag)
            self._mark(tag)
            self._write("- " if tag == "li" else "")

    def end(self, tag: str) -> None:
        """Handle an end tag, which may be implied."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a":
            self._end_link()
        elif tag == "blockquote":
            self._quote(-1)
        elif tag == "pre" and self._verbatim:
            self._verbatim -= 1
            self._write("\n```\n\n")
        elif tag not in _LINES:
            self._mark(tag)
            self._break(tag)

    def data(self, data: str) -> None:
        """Handle text."""
        if self._verbatim:
            self._write(data)
            return
        text = (_SPACE_IN_LINE if self._keeps_lines else _SPACE).sub(" ", data)
        at_start = not self._written or self._written[-1].endswith(("\n", " "))
        self._write(text.lstrip(" ") if at_start else text)

    def comment(self, _text: str) -> None:
        """Ignore a comment."""
        self.is_marked = True

    def pi(self, _target: str, _text: str | None = None) -> None:
        """Ignore a processing instruction."""
        self.is_marked = True

    def close(self) -> None:
        """Required by the parser."""

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._write("\n\n")
        elif tag in _LINES:
            self._write("\n")

    def _mark(self, tag: str) -> None:
        if not self._verbatim:
            self._write(_MARKS.get(tag, ""))

    def _write(self, text: str) -> None:
        if text and not self._hidden:
            self._written.append(text)

    def _end_link(self) -> None:
        """Write the URL beside the text of the link, or instead of it if the text only repeats the URL."""
        if self._link is None:
            return
        (url, start), self._link = self._link, None
        label = "".join(self._written[start:]).strip()
        if url and label != url:
            del self._written[start:]
            self._write(url if not label or _repeats(label, url) else f"[{label}]({url})")

    def _quote(self, step: int) -> None:
        """Begin a section inside or after a quotation."""
        self._end_link()
        self._quotations = max(0, self._quotations + step)
        self._written = []
        self._sections.append((min(self._quotations, MOST_QUOTATIONS), self._written))


def _marked(sections: list[tuple[int, list[str]]]) -> Iterator[str]:
    """The lines, with a `>` for each quotation around them."""
    before: int | None = None
    for quotations, written in sections:
        text = _tidy("".join(written))
        if not text:
            continue
        if before is not None:
            yield ("> " * min(before, quotations)).rstrip()
        mark = "> " * quotations
        yield from ((mark + line).rstrip() for line in text.split("\n"))
        before = quotations


def _ends_in_tag(html: str) -> bool:
    """Whether the HTML ends in an unfinished tag, whose content is not shown."""
    start = html.rfind("<")
    return start > html.rfind(">") and html[start + 1 : start + 2].strip() != ""


def _repeats(label: str, url: str) -> bool:
    """Whether the text is an abbreviation of the URL, such as `http://example.org/a...`."""
    start = label.removesuffix("...").removesuffix("…")
    return start != label and any(url.startswith(scheme + start) for scheme in ("", "http://", "https://"))


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
