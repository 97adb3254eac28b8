"""Large XML files by strangers, read one element after another so that they do no harm.

A document type is refused: without one there are no entities to expand, and nothing outside to fetch.
What is in memory at once has bounds of bytes, elements and depth, so libxml2's own, of ten million
characters in one text, can be lifted (`huge_tree`).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from everpost.errors import BrokenFile

MOST_BYTES = 256 * 1024 * 1024
"""In one of the elements that are read, or between two."""
MOST_ELEMENTS = 2_000_000
MOST_LEVELS = 100
_LONGEST_REASON = 200
_NEWLINE = b"\n"
_CHUNK = 256 * 1024
_LONGEST_PROLOG = 1024 * 1024
_LONGEST_HELD = 16 * 1024 * 1024
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_STRAY_END = re.compile(rb"\]\]>(?=(?:[^<\]]|\](?!\]>))*\]\]>)")
"""The end of a CDATA section with another one after it before any markup: that one is the real one."""


class XmlFile:
    """An XML file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.controls = 0
        """How many control characters were left out because XML has none."""
        self._blank_lines = 0
        """At the start, where they were left out."""

    def elements(self, level: int) -> Iterator[etree._Element]:
        """Each element with so many others around it, once it is complete; it is of use until the next
        one is asked for. BrokenFile.
        """
        parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities="internal",  # there are none: so one that is named is an error at its place
            no_network=True,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        self.controls = held = 0
        walk = _Walk(self._path.name, level)
        try:
            for chunk in self._chunks():
                held += len(chunk)
                if held > MOST_BYTES:
                    raise self._broken("", f"more than {MOST_BYTES:,} bytes belong together")
                parser.feed(chunk)
                for element in walk.ended(parser):
                    held = 0
                    yield element
            parser.close()
            yield from walk.ended(parser)
        except etree.XMLSyntaxError as error:
            line = f"line {(error.lineno or 1) + self._blank_lines}"
            raise self._broken(line, _sentence(error)) from error

    def _chunks(self) -> Iterator[bytes]:
        """The file, repaired where programs are known to break it, and where it is sound as it is."""
        try:
            with self._path.open("rb") as file:
                held = self._prolog(file.read(_LONGEST_PROLOG))
                while chunk := file.read(_CHUNK):
                    held += self._without_controls(chunk)
                    end = held.rfind(b"<")
                    if end > 0 or len(held) > _LONGEST_HELD:
                        end = end if end > 0 else len(held)
                        yield _with_one_end(held[:end])
                        held = held[end:]
                yield _with_one_end(held)
        except OSError as error:
            raise self._broken("", error.strerror or "cannot be read") from error

    def _prolog(self, start: bytes) -> bytes:
        """The start of the file, where nothing but an element comes first."""
        prolog = _PROLOG.match(start)
        end = prolog.end() if prolog else 0
        line = f"line {start.count(_NEWLINE, 0, end) + 1}"
        if start[end : end + 2] == b"<!":
            raise self._broken(line, "it has a document type, which such files do not have")
        if start[end : end + 1] != b"<":
            raise self._broken(line, "it is not XML in UTF-8 or a like encoding")
        sound = start.lstrip()  # Plugins print empty lines before the export, where XML must not have any.
        self._blank_lines = start.count(_NEWLINE, 0, len(start) - len(sound))
        return self._without_controls(sound)

    def _without_controls(self, chunk: bytes) -> bytes:
        kept = chunk.translate(None, _CONTROLS)
        self.controls += len(chunk) - len(kept)
        return kept

    def _broken(self, place: str, reason: str) -> BrokenFile:
        return BrokenFile(self._path.name, place, reason)


class _Walk:
    """A way through a document that leaves nothing behind."""

    def __init__(self, name: str, level: int) -> None:
        self._name = name
        self._level = level
        self._depth = 0
        self._elements = 0

    def ended(self, parser: "etree.XMLPullParser[etree._Element]") -> Iterator[etree._Element]:
        """The elements of the level that have ended since the last call."""
        for event, element in parser.read_events():
            if event == "start":
                self._depth += 1
                self._elements += 1
                if self._depth > MOST_LEVELS or self._elements > MOST_ELEMENTS:
                    raise BrokenFile(
                        self._name, f"line {element.sourceline}", "it is nested too deeply, or endlessly"
                    )
                continue
            self._depth -= 1
            if self._depth == self._level:
                yield element
                self._elements = 0
                _forget(element)


def _forget(element: etree._Element) -> None:
    """Free the element, and what came before it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _with_one_end(text: bytes) -> bytes:
    """The text with each CDATA section ending once: old versions of WordPress did not mask what looks
    like an end inside. What was sound stays as it is.
    """
    return _STRAY_END.sub(b"]]]]><![CDATA[>", text)


def _sentence(error: etree.XMLSyntaxError) -> str:
    """libxml2's reason, without the place, and without what stands there."""
    reason = (error.msg or "it is not XML").partition("\n")[0]
    return re.sub(r",? line \d+.*", "", reason)[:_LONGEST_REASON].strip()
