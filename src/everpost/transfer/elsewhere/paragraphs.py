"""Paragraphs in HTML that marks them by empty lines, as posts of WordPress's old editor do.

WordPress adds the tags each time it shows such a post: an empty line ends a paragraph, a line end is a line
break (https://developer.wordpress.org/reference/functions/wpautop/). The result here means the same to a
reader, but is always well nested.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from everpost.transfer.elsewhere.html_tokens import Kind, Token, tokens

BLOCK_EDITOR = "<!-- wp:"
"""Marks a post of the new editor, which has its tags already."""
_STRUCTURE = frozenset(
    {"table", "thead", "tbody", "tfoot", "tr", "colgroup", "ul", "ol", "dl", "menu", "map"}
)
"""Have no text of their own."""
_PHRASES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "caption", "legend", "figcaption"})
"""Have text, but no paragraphs."""
_CELLS = frozenset({"li", "dd", "td", "th"})
"""Have paragraphs where there are several."""
_ALWAYS = frozenset({"", "blockquote"})
"""All text in them is in paragraphs; the empty name is the post itself."""
_MOST_REOPENED = 20
"""Inline elements that go on in the next paragraph."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_SHORTCODE = re.compile(r"\[(?P<name>[A-Za-z][\w-]*)(?:[\s/][^\[\]]*)?\](?:.*\[/(?P=name)\])?", re.DOTALL)


@dataclass(slots=True)
class _Run:
    """What stands between two block tags: paragraphs, each a list of tokens."""

    paragraphs: list[list[Token]] = field(default_factory=lambda: [[]])
    starts_apart: bool = False
    """An empty line comes before the first of them,"""
    ends_apart: bool = False
    """or after the last."""

    def end_paragraph(self) -> None:
        """Begin another paragraph, unless this one is still empty."""
        self.ends_apart = True
        if self.paragraphs[-1]:
            self.paragraphs.append([])
        elif len(self.paragraphs) == 1:
            self.starts_apart = True

    def add(self, token: Token) -> None:
        """Put this at the end of the last paragraph, which no white space begins."""
        if token.text.strip():
            self.ends_apart = False
        elif not self.paragraphs[-1]:
            return
        self.paragraphs[-1].append(token)


def add_paragraphs(html: str) -> str:
    """The HTML with `<p>` and `<br />` where empty lines and line ends stand for them; as it is where the
    block editor wrote it. Takes time in proportion to the length of the text.
    """
    if BLOCK_EDITOR in html or not html.strip():
        return html
    return _Writer().write(html.replace("\r\n", "\n").replace("\r", "\n"))


class _Writer:
    """Writes one post."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        """The names of the block elements around what comes next,"""
        self._counts: Counter[str] = Counter()
        """and how many of each name."""
        self._follows_block = False
        """A sibling that is a block comes before the run."""

    def write(self, html: str) -> str:
        """The post with its paragraphs."""
        run = _Run()
        for token in tokens(html):
            if token.kind in (Kind.TEXT, Kind.INLINE):
                _extend(run, token)
                continue
            self._write_run(run, before_block=token.kind is not Kind.CLOSE)
            run = _Run()
            self._write_block(token)
        self._write_run(run, before_block=False)
        return "".join(self._out).strip("\n")

    def _write_block(self, token: Token) -> None:
        if token.kind is not Kind.CLOSE:
            self._new_line()
        self._out.append(token.text)
        if token.kind is Kind.OPEN:
            self._open.append(token.name)
            self._counts[token.name] += 1
        elif token.kind is Kind.CLOSE and self._counts[token.name]:
            self._close(token.name)
        if token.kind is not Kind.OPEN:
            self._out.append("\n")
        self._follows_block = token.kind is not Kind.OPEN

    def _close(self, name: str) -> None:
        closed = ""
        while closed != name:
            closed = self._open.pop()
            self._counts[closed] -= 1

    def _write_run(self, run: _Run, *, before_block: bool) -> None:
        paragraphs = [each for each in run.paragraphs if each]
        if not paragraphs:
            return
        around = self._open[-1] if self._open else ""
        if around in _STRUCTURE or around in _PHRASES:
            self._out.append("<br />\n".join(_lines(each) for each in paragraphs))
        elif around == "p":
            self._out.append("</p>\n<p>".join(_nested(paragraphs)))
        elif around in _ALWAYS or len(paragraphs) > 1 or self._stands_apart(run, around, before_block):
            for text, paragraph in zip(_nested(paragraphs), paragraphs, strict=True):
                self._new_line()
                self._out.append(text if _stands_alone(paragraph) else f"<p>{text}</p>")
                self._out.append("\n")
        else:
            self._out.append(_lines(paragraphs[0]))

    def _stands_apart(self, run: _Run, around: str, before_block: bool) -> bool:
        """Whether the one paragraph of a run is set apart from the tags around it."""
        if around in _CELLS:
            return False
        return run.starts_apart or run.ends_apart or self._follows_block or before_block

    def _new_line(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")


def _extend(run: _Run, token: Token) -> None:
    """Put a token into a run; empty lines, and two line breaks in a row, end paragraphs."""
    if token.kind is Kind.INLINE:
        if _BREAK.fullmatch(token.text) and _ends_with_break(run.paragraphs[-1]):
            run.paragraphs[-1].pop()
            while run.paragraphs[-1] and _is_break_or_blank(run.paragraphs[-1][-1]):
                run.paragraphs[-1].pop()
            run.end_paragraph()
        else:
            run.add(token)
        return
    first, *others = _EMPTY_LINE.split(token.text)
    run.add(Token(Kind.TEXT, first))
    for text in others:
        run.end_paragraph()
        run.add(Token(Kind.TEXT, text))


def _ends_with_break(paragraph: Sequence[Token]) -> bool:
    for token in reversed(paragraph):
        if token.kind is Kind.INLINE:
            return _BREAK.fullmatch(token.text) is not None
        if token.text.strip():
            return False
    return False


def _is_break_or_blank(token: Token) -> bool:
    return not token.text.strip() or _BREAK.fullmatch(token.text) is not None


def _stands_alone(paragraph: Sequence[Token]) -> bool:
    """Whether this is no paragraph: only comments, only scripts, or one shortcode."""
    shown = [token for token in paragraph if token.text.strip()]
    if all(token.is_hidden for token in shown):
        return True
    text = "".join(token.text for token in shown).strip()
    return _SHORTCODE.fullmatch(text) is not None


def _nested(paragraphs: Sequence[Sequence[Token]]) -> Iterator[str]:
    """The texts of the paragraphs; an inline element that reaches into the next one begins there anew."""
    still_open: list[Token] = []
    for paragraph in paragraphs:
        reopened = "".join(token.text for token in still_open)
        for token in paragraph:
            if token.kind is Kind.INLINE and token.is_opening and len(still_open) < _MOST_REOPENED:
                still_open.append(token)
            elif token.kind is Kind.INLINE and token.is_closing:
                _close(still_open, token.name)
        closed = "".join(f"</{token.name}>" for token in reversed(still_open))
        yield reopened + _lines(paragraph) + closed


def _close(still_open: list[Token], name: str) -> None:
    for index in range(len(still_open) - 1, -1, -1):
        if still_open[index].name == name:
            del still_open[index]
            return


def _lines(paragraph: Sequence[Token]) -> str:
    """The text of a paragraph, with a line break at the end of each line."""
    out: list[str] = []
    follows_break = False
    for position, token in enumerate(_trimmed(paragraph)):
        if token.kind is Kind.INLINE:
            out.append(token.text)
            follows_break = _BREAK.fullmatch(token.text) is not None
            continue
        lines = token.text.split("\n")
        for number, line in enumerate(lines):
            if number and not (number == 1 and follows_break and not lines[0].strip()):
                out.append("<br />\n" if position or number else "\n")
            elif number:
                out.append("\n")
            out.append(line.strip(" \t") if number else line.rstrip(" \t") if len(lines) > 1 else line)
        follows_break = follows_break and not token.text.strip()
    return "".join(out)


def _trimmed(paragraph: Sequence[Token]) -> Iterator[Token]:
    """The tokens without white space at either end."""
    first, last = 0, len(paragraph)
    while first < last and not paragraph[first].text.strip():
        first += 1
    while last > first and not paragraph[last - 1].text.strip():
        last -= 1
    for index in range(first, last):
        token = paragraph[index]
        if token.kind is Kind.TEXT:
            text = token.text.lstrip() if index == first else token.text
            yield Token(Kind.TEXT, text.rstrip() if index == last - 1 else text)
        else:
            yield token
