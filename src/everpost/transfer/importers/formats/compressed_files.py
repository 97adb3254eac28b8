"""Compressed exports: gzip (`.xml.gz`) and zip archives.

No path from an archive is used, and unpacking stops at a multiple of what was read for it. The beginning is
unpacked once before anything else reads it: a decompression bomb costs no parser any time.
"""

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from everpost.errors import BrokenFile

MOST_UNPACKED = 16 * 1024**3
"""Bytes that a packed file may hold."""
ALWAYS_UNPACKED = 64 * 1024**2
"""Bytes that the smallest packed file may hold."""
MOST_RATIO = 50
"""How much larger than it is packed a file may be beyond that. Text is packed to a tenth; bombs to a
thousandth.
"""
_MOST_MEMBERS = 10_000
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_CHUNK = 256 * 1024
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
"""What Python's modules raise for broken files; RuntimeError for encrypted ones and unknown methods."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file, or one that is packed into another."""

    name: str
    open: Callable[[], IO[bytes]]
    """Opens it, unpacked. What it reads raises BrokenFile and OSError."""


class Packing:
    """What is in a file."""

    def __init__(self, path: Path, suffix: str) -> None:
        """`suffix` tells the wanted files of an archive from others. BrokenFile."""
        self._path = path
        self._suffix = suffix
        self.others: Sequence[str] = ()
        """The names of what is in the archive besides."""

    def documents(self) -> Sequence[Document]:
        """The file itself, unpacked where it is gzip; or the files in a zip archive, by name. BrokenFile."""
        try:
            with self._path.open("rb") as file:
                start = file.read(len(_ZIP))
        except OSError as error:
            raise BrokenFile(self._path.name, "", error.strerror or "cannot be read") from error
        if start == _ZIP:
            return self._members()
        if start.startswith(_GZIP):
            return self._sound([Document(self._path.name, self._open_gzip)])
        return [Document(self._path.name, lambda: self._path.open("rb"))]

    def document(self) -> Document:
        """The only document. BrokenFile."""
        documents = self.documents()
        if len(documents) > 1:
            names = ", ".join(document.name for document in documents[:5])
            raise BrokenFile(self._path.name, "", f"it holds more than one {self._suffix} file: {names}")
        return documents[0]

    def _members(self) -> Sequence[Document]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                names = [each.filename for each in archive.infolist() if not each.is_dir()]
        except (*_BROKEN, OSError) as error:
            raise BrokenFile(self._path.name, "", f"the zip archive is broken: {error}") from error
        if len(names) > _MOST_MEMBERS:
            raise BrokenFile(self._path.name, "", f"it holds more than {_MOST_MEMBERS:,} files")
        wanted = sorted(name for name in names if self._is_wanted(name))
        if not wanted:
            raise BrokenFile(self._path.name, "", f"there is no {self._suffix} file in it")
        self.others = [name for name in names if name not in set(wanted) and not _is_metadata(name)]
        self._sound(self._documents(wanted))
        return self._documents(wanted)

    def _documents(self, names: Sequence[str]) -> Sequence[Document]:
        """They share an allowance."""
        allowance = _Allowance()
        return [Document(name, lambda name=name: self._open(name, allowance)) for name in names]  # type: ignore[misc]  # mypy#4226

    def _sound(self, documents: Sequence[Document]) -> Sequence[Document]:
        """These, unless what is unpacked first is too much already for what was read. BrokenFile."""
        unpacked = 0
        for document in documents:
            with document.open() as file:
                while unpacked < 2 * ALWAYS_UNPACKED and (chunk := file.read(_CHUNK)):
                    unpacked += len(chunk)
        return documents

    def _is_wanted(self, name: str) -> bool:
        return name.lower().endswith(self._suffix) and not _is_metadata(name)

    def _open_gzip(self) -> IO[bytes]:
        packed = _Packed(io.FileIO(self._path))
        return _limited(packed, gzip.GzipFile(fileobj=packed), _Allowance())

    def _open(self, name: str, allowance: "_Allowance") -> IO[bytes]:
        packed = _Packed(io.FileIO(self._path))
        try:
            return _limited(packed, zipfile.ZipFile(packed).open(name), allowance)
        except (*_BROKEN, NotImplementedError) as error:
            packed.close()
            raise BrokenFile(self._path.name, name, f"it cannot be unpacked: {error}") from error


@contextmanager
def unpacked(path: Path, suffix: str) -> Iterator[Path]:
    """The path of a file, or of a temporary one with what is packed into it. BrokenFile, OSError."""
    document = Packing(path, suffix).document()
    with path.open("rb") as file:
        is_packed = file.read(len(_ZIP)).startswith((_GZIP, _ZIP))
    if not is_packed:
        yield path
        return
    with TemporaryDirectory(prefix="everpost-") as folder:
        target = Path(folder, "unpacked")
        with document.open() as source, target.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                copy.write(chunk)
        yield target


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Allowance:
    """How many bytes were read from a file, and unpacked from them."""

    def __init__(self) -> None:
        self.read = 0
        self.unpacked = 0

    @property
    def is_exceeded(self) -> bool:
        """Whether that is more than any file of people would be."""
        return self.unpacked > min(MOST_UNPACKED, ALWAYS_UNPACKED + MOST_RATIO * self.read)


class _Packed(io.BufferedReader):
    """A file that counts what is read from it."""

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__(raw)
        self.path = Path(str(raw.name))
        self.allowance = _Allowance()

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self.allowance.read += len(chunk)
        return chunk


class _Limited(io.RawIOBase):
    """Reads what is packed, and not more than is allowed."""

    def __init__(self, packed: _Packed, source: _Source) -> None:
        super().__init__()
        self._packed = packed
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        name, allowance = self._packed.path.name, self._packed.allowance
        try:
            chunk = self._source.read(len(buffer))
        except (*_BROKEN, OSError) as error:
            raise BrokenFile(name, "", f"it cannot be unpacked completely: {error}") from error
        allowance.unpacked += len(chunk)
        if allowance.is_exceeded:
            raise BrokenFile(name, "", "unpacked, it is much larger than its size allows")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._source.close()
        self._packed.close()
        super().close()


def _limited(packed: _Packed, source: _Source, allowance: _Allowance) -> IO[bytes]:
    """From here on: what was read to find the source in an archive does not count."""
    packed.allowance = allowance
    return io.BufferedReader(_Limited(packed, source), _CHUNK)


def _is_metadata(name: str) -> bool:
    """Whether it is one of the files that macOS adds."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
