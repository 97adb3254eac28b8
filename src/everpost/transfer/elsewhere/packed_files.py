"""Compressed exports: gzip (`.xml.gz`) and zip archives.

No path from an archive is used, and unpacking stops at a multiple of the compressed size.
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
MOST_RATIO = 200
"""How much larger a file may be than it is packed. Text is packed to a tenth; bombs to a thousandth."""
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
            return [Document(self._path.name, lambda: _limited(self._path, gzip.open(self._path)))]
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
        left = _Allowance(self._path)
        return [Document(name, lambda name=name: self._open(name, left)) for name in wanted]  # type: ignore[misc]  # mypy#4226

    def _is_wanted(self, name: str) -> bool:
        return name.lower().endswith(self._suffix) and not _is_metadata(name)

    def _open(self, name: str, left: "_Allowance") -> IO[bytes]:
        try:
            return _limited(self._path, zipfile.ZipFile(self._path).open(name), left)
        except (*_BROKEN, NotImplementedError) as error:
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
    """How many bytes may still be unpacked from a file."""

    def __init__(self, path: Path) -> None:
        self.left = min(MOST_UNPACKED, max(ALWAYS_UNPACKED, MOST_RATIO * path.stat().st_size))


class _Limited(io.RawIOBase):
    """Reads what is packed, and not more than is allowed."""

    def __init__(self, path: Path, source: _Source, allowance: _Allowance) -> None:
        super().__init__()
        self._path = path
        self._source = source
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        try:
            chunk = self._source.read(len(buffer))
        except (*_BROKEN, OSError) as error:
            raise BrokenFile(self._path.name, "", f"it cannot be unpacked completely: {error}") from error
        self._allowance.left -= len(chunk)
        if self._allowance.left < 0:
            raise BrokenFile(self._path.name, "", "unpacked, it is much larger than its size allows")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._source.close()
        super().close()


def _limited(path: Path, source: _Source, allowance: _Allowance | None = None) -> IO[bytes]:
    return io.BufferedReader(_Limited(path, source, allowance or _Allowance(path)), _CHUNK)


def _is_metadata(name: str) -> bool:
    """Whether it is one of the files that macOS adds."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
