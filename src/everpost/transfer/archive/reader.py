"""Reading an archive, as often as necessary. An archive is a source of records, like a store."""

import shutil
import sys
import tempfile
import zlib
from array import array
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Counts, Record
from everpost.errors import BrokenFile, Invalid
from everpost.stores.port import Snapshot
from everpost.transfer.archive.compression import decompressing
from everpost.transfer.archive.format import MAX_LINE, Header, read_header
from everpost.transfer.archive.media_lines import is_media_line
from everpost.transfer.copy.record_json import Row, read_row

PIPE = "-"
_BATCH_ROWS = 500
_BATCH_BYTES = 4 * 1024 * 1024


class Archive:
    """An archive in a seekable file. Its methods raise BrokenFile, which names the line."""

    def __init__(self, file: BinaryIO, name: str, kinds: Kinds) -> None:
        self._file = file
        self.name = name
        self.kinds = kinds
        self._checksums = array("I")
        """Of the lines of the records that were checked."""

    def accept(self, line: bytes) -> None:
        """Remember the line of the next record, which was checked, so that no other is imported."""
        self._checksums.append(zlib.crc32(line))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """The archive itself, because it does not change."""
        yield self

    async def count(self) -> Counts:
        """The number of records of each kind, according to the first line."""
        with closing(self.lines()) as lines:
            counts = self.read_header(next(lines, b"\n")).counts
        return {kind.name: counts.get(kind.name, 0) for kind in self.kinds}

    async def fingerprint(self) -> str:
        """Always the same, because an archive does not change."""
        return ""

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """The records between the first line and the last."""
        async for rows in self.rows():
            yield [row.record for row in rows]

    async def rows(self) -> AsyncIterator[Sequence[Row]]:
        """The records with their lines, once `checker.check` has accepted the archive."""
        batch: list[Row] = []
        size = 0
        for row in self._rows():
            batch.append(row)
            size += len(row.line)
            if len(batch) >= _BATCH_ROWS or size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        yield batch

    def lines(self) -> Generator[bytes]:
        """Every line, with its newline."""
        number = 0
        try:
            with decompressing(self._file, self.name) as content:
                while line := content.readline(MAX_LINE + 1):
                    number += 1
                    self._require_whole(line, number)
                    yield line
        except BrokenFile as error:
            if error.place:
                raise
            raise BrokenFile(self.name, f"after line {number:,}", error.reason) from error
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            raise BrokenFile(self.name, f"after line {number:,}", reason) from error

    def read_header(self, line: bytes) -> Header:
        """The content of the first line."""
        try:
            return read_header(line, self.kinds)
        except Invalid as error:
            raise self.broken(1, error.message) from None

    def broken(self, number: int, reason: str) -> BrokenFile:
        """An error about a line."""
        return BrokenFile(self.name, f"line {number:,}", reason)

    def _rows(self) -> Iterator[Row]:
        """The rows. A line is held back, because neither the last one nor those with bytes are records."""
        earlier = b""
        with closing(self.lines()) as lines:
            for number, line in enumerate(lines, 1):
                if number > 2:
                    yield self._read_row(earlier, number - 1)
                if is_media_line(line):
                    break
                earlier = line

    def _read_row(self, line: bytes, number: int) -> Row:
        known = self._checksums[number - 2 : number - 1]
        if not known or known[0] != zlib.crc32(line):
            raise self.broken(number, "was changed while the archive was being imported")
        return read_row(line, self.kinds)

    def _require_whole(self, line: bytes, number: int) -> None:
        if len(line) > MAX_LINE:
            raise self.broken(number, f"is longer than {MAX_LINE:,} bytes")
        if not line.endswith(b"\n"):
            raise self.broken(number, "is truncated: the file was cut off")


@contextmanager
def open_archive(path: str, kinds: Kinds = KINDS) -> Iterator[Archive]:
    """Open the archive at a path; `-` is the standard input. A file that is not seekable is first copied to a
    temporary file. Raises BrokenFile if it cannot be read.
    """
    name = "standard input" if path == PIPE else path
    with ExitStack() as open_:
        try:
            file = sys.stdin.buffer if path == PIPE else open_.enter_context(Path(path).open("rb"))
            if not file.seekable():
                file = open_.enter_context(_copied(file))
        except OSError as error:
            raise BrokenFile(name, "", f"cannot be read: {error.strerror or error}") from error
        yield Archive(file, name, kinds)


@contextmanager
def _copied(file: BinaryIO) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as spool:
        shutil.copyfileobj(file, spool)
        yield cast("BinaryIO", spool)
