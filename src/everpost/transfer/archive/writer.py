"""Writing an archive."""

import sys
from collections.abc import Callable, Iterator
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
    total = sum(stream.counts.values())
    file.write(header(stream.kinds, stream.counts))
    done = 0
    while rows := stream.take():
        file.writelines(row.line for row in rows)
        done += len(rows)
        progress(done, total)
        await stream.advance()
    digest = stream.digest()
    if digest.counts != stream.counts:
        raise EverpostError(
            "The database returned a different number of records than it had counted. Try again."
        )
    file.write(trailer(digest, stream.counts))
    return digest


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
