"""Stream large JSON files that contain the tables of a database, row by row."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import ijson
from ijson.common import ObjectBuilder

from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.compressed_files import CompressedFile, Document

Row = dict[str, object]

MOST_LEVELS = 100
MOST_NAMES = 1_000
"""Most names at the root."""
MOST_VALUES = 1_000_000
"""Most values in one row."""
MOST_BYTES = 256 * 1024 * 1024
"""Most bytes in one row, or between two rows."""
_CHUNK = 64 * 1024
_READ_WHOLE = 64 * 1024 * 1024
"""Bytes of the largest broken file that is parsed again to find the line of the error."""
_MARK = b"\xef\xbb\xbf"
_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_EMPTY: Row = {"start_map": {}, "start_array": []}


class JsonFile:
    """A JSON file, possibly compressed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, places: Collection[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Each object at one of these paths, with its path: the names above it, and `item` for an item of a
        list. In `places`, `*` matches any name. Objects inside a yielded object are not yielded themselves.
        Raises BrokenFile.
        """
        with self._walk() as walk:
            yield from walk.rows(places)

    def root(self) -> Row:
        """The root object, with its lists and objects emptied; empty if the root is not an object. Raises
        BrokenFile.
        """
        with self._walk() as walk:
            return walk.root()

    @contextmanager
    def _walk(self) -> "Iterator[_Walk]":
        document = CompressedFile(self._path, ".json").document()
        try:
            with document.open() as file:
                yield _Walk(document, file)
        except OSError as error:
            raise BrokenFile(document.name, "", error.strerror or "cannot be read") from error


class _Walk:
    """One pass over a document."""

    def __init__(self, document: Document, file: IO[bytes]) -> None:
        self._document = document
        self._file = file
        self._bytes = 0
        self._row_start = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, for the parser."""
        chunk = self._file.read(size)
        if self._bytes == 0:
            chunk = chunk.removeprefix(_MARK) or chunk[:0]
        self._bytes += len(chunk)
        if self._bytes - self._row_start > MOST_BYTES:
            raise self._broken(f"a single record exceeds {MOST_BYTES:,} bytes")
        return chunk

    def rows(self, places: Collection[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Row]]:
        """The objects at these paths."""
        above: list[str] = []
        builder: ObjectBuilder | None = None
        top = values = 0
        for event, value in self._events():
            if event in _STARTS:
                if builder is None:
                    self._row_start = self._bytes
                    if event == "start_map" and _is_one_of(above, places):
                        builder, top, values = ObjectBuilder(), len(above), 0
                above.append("item")
                self._require(len(above) <= MOST_LEVELS, "it is nested too deeply")
            elif event in _ENDS:
                above.pop()
            elif event == "map_key":
                above[-1] = value
            if builder is not None:
                builder.event(event, value)
                values += 1
                self._require(values <= MOST_VALUES, "a row has too many values")
                if len(above) == top:
                    yield tuple(above), builder.value
                    builder = None

    def root(self) -> Row:
        """The root object, with its lists and objects emptied."""
        found: Row = {}
        name, depth = "", 0
        for event, value in self._events():
            if event in _ENDS:
                depth -= 1
            elif depth == 1 and event == "map_key":
                name = value
            elif depth == 1 and len(found) < MOST_NAMES:
                found[name] = _EMPTY.get(event, value)
            if event in _STARTS:
                self._row_start = self._bytes
                depth += 1
                self._require(depth <= MOST_LEVELS, "it is nested too deeply")
        return found

    def _events(self) -> "Iterator[tuple[str, str]]":
        try:
            yield from ijson.basic_parse(self, buf_size=_CHUNK, use_float=True)
        except (ijson.JSONError, ValueError, OverflowError) as error:
            is_large = "overflow" in str(error)
            reason = "a number in it is too large" if is_large else "it is not valid JSON, or is truncated"
            raise self._broken(reason) from error

    def _require(self, holds: bool, reason: str) -> None:
        if not holds:
            raise self._broken(reason)

    def _broken(self, reason: str) -> BrokenFile:
        with self._document.open() as file:
            start = file.read(_READ_WHOLE + 1)
        if len(start) <= _READ_WHOLE:
            try:
                json.loads(start)
            except json.JSONDecodeError as error:
                return BrokenFile(
                    self._document.name, f"line {error.lineno}, column {error.colno}", error.msg
                )
            except (ValueError, RecursionError):  # not UTF-8; too long a number
                pass
        return BrokenFile(self._document.name, f"before byte {self._bytes:,}", reason)


def _is_one_of(above: list[str], places: Collection[tuple[str, ...]]) -> bool:
    return any(
        len(above) == len(place) and all(name in (each, "*") for each, name in zip(above, place, strict=True))
        for place in places
    )
