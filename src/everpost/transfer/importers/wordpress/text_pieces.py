"""The text between the tags of blocks: its parts, and the pieces that may become paragraphs."""

import re
from collections.abc import Iterator
from enum import Enum, auto
from itertools import groupby
from operator import itemgetter

BLANKS = " \t\n\r\f\v"
"""White space in HTML. Other white space is text: Chinese paragraphs begin with it."""
_GAP = re.compile(f"\n[ \t\r\f\v]*+\n[{BLANKS}]*+")


class Kind(Enum):
    TEXT = auto()
    BREAK = auto()
    SOLID = auto()
    OTHER = auto()
    """Invisible parts: tags of inline elements, comments, scripts."""


Part = tuple[Kind, str]


def pieces_of(inline: list[Part]) -> tuple[list[list[Part]], bool]:
    """The parts, split at empty lines (which end the piece before them) and at two breaks in a row; and
    whether they were split.
    """
    pieces: list[list[Part]] = [[]]
    for kind, text in _joined(inline):
        if kind is Kind.BREAK and _ends_in_break(pieces[-1]):
            while pieces[-1].pop()[0] is not Kind.BREAK:
                pass
            pieces[-1].append((Kind.TEXT, "\n\n"))
            pieces.append([])
        elif kind is Kind.BREAK and _ends_in_line_end(pieces[-1]):
            pieces[-1].append((Kind.TEXT, pieces[-1].pop()[1].rstrip(BLANKS) + "\n\n"))
            pieces.append([])
        elif kind is Kind.TEXT:
            for part, ends in _split(text):
                pieces[-1].append((kind, part))
                if ends:
                    pieces.append([])
        else:
            pieces[-1].append((kind, text))
    return pieces, len(pieces) > 1


def _joined(inline: list[Part]) -> Iterator[Part]:
    """The parts, with texts that follow each other as one."""
    for kind, parts in groupby(inline, key=itemgetter(0)):
        if kind is Kind.TEXT:
            yield kind, "".join(text for _, text in parts)
        else:
            yield from parts


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """The text split at empty lines, and whether an empty line ends each part."""
    start = 0
    for gap in _GAP.finditer(text):
        yield text[start : gap.end()], True
        start = gap.end()
    if start < len(text):
        yield text[start:], False


def _ends_in_break(piece: list[Part]) -> bool:
    for kind, text in reversed(piece):
        if kind is not Kind.TEXT or text.strip(BLANKS):
            return kind is Kind.BREAK
    return False


def _ends_in_line_end(piece: list[Part]) -> bool:
    """Whether the piece ends with a line end that is not at its beginning."""
    if not piece or piece[-1][0] is not Kind.TEXT:
        return False
    text = piece[-1][1]
    stripped = text.rstrip(BLANKS)
    return "\n" in text[len(stripped) :] and (stripped != "" or len(piece) > 1)


def stripped_piece(piece: list[Part]) -> tuple[str, list[Part], str]:
    """The leading white space of a piece, its content, and its trailing white space."""
    if len(piece) == 1 and piece[0][0] is Kind.TEXT:
        return _stripped_text(piece[0][1])
    start, end = 0, len(piece)
    while start < end and piece[start][0] is Kind.TEXT and not piece[start][1].strip(BLANKS):
        start += 1
    while end > start and piece[end - 1][0] is Kind.TEXT and not piece[end - 1][1].strip(BLANKS):
        end -= 1
    before, after = ("".join([text for _, text in part]) for part in (piece[:start], piece[end:]))
    parts = piece[start:end]
    if parts and parts[0][0] is Kind.TEXT:
        stripped = parts[0][1].lstrip(BLANKS)
        before += parts[0][1][: len(parts[0][1]) - len(stripped)]
        parts[0] = (Kind.TEXT, stripped)
    if parts and parts[-1][0] is Kind.TEXT:
        stripped = parts[-1][1].rstrip(BLANKS)
        after = parts[-1][1][len(stripped) :] + after
        parts[-1] = (Kind.TEXT, stripped)
    return before, parts, after


def _stripped_text(text: str) -> tuple[str, list[Part], str]:
    start = text.lstrip(BLANKS)
    stripped = start.rstrip(BLANKS)
    parts = [(Kind.TEXT, stripped)] if stripped else []
    return text[: len(text) - len(start)], parts, start[len(stripped) :]


def with_breaks(parts: list[Part]) -> Iterator[str]:
    """The texts of a piece, with a break at each line end that has none."""
    is_broken = True
    for kind, text in parts:
        if kind is not Kind.TEXT:
            yield text
            is_broken = kind is Kind.BREAK
            continue
        first, *others = text.split("\n")
        is_broken = is_broken and not first.strip(BLANKS)
        written = first
        for line in others:
            written = written + "\n" if is_broken else written.rstrip(" \t") + "<br />\n"
            yield written
            written, is_broken = line, False
        yield written


def is_shown(parts: list[Part]) -> bool:
    return any(kind is Kind.SOLID or (kind is Kind.TEXT and text.strip(BLANKS)) for kind, text in parts)
