"""Large JSON files that are the tables of a database, read row by row."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

import ijson
from ijson.common import ObjectBuilder

from everpost.errors import BrokenFile

Row = dict[str, object]

MOST_LEVELS = 100
MOST_NAMES = 1_000
"""At the root."""
MOST_VALUES = 1_000_000
"""In one row."""
_CHUNK = 64 * 1024
_READ_WHOLE = 64 * 1024 * 1024
"""Bytes of a broken file that is read again to find the line."""
_MARK = b"\xef\xbb\xbf"
_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_EMPTY: Row = {"start_map": {}, "start_array": []}


class JsonFile:
    """A JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, places: Collection[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Each object in the file at one of these places, and there: the names above it, `item` for one of
        a list and `*` in `places` for any name. What is above an object that is given is not looked into
        otherwise. BrokenFile.
        """
        try:
            with self._opened() as file:
                yield from self._walk(file, places)
        except OSError as error:
            raise BrokenFile(self._path.name, "", error.strerror or "cannot be read") from error

    def _opened(self) -> IO[bytes]:
        """The file, behind a mark of its encoding."""
        file = self._path.open("rb")
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        return file

    def root(self) -> Row:
        """The object that the file is, with what is inside of its lists and objects left out; empty where
        it is something else. BrokenFile.
        """
        found: Row = {}
        name, depth = "", 0
        try:
            with self._opened() as file:
                for event, value in self._events(file):
                    if event in _ENDS:
                        depth -= 1
                    elif depth == 1 and event == "map_key":
                        name = value
                    elif depth == 1 and len(found) < MOST_NAMES:
                        found[name] = _EMPTY.get(event, value)
                    if event in _STARTS:
                        depth += 1
                    if depth > MOST_LEVELS:
                        raise self._broken(file, "it is nested too deeply")
        except OSError as error:
            raise BrokenFile(self._path.name, "", error.strerror or "cannot be read") from error
        return found

    def _walk(
        self, file: IO[bytes], places: Collection[tuple[str, ...]]
    ) -> Iterator[tuple[tuple[str, ...], Row]]:
        above: list[str] = []
        builder: ObjectBuilder | None = None
        top = values = 0
        for event, value in self._events(file):
            if event in _STARTS:
                if builder is None and event == "start_map" and _is_one_of(above, places):
                    builder, top, values = ObjectBuilder(), len(above), 0
                above.append("item")
                if len(above) > MOST_LEVELS:
                    raise self._broken(file, "it is nested too deeply")
            elif event in _ENDS:
                above.pop()
            elif event == "map_key":
                above[-1] = value
            if builder is None:
                continue
            builder.event(event, value)
            values += 1
            if values > MOST_VALUES:
                raise self._broken(file, "a row has no end")
            if len(above) == top:
                yield tuple(above), builder.value
                builder = None

    def _events(self, file: IO[bytes]) -> "Iterator[tuple[str, str]]":
        try:
            yield from ijson.basic_parse(file, buf_size=_CHUNK, use_float=True)
        except (ijson.JSONError, ValueError, OverflowError) as error:
            raise self._broken(file, "it is not JSON, or not whole") from error

    def _broken(self, file: IO[bytes], reason: str) -> BrokenFile:
        end = file.tell()
        if self._path.stat().st_size <= _READ_WHOLE:
            try:
                json.loads(self._path.read_bytes())
            except json.JSONDecodeError as error:
                return BrokenFile(self._path.name, f"line {error.lineno}, column {error.colno}", error.msg)
            except (UnicodeDecodeError, RecursionError):
                pass
        return BrokenFile(self._path.name, f"before byte {end:,}", reason)


def _is_one_of(above: list[str], places: Collection[tuple[str, ...]]) -> bool:
    return any(
        len(above) == len(place) and all(name in (each, "*") for each, name in zip(above, place, strict=True))
        for place in places
    )
