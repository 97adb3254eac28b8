"""Repair known defects of XML files before the parser reads them.

Well-formed XML is unchanged. The cost is linear in the size, whatever the content.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from html.entities import html5

from everpost.transfer.importers.formats.windows_1252 import FROM_WINDOWS

UNDECLARED = "undeclared:"
"""Prepended to a prefix that a file does not declare, this forms its namespace."""
MOST_PREFIXES = 1_000
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_NO_CHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_SURROGATES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+")
_START, _END = b"<![CDATA[", b"]]>"
_REFERENCE = re.compile(rb"&(?:(#(?:[0-9]{1,10}|[xX][0-9a-fA-F]{1,8}));|([a-zA-Z][a-zA-Z0-9]{0,40});)?")
_COMMENT, _COMMENT_END = b"<!--", b"-->"
_LESS_THAN = re.compile(rb"<(?=[^a-zA-Z_:/!?\x80-\xff]|!(?!--))")
_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_SUSPICIOUS = re.compile(rb"&|]]>|<[^a-zA-Z_:/?\x80-\xff]|<$")
_OF_XML = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_MOST_SKIPPED = 20
"""Known prefixes that the search skips, which is faster than finding them again."""
_PREFIX_OF_TAG = re.compile(rb"<([a-zA-Z_][\w.-]{0,99}):")
_ATTRIBUTE = re.compile(rb""":[\w.-]{1,99}+\s{0,9}+=\s{0,9}["']""")
_PREFIX_OF_ATTRIBUTE = re.compile(rb"\s([a-zA-Z_][\w.-]{0,99})$")
_ROOT = re.compile(rb"""<[a-zA-Z_][\w.:-]*((?:[^"'>]|"[^"]*"|'[^']*')*)>""")
_DECLARED = re.compile(rb"xmlns:([\w.-]+)\s*=")
_BUILT_IN = frozenset({b"xml", b"xmlns"})


class DocumentTypeError(Exception):
    """The document has a document type, which must not reach a parser."""


class Repairs:
    """Repairs one document, piece by piece in order. Each piece but the first begins with a `<`."""

    def __init__(self, counts: Counter[str], *, is_utf8: bool) -> None:
        self._counts = counts
        self._is_utf8 = is_utf8
        self._in_section = False

    def repaired(self, piece: bytes) -> bytes:
        """The repaired piece. Raises DocumentTypeError."""
        piece = self._without(piece.translate(None, _CONTROLS), len(piece))
        if self._is_utf8 and not piece.isascii():
            piece = self._in_utf8(piece)
        sections = _sections_in(piece, in_section=self._in_section)
        if sections is None:
            return b"".join(self._parts(piece))
        self._in_section = sections is _Sections.OPEN
        return piece

    def _without(self, kept: bytes, length: int) -> bytes:
        self._counts["controls"] += length - len(kept)
        return kept

    def _in_utf8(self, piece: bytes) -> bytes:
        """The piece as UTF-8. Other bytes are most likely pasted text in Windows-1252."""
        length = len(piece)
        piece = _SURROGATES.sub(_paired, _NO_CHARACTERS.sub(b"", piece))
        try:
            piece.decode()
        except UnicodeDecodeError:
            self._counts["bytes"] += len(piece) - len(piece.decode(errors="ignore").encode())
            return piece.decode(errors=FROM_WINDOWS).encode()
        return self._without(piece, max(length, len(piece)))

    def _parts(self, piece: bytes) -> Iterator[bytes]:
        """The CDATA sections and the text between them. Old versions of WordPress did not escape `]]>` in a
        section: if another follows before any markup, the section ends at the last one.
        """
        position, length, markup = 0, len(piece), -1
        while position < length:
            if not self._in_section:
                start = piece.find(_START, position)
                self._in_section = start >= 0
                end = start + len(_START) if self._in_section else length
                yield self._outside(piece[position : start if self._in_section else length])
                yield _START if self._in_section else b""
                position = end
                continue
            end = piece.find(_END, position)
            if end < 0:
                yield piece[position:]
                return
            after = end + len(_END)
            if markup < after:
                markup = piece.find(b"<", after)
                markup = length if markup < 0 else markup
            if piece.find(_END, after, markup) >= 0:
                yield piece[position:end] + b"]]]]><![CDATA[>"
            else:
                yield piece[position:after]
                self._in_section = False
            position = after

    def _outside(self, text: bytes) -> bytes:
        """The text between sections, with emptied comments: programs write text in them that XML forbids."""
        parts: list[bytes] = []
        position = 0
        while (start := text.find(_COMMENT, position)) >= 0:
            end = text.find(_COMMENT_END, start + len(_COMMENT))
            if end < 0:
                break
            lines = b"\n" * text.count(b"\n", start, end)
            parts += [self._escaped(text[position:start]), _COMMENT, lines, _COMMENT_END]
            position = end + len(_COMMENT_END)
        return b"".join([*parts, self._escaped(text[position:])])

    def _escaped(self, text: bytes) -> bytes:
        """Tags and text, with reserved characters escaped in text. Raises DocumentTypeError."""
        if _DOCUMENT_TYPE.search(text):
            raise DocumentTypeError
        if _END in text:
            self._counts["reserved"] += text.count(_END)
            text = text.replace(_END, b"]]&gt;")
        text, number = _LESS_THAN.subn(b"&lt;", text)
        self._counts["reserved"] += number
        return _REFERENCE.sub(self._reference, text) if b"&" in text else text

    def _reference(self, found: re.Match[bytes]) -> bytes:
        """The reference in a form that XML defines, or escaped."""
        number, name = found[1], found[2]
        if number:
            code = int(b"0" + number[1:], 16) if number[1:2] in b"xX" else int(number[1:])
            if _is_character(code):
                return b"&#%d;" % code
            self._counts["controls"] += 1
            return b""
        if name in _OF_XML:
            return found[0]
        characters = html5.get(f"{name.decode()};") if name else None
        if characters is None:
            self._counts["reserved"] += 1
            return b"&amp;" + found[0][1:]
        self._counts["entities"] += 1
        return b"".join(b"&#%d;" % ord(character) for character in characters)


def prefixes_in(chunks: Iterable[bytes]) -> set[bytes]:
    """The prefixes of tags and attributes, about a thousand at most. Some may be false positives."""
    prefixes: set[bytes] = set()
    held = b""
    tags = _PREFIX_OF_TAG
    for chunk in chunks:
        piece = held + chunk
        if new := {*tags.findall(piece)} - prefixes:
            prefixes |= new
            known = b"|".join(map(re.escape, sorted(prefixes)[:_MOST_SKIPPED]))
            tags = re.compile(rb"<(?!(?:%b):)([a-zA-Z_][\w.-]{0,99}):" % known)
        for colon in _ATTRIBUTE.finditer(piece):
            if found := _PREFIX_OF_ATTRIBUTE.search(piece[max(0, colon.start() - 101) : colon.start()]):
                prefixes.add(found[1])
        if len(prefixes) > MOST_PREFIXES:
            break
        held = piece[-300:]
    return prefixes - _BUILT_IN


def with_prefixes(start: bytes, prefixes: set[bytes]) -> bytes:
    """The start of the document, whose root element also declares the missing prefixes."""
    root = _ROOT.match(start)
    if root is None:
        return start
    missing = sorted(prefixes - set(_DECLARED.findall(root[1])))[:MOST_PREFIXES]
    declared = b"".join(b' xmlns:%b="%b%b"' % (each, UNDECLARED.encode(), each) for each in missing)
    at = root.start(1)
    return start[:at] + declared + start[at:]


class _Sections(Enum):
    """Whether a CDATA section is open at the end of a piece."""

    CLOSED = auto()
    OPEN = auto()


def _sections_in(piece: bytes, *, in_section: bool) -> _Sections | None:
    """The state at the end of the piece if a quick check shows that it needs no repair, or else None."""
    parts = piece.split(_START)
    between = [] if in_section else [parts.pop(0)]
    is_open = in_section
    for number, part in enumerate(parts, 1):
        _, end, outside = part.partition(_END)
        is_open = not end
        if not is_open:
            between.append(outside)
        elif number < len(parts):
            return None
    if _SUSPICIOUS.search(b" ".join(between)):
        return None
    return _Sections.OPEN if is_open else _Sections.CLOSED


def _is_character(code: int) -> bool:
    """Whether XML allows the character."""
    return (
        code in {0x9, 0xA, 0xD}
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def _paired(found: re.Match[bytes]) -> bytes:
    """Surrogate pairs as the characters they encode, without unpaired surrogates."""
    halves = found[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "ignore").encode()
