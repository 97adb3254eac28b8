"""Writing an archive."""

import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from everpost.errors import BrokenFile, EverpostError
from everpost.transfer.archive.compression import compressing
from everpost.transfer.archive.format import header, trailer
from everpost.transfer.archive.media_lines import media_lines
from everpost.transfer.archive.reader import PIPE
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.operations import Phase, Progress
from everpost.transfer.copy.streams import Source, Stream, open_stream
from everpost.transfer.media.content import BytesSource
from everpost.transfer.media.copies import FileReport
from everpost.transfer.media.file_list import FileList
from everpost.transfer.new_files import new_file


@dataclass(frozen=True, slots=True)
class Exported:
    """The content of an archive that was written."""

    digest: BlogDigest
    files: FileReport | None
    """The files whose bytes it contains (`copied`), and those whose bytes are missing or damaged (`faults`);
    None if the bytes were left out.
    """


async def export(
    source: Source,
    path: str,
    progress: Progress,
    *,
    media: BytesSource | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a snapshot of the blog to a file, or for `-` to the standard output. The file appears only when
    it is complete, and only its owner can read it. Equal blogs give equal files, byte for byte. `media` has
    the bytes of files; None leaves them out. Raises BrokenFile if the file cannot be written, or exists and
    `overwrite` is false.
    """
    name = "standard output" if path == PIPE else path
    report = None if media is None else FileReport()
    with closing(FileList()) as files:
        async with open_stream(source, files) as stream:
            try:
                with _opened(path, overwrite=overwrite) as file:
                    await _write(file, archive_lines(stream, files, media, report, progress))
            except OSError as error:
                raise BrokenFile(name, "", f"cannot be written: {error.strerror or error}") from error
            return Exported(stream.digest(), report)


async def archive_lines(
    stream: Stream,
    files: FileList,
    media: BytesSource | None,
    report: FileReport | None,
    progress: Progress,
) -> AsyncGenerator[Sequence[bytes]]:
    """The lines of an archive of the snapshot, whose files are noted in `files`, in bounded batches. The last
    line is missing if reading fails: without it, an archive is refused. Files are noted in the report, which
    is None if their bytes are left out.
    """
    yield [header(stream.kinds, stream.counts, has_bytes=media is not None)]
    total, done = sum(stream.counts.values()), 0
    while rows := stream.take():
        yield [row.line for row in rows]
        done += len(rows)
        progress(Phase.EXPORTING, min(done, total), total)
        await stream.advance()
    digest = stream.digest()
    if digest.counts != stream.counts:
        raise EverpostError(
            "The database returned a different number of records than it had counted. Try again."
        )
    if media is not None and report is not None:
        async with aclosing(media_lines(files, media, report, progress)) as batches:
            async for lines in batches:
                yield lines
    yield [trailer(digest, stream.counts, report)]


async def _write(file: BinaryIO, batches: AsyncGenerator[Sequence[bytes]]) -> None:
    async with aclosing(batches):
        async for lines in batches:
            file.writelines(lines)


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
