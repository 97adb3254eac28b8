"""Writing an archive."""

import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from everpost.errors import BrokenFile, EverpostError
from everpost.transfer.archive.compression import compressing
from everpost.transfer.archive.format import header, trailer
from everpost.transfer.archive.reader import PIPE
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.streams import Source, Stream, open_stream
from everpost.transfer.new_files import new_file

Progress = Callable[[int, int], None]
"""Called with the number of records written so far, and the total."""


async def export(source: Source, path: str, progress: Progress, *, overwrite: bool = False) -> BlogDigest:
    """Write a snapshot of the blog to a file, or for `-` to the standard output. The file appears only when
    it is complete, and only its owner can read it. Equal blogs give equal files, byte for byte. Raises
    BrokenFile if the file cannot be written, or exists and `overwrite` is false.
    """
    name = "standard output" if path == PIPE else path
    async with open_stream(source) as stream:
        try:
            with _opened(path, overwrite=overwrite) as file:
                return await _write(stream, file, progress)
        except OSError as error:
            raise BrokenFile(name, "", f"cannot be written: {error.strerror or error}") from error


async def _write(stream: Stream, file: BinaryIO, progress: Progress) -> BlogDigest:
    total, done = sum(stream.counts.values()), -1  # the first line is not a record
    async for lines in archive_lines(stream):
        file.writelines(lines)
        done = min(total, done + len(lines))
        progress(done, total)
    return stream.digest()


async def archive_lines(stream: Stream) -> AsyncGenerator[Sequence[bytes]]:
    """The lines of an archive of the snapshot, in bounded batches. The last line is missing if reading
    fails: without it, an archive is refused.
    """
    yield [header(stream.kinds, stream.counts)]
    while rows := stream.take():
        yield [row.line for row in rows]
        await stream.advance()
    digest = stream.digest()
    if digest.counts != stream.counts:
        raise EverpostError(
            "The database returned a different number of records than it had counted. Try again."
        )
    yield [trailer(digest, stream.counts)]


@contextmanager
def _opened(path: str, *, overwrite: bool) -> Iterator[BinaryIO]:
    if path == PIPE:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path).resolve()
    if target.exists() and not target.is_file():  # a device, or a named pipe
        with target.open("wb") as device, compressing(device, target) as packed:
            yield packed
        return
    with new_file(target, overwrite=overwrite) as file, compressing(file, target) as packed:
        yield packed
