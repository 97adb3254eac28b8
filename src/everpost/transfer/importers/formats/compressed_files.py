"""Compressed exports: gzip (`.xml.gz`) and zip archives.

Paths inside an archive are never used as paths on disk. Decompression stops when the output exceeds a
multiple of the input. The beginning is decompressed once before any parser sees it, so that a decompression
bomb is refused early.
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
"""The most bytes that a compressed file may expand to."""
ALWAYS_UNPACKED = 64 * 1024**2
"""Bytes that any compressed file may expand to, however small it is."""
MOST_RATIO = 50
"""Bytes that a file may expand to beyond that, for each compressed byte. Text compresses to a tenth, bombs to
a thousandth.
"""
_MOST_MEMBERS = 10_000
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_CHUNK = 256 * 1024
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
"""Exceptions of Python's modules for broken files; RuntimeError is for encryption and unknown methods."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file, or a member of an archive."""

    name: str
    open: Callable[[], IO[bytes]]
    """Opens the decompressed content. Reading from it raises BrokenFile and OSError."""


class CompressedFile:
    """A file that may be compressed, or an archive of several."""

    def __init__(self, path: Path, suffix: str) -> None:
        """Only members of an archive with this suffix are read."""
        self._path = path
        self._suffix = suffix
        self.others: Sequence[str] = ()
        """The names of the other members of the archive."""

    def documents(self) -> Sequence[Document]:
        """The file, decompressed if gzip, or the members of a zip archive by name. Raises BrokenFile."""
        try:
            with self._path.open("rb") as file:
                start = file.read(len(_ZIP))
        except OSError as error:
            raise BrokenFile(self._path.name, "", error.strerror or "cannot be read") from error
        if start == _ZIP:
            return self._members()
        if start.startswith(_GZIP):
            return self._checked([Document(self._path.name, self._open_gzip)])
        return [Document(self._path.name, lambda: self._path.open("rb"))]

    def document(self) -> Document:
        """The only document. Raises BrokenFile."""
        documents = self.documents()
        if len(documents) > 1:
            names = ", ".join(document.name for document in documents[:5])
            raise BrokenFile(self._path.name, "", f"it contains more than one {self._suffix} file: {names}")
        return documents[0]

    def _members(self) -> Sequence[Document]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                names = [each.filename for each in archive.infolist() if not each.is_dir()]
        except (*_BROKEN, OSError) as error:
            raise BrokenFile(self._path.name, "", f"the zip archive is broken: {error}") from error
        if len(names) > _MOST_MEMBERS:
            raise BrokenFile(self._path.name, "", f"it contains more than {_MOST_MEMBERS:,} files")
        wanted = sorted(name for name in names if self._is_wanted(name))
        if not wanted:
            raise BrokenFile(self._path.name, "", f"there is no {self._suffix} file in it")
        self.others = [name for name in names if name not in set(wanted) and not _is_metadata(name)]
        self._checked(self._documents(wanted))
        return self._documents(wanted)

    def _documents(self, names: Sequence[str]) -> Sequence[Document]:
        """The members, which share one allowance."""
        allowance = _Allowance()
        return [Document(name, lambda name=name: self._open(name, allowance)) for name in names]  # type: ignore[misc]  # mypy#4226

    def _checked(self, documents: Sequence[Document]) -> Sequence[Document]:
        """The documents, after decompressing the start of each. Raises BrokenFile if it expands too much."""
        unpacked = 0
        for document in documents:
            with document.open() as file:
                while unpacked < 2 * ALWAYS_UNPACKED and (chunk := file.read(_CHUNK)):
                    unpacked += len(chunk)
        return documents

    def _is_wanted(self, name: str) -> bool:
        return name.lower().endswith(self._suffix) and not _is_metadata(name)

    def _open_gzip(self) -> IO[bytes]:
        packed = _CountingFile(io.FileIO(self._path))
        return _limited(packed, gzip.GzipFile(fileobj=packed), _Allowance())

    def _open(self, name: str, allowance: "_Allowance") -> IO[bytes]:
        packed = _CountingFile(io.FileIO(self._path))
        try:
            return _limited(packed, zipfile.ZipFile(packed).open(name), allowance)
        except (*_BROKEN, NotImplementedError) as error:
            packed.close()
            raise BrokenFile(self._path.name, name, f"it cannot be unpacked: {error}") from error


@contextmanager
def unpacked(path: Path, suffix: str) -> Iterator[Path]:
    """The path of the file, or of a temporary file with its decompressed text. Raises BrokenFile, OSError."""
    document = CompressedFile(path, suffix).document()
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
    """Counts the bytes read from a file and the bytes they expanded to."""

    def __init__(self) -> None:
        self.read = 0
        self.unpacked = 0

    @property
    def is_exceeded(self) -> bool:
        """Whether the file expanded more than an ordinary file does."""
        return self.unpacked > min(MOST_UNPACKED, ALWAYS_UNPACKED + MOST_RATIO * self.read)


class _CountingFile(io.BufferedReader):
    """A file that counts the bytes read from it."""

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__(raw)
        self.path = Path(str(raw.name))
        self.allowance = _Allowance()

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self.allowance.read += len(chunk)
        return chunk


class _LimitedReader(io.RawIOBase):
    """Reads decompressed content up to the allowance."""

    def __init__(self, packed: _CountingFile, source: _Source) -> None:
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


def _limited(packed: _CountingFile, source: _Source, allowance: _Allowance) -> IO[bytes]:
    """Start counting now: bytes read to find the member in its archive do not count."""
    packed.allowance = allowance
    return io.BufferedReader(_LimitedReader(packed, source), _CHUNK)


def _is_metadata(name: str) -> bool:
    """Whether macOS added the file to the archive."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
