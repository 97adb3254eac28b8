"""The words of a comment that is written in HTML, as text with the marks of Markdown."""

import re
from html.parser import HTMLParser

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_BLOCKS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table"})
_LINES = frozenset({"br", "li", "tr"})
_SILENT = frozenset({"script", "style", "template"})
_PLAIN = frozenset({"p", "br", "div", "span"})
"""Tags of which nothing is missed when there are lines in their place."""
_LONGEST = 200_000
"""Characters that are looked at; of the text 20,000 are kept."""
_SPACE = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_DECLARATION = re.compile(r"<!(?!--)")
"""Some of these make Python's parser raise AssertionError (https://github.com/python/cpython/issues/77057)."""


def text_of_html(html: str) -> tuple[str, bool]:
    """The text, and whether more than paragraphs and lines became it: links, emphasis, pictures."""
    reader = _Reader()
    reader.feed(_DECLARATION.sub("&lt;!", html[:_LONGEST]))
    reader.close()
    return reader.text(), reader.is_marked or len(html) > _LONGEST


class _Reader(HTMLParser):
    """Takes any text for HTML, and writes down what is to be read of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.is_marked = False
        self._written: list[str] = []
        self._link: tuple[str, int] | None = None
        """The address of the link that is open, and where its words begin."""
        self._quotes: list[int] = []
        """Where the quotations begin that are open."""
        self._silent = 0
        self._verbatim = 0

    def text(self) -> str:
        """What was written, with at most one empty line between lines."""
        self._end_link()
        while self._quotes:
            self._end_quote()
        return _tidy("".join(self._written))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_marked |= tag not in _PLAIN
        values = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "a":
            self._end_link()
            self._link = (values.get("href") or "", len(self._written))
        elif tag == "img":
            self._write(" ".join(filter(None, (values.get("alt"), values.get("src")))))
        elif tag == "blockquote":
            self._end_link()
            self._write("\n\n")
            self._quotes.append(len(self._written))
        elif tag == "pre":
            self._write("\n\n```\n")
            self._verbatim += 1
        else:
            self._break(tag)
            self._mark(tag)
            self._write("- " if tag == "li" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            self._end_link()
        elif tag == "blockquote":
            self._end_quote()
        elif tag == "pre" and self._verbatim:
            self._verbatim -= 1
            self._write("\n```\n\n")
        elif tag not in _LINES:
            self._mark(tag)
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            self._write(data)
            return
        text = _SPACE.sub(" ", data)
        at_start = not self._written or self._written[-1].endswith("\n")
        self._write(text.lstrip(" ") if at_start else text)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._write("\n\n")
        elif tag in _LINES:
            self._write("\n")

    def _mark(self, tag: str) -> None:
        if not self._verbatim:
            self._write(_MARKS.get(tag, ""))

    def _write(self, text: str) -> None:
        if text and not self._silent:
            self._written.append(text)

    def _end_link(self) -> None:
        """Put the address beside the words of the link, or in their place where they only repeat it."""
        if self._link is None:
            return
        (address, start), self._link = self._link, None
        words = "".join(self._written[start:]).strip()
        if address and words != address:
            del self._written[start:]
            self._write(address if not words or _repeats(words, address) else f"[{words}]({address})")

    def _end_quote(self) -> None:
        self._end_link()
        if self._quotes:
            start = self._quotes.pop()
            lines = _tidy("".join(self._written[start:])).split("\n")
            del self._written[start:]
            self._write("\n".join(f"> {line}".rstrip() for line in lines) + "\n\n")


def _repeats(words: str, address: str) -> bool:
    """Whether the words are the address, shortened: `http://example.org/a...`."""
    start = words.removesuffix("...").removesuffix("…")
    return start != words and any(
        address.startswith(scheme + start) for scheme in ("", "http://", "https://")
    )


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
