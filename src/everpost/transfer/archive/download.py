"""An archive in compressed pieces, for sending it while it is written."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO

from everpost.transfer.archive.compression import compressing
from everpost.transfer.archive.writer import archive_lines
from everpost.transfer.copy.streams import Source, open_stream

SUFFIX = ".jsonl.zst"
"""The suffix of the name of such a file."""


@asynccontextmanager
async def open_download(source: Source) -> AsyncIterator[AsyncIterator[bytes]]:
    """The pieces of an archive of the blog as it is now. A piece has at most as many bytes as a batch of
    records. If reading fails, the pieces so far are an incomplete archive, which every reader rejects.
    """
    async with (
        open_stream(source) as stream,
        aclosing(archive_lines(stream)) as lines,
        aclosing(_packed(lines)) as pieces,
    ):
        yield pieces


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
