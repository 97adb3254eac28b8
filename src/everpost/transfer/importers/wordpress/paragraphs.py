"""Paragraphs for text that separates them only by empty lines, as WordPress's classic editor stores it.

It follows https://developer.wordpress.org/reference/functions/wpautop/, which WordPress runs whenever it
displays a post, without its mistakes: elements are not torn apart. It is idempotent, and linear in the
length.
"""

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum, auto

from everpost.transfer.importers.formats.html_tokens import BLOCK_COMMENTS, HtmlToken, tokens_of

_WRAPPING = frozenset({"", "blockquote"})
"""Elements in which every text is a paragraph; the empty name is the post itself."""
_CELLS = frozenset({"li", "dd", "td", "th"})
"""Elements in which texts are paragraphs only if there are several."""
_LINES = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "caption",
        "legend",
        "summary",
        "figcaption",
        "figure",
        "address",
    ]
)
"""Elements with line breaks, but without paragraphs."""
_STRUCTURE = frozenset(
    ["table", "thead", "tbody", "tfoot", "tr", "colgroup", "ul", "ol", "dl", "menu", "map", "hgroup", "pre"]
)
"""Elements in which white space is not text."""
_FLOW = frozenset(
    [
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "nav",
        "main",
        "details",
        "fieldset",
        "form",
        "center",
    ]
)
_VOID = frozenset({"hr", "col", "area"})
_CONTAINERS = (_WRAPPING | _CELLS | _LINES | _STRUCTURE | _FLOW) - {""}
_BLOCKS = _CONTAINERS | _VOID | BLOCK_COMMENTS
_SOLID = frozenset(
    [
        "img",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "input",
        "svg",
        "math",
        "select",
        "textarea",
        "canvas",
    ]
)
"""Elements that are visible without any text."""
_BLANKS = " \t\n\r\f\v"
"""White space in HTML. Other white space is text: Chinese paragraphs begin with it."""
_GAP = re.compile(f"\n[ \t\r\f\v]*+\n[{_BLANKS}]*+")
_SHORTCODES = re.compile(r"(?:\[/?[a-z][\w-]*+(?:\s[^\[\]<>]*+)?\]\s*+)++")
_ENCLOSING = re.compile(r"\[([a-z][\w-]*+)(?:\s[^\[\]]*+)?\]")
_BLOCK_MARK = "<!-- wp:"


class _Kind(Enum):
    TEXT = auto()
    BREAK = auto()
    SOLID = auto()
    OTHER = auto()
    """Invisible parts: tags of inline elements, comments, scripts."""


_Part = tuple[_Kind, str]


def with_paragraphs(content: str) -> str:
    """The content with its paragraphs and line breaks marked up. Block editor posts stay as they are."""
    if _BLOCK_MARK in content:
        return content
    writer = _Writer()
    for token in tokens_of(content.replace("\r\n", "\n").replace("\r", "\n")):
        writer.write(token)
    return writer.text()


class _Writer:
    def __init__(self) -> None:
        self._written: list[str] = []
        self._inline: list[_Part] = []
        """The parts since the last tag of a block."""
        self._around: list[str] = [""]
        """The open blocks."""
        self._open: Counter[str] = Counter()
        """The number of open blocks with each name."""
        self._paragraph = ""
        """The start tag of the open paragraph, until its text is written."""

    def text(self) -> str:
        """Everything that was written."""
        self._flush_inline()
        self._end_paragraph()
        return "".join(self._written)

    def write(self, token: HtmlToken) -> None:
        """Write a token."""
        if token.name in _BLOCKS:
            self._write_block(token)
        elif token.name == "br":
            self._inline.append((_Kind.BREAK, token.text))
        elif token.name == "":
            self._inline.append((_Kind.TEXT, token.text))
        else:
            self._inline.append((_Kind.SOLID if token.name in _SOLID else _Kind.OTHER, token.text))

    def _write_block(self, token: HtmlToken) -> None:
        self._flush_inline()
        if token.name == "p" or not token.is_end:
            self._end_paragraph()
        if token.is_end and token.name != "p":
            self._pop(token.name)
        if token.name == "p" and not token.is_end:
            self._paragraph = token.text
            self._push("p")
        elif token.name != "p":
            self._written.append(token.text)
            if token.name in _CONTAINERS and not (token.is_end or token.is_whole):
                self._push(token.name)

    def _push(self, name: str) -> None:
        self._around.append(name)
        self._open[name] += 1

    def _pop(self, name: str) -> None:
        """Close a block and the blocks in it; do nothing if it is not open."""
        while self._open[name]:
            last = self._around[-1]
            if last == "p":
                self._end_paragraph()
                continue
            self._open[self._around.pop()] -= 1
            if last == name:
                return

    def _end_paragraph(self) -> None:
        if self._around[-1] != "p":
            return
        self._open[self._around.pop()] -= 1
        if self._paragraph not in {"", "<p>"}:
            self._written.append(self._paragraph + "</p>")
        self._paragraph = ""

    def _flush_inline(self) -> None:
        """Write the collected parts, in paragraphs where these belong."""
        inline, self._inline = self._inline, []
        if not inline:
            return
        container = self._around[-1]
        if container in _STRUCTURE:
            self._written += [text for _, text in inline]
            return
        pieces, has_gaps = _pieces(inline)
        several = sum(_is_shown(piece) for piece in pieces) > 1
        wraps = container in _WRAPPING or several or (has_gaps and container in _FLOW)
        for piece in pieces:
            self._write_piece(
                piece, container, wraps=wraps and container not in _LINES, is_only=len(pieces) == 1
            )

    def _write_piece(self, piece: list[_Part], container: str, *, wraps: bool, is_only: bool) -> None:
        before, parts, after = _stripped(piece)
        text = "".join(_with_breaks(parts))
        if container == "p" and parts:
            start, self._paragraph = self._paragraph, ""
            if start and is_only:
                self._written += [start, before, text, after, "</p>"]
            else:
                self._written += [before, start or "<p>", text, "</p>", after]
        elif wraps and _is_shown(parts) and not _is_shortcodes(text):
            self._written += [before, "<p>", text, "</p>", after]
        else:
            self._written += [before, text, after]


def _pieces(inline: list[_Part]) -> tuple[list[list[_Part]], bool]:
    """The parts, split at empty lines (which end the piece before them) and at two breaks in a row; and
    whether they were split.
    """
    pieces: list[list[_Part]] = [[]]
    for kind, text in inline:
        if kind is _Kind.BREAK and _ends_in_break(pieces[-1]):
            while pieces[-1].pop()[0] is not _Kind.BREAK:
                pass
            pieces[-1].append((_Kind.TEXT, "\n\n"))
            pieces.append([])
        elif kind is _Kind.TEXT:
            for part, ends in _split(text):
                pieces[-1].append((kind, part))
                if ends:
                    pieces.append([])
        else:
            pieces[-1].append((kind, text))
    return pieces, len(pieces) > 1


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """The text split at empty lines, and whether an empty line ends each part."""
    start = 0
    for gap in _GAP.finditer(text):
        yield text[start : gap.end()], True
        start = gap.end()
    if start < len(text):
        yield text[start:], False


def _ends_in_break(piece: list[_Part]) -> bool:
    for kind, text in reversed(piece):
        if kind is not _Kind.TEXT or text.strip(_BLANKS):
            return kind is _Kind.BREAK
    return False


def _stripped(piece: list[_Part]) -> tuple[str, list[_Part], str]:
    """The leading white space of a piece, its content, and its trailing white space."""
    if len(piece) == 1 and piece[0][0] is _Kind.TEXT:
        return _stripped_text(piece[0][1])
    start, end = 0, len(piece)
    while start < end and piece[start][0] is _Kind.TEXT and not piece[start][1].strip(_BLANKS):
        start += 1
    while end > start and piece[end - 1][0] is _Kind.TEXT and not piece[end - 1][1].strip(_BLANKS):
        end -= 1
    before, after = ("".join([text for _, text in part]) for part in (piece[:start], piece[end:]))
    parts = piece[start:end]
    if parts and parts[0][0] is _Kind.TEXT:
        stripped = parts[0][1].lstrip(_BLANKS)
        before += parts[0][1][: len(parts[0][1]) - len(stripped)]
        parts[0] = (_Kind.TEXT, stripped)
    if parts and parts[-1][0] is _Kind.TEXT:
        stripped = parts[-1][1].rstrip(_BLANKS)
        after = parts[-1][1][len(stripped) :] + after
        parts[-1] = (_Kind.TEXT, stripped)
    return before, parts, after


def _stripped_text(text: str) -> tuple[str, list[_Part], str]:
    start = text.lstrip(_BLANKS)
    stripped = start.rstrip(_BLANKS)
    parts = [(_Kind.TEXT, stripped)] if stripped else []
    return text[: len(text) - len(start)], parts, start[len(stripped) :]


def _with_breaks(parts: list[_Part]) -> Iterator[str]:
    """The texts of a piece, with a break at each line end that has none."""
    is_broken = True
    for kind, text in parts:
        if kind is not _Kind.TEXT:
            yield text
            is_broken = kind is _Kind.BREAK
            continue
        first, *others = text.split("\n")
        is_broken = is_broken and not first.strip(_BLANKS)
        written = first
        for line in others:
            written = written + "\n" if is_broken else written.rstrip(" \t") + "<br />\n"
            yield written
            written, is_broken = line, False
        yield written


def _is_shown(parts: list[_Part]) -> bool:
    return any(kind is _Kind.SOLID or (kind is _Kind.TEXT and text.strip(_BLANKS)) for kind, text in parts)


def _is_shortcodes(text: str) -> bool:
    """Whether a paragraph consists only of shortcodes: WordPress does not wrap these."""
    if _SHORTCODES.fullmatch(text):
        return True
    start = _ENCLOSING.match(text)
    return start is not None and text.endswith(f"[/{start[1]}]")
