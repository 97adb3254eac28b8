"""Compressed files: the extension selects the format on writing, the first bytes on reading."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import BinaryIO, cast

from everpost.errors import BrokenFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MAX_WINDOW = 25
"""As a power of two: the memory that decompression may use, 32 MiB."""


@contextmanager
def compressing(file: BinaryIO, name: PurePath) -> Iterator[BinaryIO]:
    """A file that compresses into `file`, as the extension of `name` says. Equal input gives equal bytes.
    `file` stays open.
    """
    if name.suffix == ".gz":
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as packed:
            yield cast("BinaryIO", packed)
    elif name.suffix == ".zst":
        with zstd.ZstdFile(file, "wb", level=_ZSTD_LEVEL) as packed:
            yield cast("BinaryIO", packed)
    else:
        yield file


@contextmanager
def decompressing(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The decompressed content of a seekable file, from its beginning. Raises BrokenFile if it cannot be
    decompressed.
    """
    file.seek(0)
    magic = file.read(len(_ZSTD))
    file.seek(0)
    try:
        if magic.startswith(_GZIP):
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                yield cast("BinaryIO", unpacked)
        elif magic == _ZSTD:
            options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _MAX_WINDOW}
            with zstd.ZstdFile(file, "rb", options=options) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield file
    except EOFError as error:
        raise BrokenFile(name, "", "is truncated: its compressed data ends early") from error
    except (zlib.error, gzip.BadGzipFile, zstd.ZstdError) as error:
        raise BrokenFile(name, "", f"cannot be decompressed: {error}") from error
