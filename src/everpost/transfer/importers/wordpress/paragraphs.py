"""Paragraphs for text that separates them only by empty lines, as WordPress's classic editor stores it.

It follows https://developer.wordpress.org/reference/functions/wpautop/, which WordPress runs whenever it
displays a post, without its mistakes: elements are not torn apart. It is idempotent, and linear in the
length.
"""

import re
from collections import Counter

from everpost.transfer.importers.formats.html_tokens import BLOCK_COMMENTS, HtmlToken, tokens_of
from everpost.transfer.importers.wordpress.text_pieces import (
    BLANKS,
    Kind,
    Part,
    is_shown,
    pieces_of,
    stripped_piece,
    with_breaks,
)

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
_SHORTCODES = re.compile(r"(?:\[/?[a-z][\w-]*+(?:\s[^\[\]<>]*+)?\]\s*+)++")
_ENCLOSING = re.compile(r"\[([a-z][\w-]*+)(?:\s[^\[\]]*+)?\]")
_BLOCK_MARK = "<!-- wp:"


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
        self._inline: list[Part] = []
        """The parts since the last tag of a block."""
        self._around: list[str] = [""]
        """The open blocks."""
        self._open: Counter[str] = Counter()
        """The number of open blocks with each name."""
        self._paragraph = ""
        """The start tag of the open paragraph, until its text is written."""
        self._held: list[HtmlToken] = []
        """A `<p>` and the white space after it."""

    def text(self) -> str:
        """Everything that was written."""
        self._write_held()
        self._flush_inline()
        self._end_paragraph()
        return "".join(self._written)

    def write(self, token: HtmlToken) -> None:
        """Write a token. A `<p>` is held until it is clear whether its paragraph is empty. An empty
        paragraph, and a `</p>` without a paragraph, are left out as if they had not been there.
        """
        is_blank = token.name == "" and not token.text.strip(BLANKS)
        if self._held and is_blank:
            self._held.append(token)
        elif token.name == "p" and token.is_end and not self._separates_paragraphs():
            self._inline += [(Kind.TEXT, each.text) for each in self._held[1:]]
            self._held = []
        else:
            self._write_held()
            if token.text == "<p>":
                self._held = [token]
            else:
                self._write(token)

    def _separates_paragraphs(self) -> bool:
        """Whether a tag of a paragraph ends a text here."""
        container = self._around[-1]
        return container == "p" or (container in _WRAPPING and is_shown(self._inline))

    def _write_held(self) -> None:
        held, self._held = self._held, []
        for each in held:
            self._write(each)

    def _write(self, token: HtmlToken) -> None:
        if token.name in _BLOCKS:
            self._write_block(token)
        elif token.name == "br":
            self._inline.append((Kind.BREAK, token.text))
        elif token.name == "":
            self._inline.append((Kind.TEXT, token.text))
        else:
            self._inline.append((Kind.SOLID if token.name in _SOLID else Kind.OTHER, token.text))

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
        pieces, has_gaps = pieces_of(inline)
        several = sum(is_shown(piece) for piece in pieces) > 1
        wraps = container in _WRAPPING or several or (has_gaps and container in _FLOW)
        for piece in pieces:
            self._write_piece(
                piece, container, wraps=wraps and container not in _LINES, is_only=len(pieces) == 1
            )

    def _write_piece(self, piece: list[Part], container: str, *, wraps: bool, is_only: bool) -> None:
        before, parts, after = stripped_piece(piece)
        text = "".join(with_breaks(parts))
        if container == "p" and parts:
            start, self._paragraph = self._paragraph, ""
            if start and is_only:
                self._written += [start, before, text, after, "</p>"]
            else:
                self._written += [before, start or "<p>", text, "</p>", after]
        elif wraps and is_shown(parts) and not _is_shortcodes(text):
            self._written += [before, "<p>", text, "</p>", after]
        else:
            self._written += [before, text, after]


def _is_shortcodes(text: str) -> bool:
    """Whether a paragraph consists only of shortcodes: WordPress does not wrap these."""
    if _SHORTCODES.fullmatch(text):
        return True
    start = _ENCLOSING.match(text)
    return start is not None and text.endswith(f"[/{start[1]}]")
