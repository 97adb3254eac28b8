"""An archive in compressed pieces, for sending it while it is written."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, closing
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO

from everpost.transfer.archive.compression import compressing
from everpost.transfer.archive.writer import archive_lines
from everpost.transfer.copy.operations import Phase
from everpost.transfer.copy.streams import Source, open_stream
from everpost.transfer.media.content import BytesSource
from everpost.transfer.media.copies import FileReport
from everpost.transfer.media.file_list import FileList

SUFFIX = ".jsonl.zst"
"""The suffix of the name of such a file."""


@asynccontextmanager
async def open_download(source: Source, media: BytesSource | None) -> AsyncIterator[AsyncIterator[bytes]]:
    """The pieces of an archive of the blog as it is now. `media` has the bytes of files; None leaves them
    out. A piece has at most as many bytes as a batch of records. If reading fails, the pieces so far are an
    incomplete archive, which every reader rejects.
    """
    report = None if media is None else FileReport()
    with closing(FileList()) as files:
        async with (
            open_stream(source, files) as stream,
            aclosing(archive_lines(stream, files, media, report, _quiet)) as lines,
            aclosing(_packed(lines)) as pieces,
        ):
            yield pieces


def _quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Shows no progress."""


async def _packed(batches: AsyncIterator[Sequence[bytes]]) -> AsyncGenerator[bytes]:
    """The compressed lines. Compression runs in a thread, so that other requests do not wait for it."""
    sink = BytesIO()
    with compressing(sink, PurePath(SUFFIX)) as file:
        async for lines in batches:
            await asyncio.to_thread(_write, file, lines)
            if piece := _drain(sink):
                yield piece
    yield _drain(sink)


def _write(file: BinaryIO, lines: Sequence[bytes]) -> None:
    file.writelines(lines)


def _drain(sink: BytesIO) -> bytes:
    """Return everything that was written, and clear the buffer."""
    piece = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return piece
