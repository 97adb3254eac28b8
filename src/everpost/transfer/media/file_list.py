"""The files of a blog, noted while its records are read."""

import tempfile
from collections.abc import Iterator
from io import SEEK_END
from typing import NamedTuple

from everpost.domain.media.files import MediaFile

_IN_MEMORY = 4 * 1024 * 1024
"""Bytes; a longer list is in a temporary file."""


class ListedFile(NamedTuple):
    """A file of a list."""

    digest: str
    size: int
    """Bytes."""
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.digest})"


class FileList:
    """Files in the order of their records, which is that of their digests. Its memory is bounded."""

    def __init__(self) -> None:
        self._lines = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - `close` closes it
        self.count = 0
        self.size = 0
        """Bytes of all files."""

    def add(self, file: MediaFile) -> None:
        """Add the next file."""
        self._lines.seek(0, SEEK_END)
        self._lines.write(f"{file.digest} {file.size} {file.name}\n".encode())
        self.count += 1
        self.size += file.size

    def __iter__(self) -> Iterator[ListedFile]:
        """The files. Several iterators can be used at the same time."""
        position = 0
        while True:
            self._lines.seek(position)
            line = self._lines.readline()
            if not line:
                return
            position += len(line)
            digest, size, name = line.decode().rstrip("\n").split(" ", 2)
            yield ListedFile(digest, int(size), name)

    def clear(self) -> None:
        """Remove all files."""
        self._lines.seek(0)
        self._lines.truncate()
        self.count = self.size = 0

    def close(self) -> None:
        """Delete the list."""
        self._lines.close()
