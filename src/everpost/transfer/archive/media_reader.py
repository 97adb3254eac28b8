"""Reading the bytes of files from an archive."""

from collections.abc import AsyncGenerator, Generator
from contextlib import closing

from everpost.errors import BrokenFile, Invalid, NotFound
from everpost.transfer.archive.media_lines import digest_of, is_media_line, read_part
from everpost.transfer.archive.reader import Archive


class ArchivedBytes:
    """The bytes of files in an archive, read in one pass. While it is open, nothing else can read the
    archive.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lines = self._media_lines()
        self._line: bytes | None = None
        """The line that is read next; empty at the end."""

    async def read(self, key: str) -> AsyncGenerator[bytes]:
        """The bytes of a file, by its digest, which is greater than that of all earlier calls. Raises
        NotFound if the blog that was exported did not have them, BrokenFile.
        """
        is_here = False
        while (line := self._peek()) and (digest := digest_of(line)) <= key:
            self._line = None
            if digest == key and (data := self._data_of(line)) is not None:
                is_here = True
                yield data
        if not is_here:
            raise NotFound("file", key)

    def close(self) -> None:
        """End the pass."""
        self._lines.close()

    def _peek(self) -> bytes:
        if self._line is None:
            self._line = next(self._lines, b"")
        return self._line

    def _data_of(self, line: bytes) -> bytes | None:
        try:
            return read_part(line).data
        except Invalid:
            raise BrokenFile(
                self._archive.name, "", "was changed while the archive was being imported"
            ) from None

    def _media_lines(self) -> Generator[bytes]:
        with closing(self._archive.lines()) as lines:
            for line in lines:
                if is_media_line(line):
                    yield line
