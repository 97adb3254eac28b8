"""Validation of the bytes of files in an archive."""

import hashlib
from collections.abc import Iterator

from everpost.errors import Invalid
from everpost.transfer.archive.media_lines import PART, Part, read_part
from everpost.transfer.media.copies import FileReport
from everpost.transfer.media.file_list import FileList, ListedFile


class MediaChecker:
    """The state of one pass over the lines with bytes, which must be those of the files of the archive."""

    def __init__(self, files: FileList, *, has_bytes: bool) -> None:
        self._files = files
        self._has_bytes = has_bytes
        self._waiting: Iterator[ListedFile] | None = None
        self._file: ListedFile | None = None
        """The file whose bytes come next, or are being read."""
        self._digest = hashlib.sha256()
        self._number = self._size = 0
        self._report = FileReport()
        self.done = 0
        """Bytes of the files that were checked."""

    @property
    def has_begun(self) -> bool:
        """Whether any line was checked."""
        return self._waiting is not None

    def add(self, line: bytes) -> None:
        """Check the next line. Raises Invalid."""
        if not self._has_bytes:
            raise Invalid("kind", "is media_bytes, but the first line says that the archive has none")
        part = read_part(line)
        file = self._expected(part)
        if part.data is None:
            self._report.faults += 1
            self._next_file()
            return
        self._digest.update(part.data)
        self._number += 1
        self._size += len(part.data)
        if self._size >= file.size:
            self._end_file(file)
        elif len(part.data) != PART:
            raise Invalid("data", f"should have {PART:,} bytes, because more bytes of {file} follow")

    def end(self) -> FileReport | None:
        """The files whose bytes the archive contains; None if it has none. Raises Invalid unless it has those
        of all files.
        """
        if not self._has_bytes:
            return None
        file = self._file if self.has_begun else self._next_file()
        if file is not None:
            raise Invalid("media_bytes", f"the bytes of {file} are missing")
        return self._report

    def _expected(self, part: Part) -> ListedFile:
        """The file whose bytes come next. Raises Invalid unless this part is the next one of it."""
        file = self._file if self.has_begun else self._next_file()
        if file is None or part.digest < file.digest:
            raise Invalid("digest", f"{part.digest} is not that of a file, or out of order")
        if part.digest > file.digest:
            raise Invalid("digest", f"{part.digest} is out of order: the bytes of {file} are missing")
        if part.number != self._number:
            raise Invalid("number", f"should be {self._number:,}, the next part of the bytes of {file}")
        if part.data is None and self._number:
            raise Invalid("data", f"should not be null: earlier lines have bytes of {file}")
        return file

    def _end_file(self, file: ListedFile) -> None:
        if self._size > file.size:
            raise Invalid("data", f"the bytes of {file} are more than its size")
        if self._digest.hexdigest() != file.digest:
            raise Invalid("data", f"the bytes of {file} were altered: they do not match its digest")
        self._report.copied += 1
        self._report.copied_size += file.size
        self._next_file()

    def _next_file(self) -> ListedFile | None:
        if self._waiting is None:
            self._waiting = iter(self._files)
        if self._file is not None:
            self.done += self._file.size
        self._file = next(self._waiting, None)
        self._digest, self._number, self._size = hashlib.sha256(), 0, 0
        return self._file
