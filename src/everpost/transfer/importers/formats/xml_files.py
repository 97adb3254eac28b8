"""Stream large, untrusted XML files, one element at a time.

A document type is refused: without one there are no entities to expand, and no external resources to fetch.
Bytes, elements and depth in memory are bounded, so libxml2's own limit of ten million characters in one text
can be lifted (`huge_tree`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.compressed_files import CompressedFile, Document
from everpost.transfer.importers.formats.xml_edges import (
    end_of_prolog,
    split_after_root,
    start_of_xml,
    text_after_root,
    text_before_root,
)
from everpost.transfer.importers.formats.xml_repairs import (
    UNDECLARED,
    DocumentTypeError,
    Repairs,
    prefixes_in,
    with_prefixes,
)
from everpost.transfer.importers.model import Note, Outcome

MOST_BYTES = 256 * 1024 * 1024
"""Most bytes in one yielded element, or between two."""
MOST_ELEMENTS = 2_000_000
MOST_LEVELS = 100
_LONGEST_REASON = 200
_LONGEST_EXCERPT = 80
_NEWLINE = b"\n"
_CHUNK = 256 * 1024
_LONGEST_PROLOG = 1024 * 1024
_LONGEST_HELD = 16 * 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_ENCODING = re.compile(rb"""<\?xml[^>]{0,99}?encoding\s*=\s*["']([\w.-]+)["']""")
_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE(?!\s+html\b)", re.IGNORECASE)
_HAS_DOCUMENT_TYPE = "it has a document type, which such files do not have"
_REPAIRS = {
    "controls": (Outcome.DROPPED, "{:,} control characters, which XML does not allow, were left out"),
    "bytes": (Outcome.CHANGED, "{:,} bytes that are not UTF-8 were read as Windows-1252"),
    "reserved": (Outcome.CHANGED, "{:,} unescaped &, < and ]]> were read as text"),
    "entities": (Outcome.CHANGED, "{:,} HTML entities, which XML does not define, were replaced"),
}


_PREFIXES: dict[tuple[Path, str, int, int], set[bytes]] = {}
"""The prefixes in the latest document, by its file, name, size and time of change."""


class XmlFile:
    """An XML file, possibly compressed. The XML files of a zip archive are read one after another."""

    def __init__(self, path: Path, *, suffix: str = ".xml") -> None:
        """Only members of a zip archive with this suffix are read."""
        self._path = path
        self._suffix = suffix
        self.name = path.name
        """The name of the document that is being read."""
        self._counts: Counter[str] = Counter()
        self._notes: list[Note] = []
        self._skipped_lines = 0
        """Lines that were skipped at the start of the document."""

    def elements(self, level: int) -> Iterator[etree._Element]:
        """Each element at this depth, where the root is 0, once it is complete. It is freed when the next one
        is requested. Raises BrokenFile.
        """
        self._counts.clear()
        self._notes.clear()
        packing = CompressedFile(self._path, self._suffix)
        for document in packing.documents():
            self.name = document.name
            yield from self._elements(document, level)
        for name in packing.others:
            self._notes.append(_note(Outcome.DROPPED, "file", name, f"only {self._suffix} files are read"))

    def notes(self) -> Iterator[Note]:
        """Notes on repaired and skipped content, complete once all elements have been read."""
        for repair, (outcome, reason) in _REPAIRS.items():
            if self._counts[repair]:
                yield _note(outcome, "character", self._path.name, reason.format(self._counts[repair]))
        yield from self._notes

    def _elements(self, document: Document, level: int) -> Iterator[etree._Element]:
        parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities="internal",  # none are declared, so a reference is an error with its line
            no_network=True,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        held = 0
        walk = _Walk(document.name, level)
        rest: list[bytes] = []
        try:
            for part in self._parts(document):
                held += len(part)
                if held > MOST_BYTES:
                    raise BrokenFile(document.name, "", f"a single element exceeds {MOST_BYTES:,} bytes")
                if walk.is_over:
                    rest.append(part)
                    continue
                parser.feed(part)
                for element in walk.ended(parser):
                    held = 0
                    yield element
            parser.close()
            yield from walk.ended(parser)
        except etree.XMLSyntaxError as error:
            line = f"line {(error.lineno or 1) + self._skipped_lines}"
            raise BrokenFile(document.name, line, _sentence(error)) from error
        extra = text_after_root(b"".join(rest))
        if extra is None:
            raise BrokenFile(document.name, "", "it contains more of an export after the end")
        if extra.strip():
            self._skip(document.name, extra, "after")

    def _parts(self, document: Document) -> Iterator[bytes]:
        """The repaired document, in parts. Raises BrokenFile."""
        try:
            for piece in self._repaired(document):
                yield from split_after_root(piece)
        except DocumentTypeError as error:
            raise BrokenFile(document.name, "", _HAS_DOCUMENT_TYPE) from error
        except OSError as error:
            raise BrokenFile(document.name, "", error.strerror or "cannot be read") from error

    def _repaired(self, document: Document) -> Iterator[bytes]:
        """The document in pieces. Each but the first begins with a `<` if possible."""
        prefixes = self._prefixes_in(document)
        with document.open() as file:
            start = self._started(document.name, file.read(_LONGEST_PROLOG), prefixes)
            encoding = _ENCODING.match(start)
            is_utf8 = encoding is None or encoding[1].lower() in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
            repairs = Repairs(self._counts, is_utf8=is_utf8)
            held, chunk = [start], start
            while chunk:
                length = sum(map(len, held))
                tag = chunk.rfind(b"<")
                end = length - len(chunk) + tag if tag >= 0 else 0
                if end or length > _LONGEST_HELD:
                    end = end or _cut(chunk, length)
                    piece = b"".join(held)
                    yield repairs.repaired(piece[:end])
                    held = [piece[end:]]
                chunk = file.read(_CHUNK)
                held.append(chunk)
            yield repairs.repaired(b"".join(held))

    def _prefixes_in(self, document: Document) -> set[bytes]:
        """The prefixes in a document. Those of the latest are kept, because most files are read twice."""
        state = self._path.stat()
        key = (self._path, document.name, state.st_size, state.st_mtime_ns)
        if key not in _PREFIXES:
            with document.open() as file:
                prefixes = prefixes_in(iter(lambda: file.read(_CHUNK), b""))
            _PREFIXES.clear()
            _PREFIXES[key] = prefixes
        return _PREFIXES[key]

    def _started(self, name: str, start: bytes, prefixes: set[bytes]) -> bytes:
        """The start of the document, without stray text before the root element. Raises BrokenFile."""
        at = start_of_xml(start)
        root = end_of_prolog(start, at)
        extra = text_before_root(start, root)
        if _DOCUMENT_TYPE.search(start[:at] + extra):
            line = f"line {start.count(_NEWLINE, 0, at) + 1}"
            raise BrokenFile(name, line, _HAS_DOCUMENT_TYPE)
        for skipped, where in ((start[:at].removeprefix(_MARK), "before"), (extra, "at the start of")):
            if skipped:
                self._skip(name, skipped, where)
        self._skipped_lines = start.count(_NEWLINE, 0, at) + extra.count(_NEWLINE)
        line = f"line {start.count(_NEWLINE, 0, root) + 1}"
        prolog, rest = start[at:root], start[root + len(extra) :]
        if rest.startswith(b"<!"):
            raise BrokenFile(name, line, _HAS_DOCUMENT_TYPE)
        if not rest.startswith(b"<"):
            raise BrokenFile(name, line, "it is not XML in UTF-8 or a similar encoding")
        return prolog + with_prefixes(rest, prefixes)

    def _skip(self, name: str, extra: bytes, where: str) -> None:
        excerpt = " ".join(extra.decode(errors="replace").split())
        shown = repr(excerpt[:_LONGEST_EXCERPT]) if excerpt else "white space"
        reason = f"{len(extra):,} bytes {where} the XML were skipped: {shown}"
        self._notes.append(_note(Outcome.DROPPED, "text", name, reason))


class _Walk:
    """One pass over a document, which frees each element after use."""

    def __init__(self, name: str, level: int) -> None:
        self._name = name
        self._level = level
        self._depth = 0
        self._elements = 0
        self.is_over = False
        """Whether the root has ended."""

    def ended(self, parser: "etree.XMLPullParser[etree._Element]") -> Iterator[etree._Element]:
        """The elements at the level that have ended since the last call. Raises BrokenFile."""
        depth, elements, level = self._depth, self._elements, self._level
        for event, element in parser.read_events():
            if event == "start":
                depth += 1
                elements += 1
                if depth > MOST_LEVELS or elements > MOST_ELEMENTS:
                    raise BrokenFile(
                        self._name,
                        f"line {element.sourceline}",
                        "it is nested too deeply, or too large",
                    )
                continue
            depth -= 1
            self.is_over = not depth
            if depth == level:
                yield element
                elements = 0
                _forget(element)
        self._depth, self._elements = depth, elements


def prefix_of(namespace: str) -> str:
    """The prefix with its colon if the document does not declare it, or else an empty text."""
    return f"{namespace.removeprefix(UNDECLARED)}:" if namespace.startswith(UNDECLARED) else ""


def _forget(element: etree._Element) -> None:
    """Free the element and the elements before it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _cut(chunk: bytes, length: int) -> int:
    """Where to cut a text without markup that is too long to buffer, but never inside a character."""
    space = max(chunk.rfind(b" "), chunk.rfind(_NEWLINE))
    end = len(chunk) if space < 0 else space + 1
    while 0 < end < len(chunk) and chunk[end] & 0xC0 == 0x80:
        end -= 1
    return length - len(chunk) + end


def _sentence(error: etree.XMLSyntaxError) -> str:
    """libxml2's reason, without the line and the excerpt."""
    reason = (error.msg or "it is not XML").partition("\n")[0]
    return re.sub(r",? line \d+.*", "", reason)[:_LONGEST_REASON].strip()


def _note(outcome: Outcome, kind: str, name: str, reason: str) -> Note:
    return Note(outcome=outcome, kind=kind, name=name, reason=reason)
