"""The items of a source, in a temporary file between reading and importing them."""

import pickle
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from everpost.transfer.importers.model import Item, SourceComment, SourcePost

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 1
"""Compression level. Even so, compression takes far less time than reading an export."""
_BUFFER = 1024 * 1024
"""Bytes that are compressed or decompressed at once."""


class ItemSpool:
    """Any number of items, in order. A source is read only once, because reading it takes much longer than
    reading them back.
    """

    def __init__(self, path: Path) -> None:
        """The file must be in a folder that only this process writes to."""
        self._path = path

    def fill(self, items: Iterator[Item]) -> None:
        """Store the items. Errors from reading them propagate."""
        with zstd.ZstdFile(self._path, "wb", level=_LEVEL) as packed:
            buffer: list[bytes] = []
            size = 0
            for item in items:
                buffer.append(pickle.dumps(_packed(item), pickle.HIGHEST_PROTOCOL))
                size += len(buffer[-1])
                if size > _BUFFER:
                    packed.write(b"".join(buffer))
                    buffer, size = [], 0
            packed.write(b"".join(buffer))

    def __iter__(self) -> Iterator[Item]:
        with zstd.ZstdFile(self._path) as packed:
            while True:
                try:
                    found: Item | _Packed = pickle.load(packed)  # noqa: S301 - the file is this process's own
                except EOFError:
                    return
                yield _unpacked(found) if isinstance(found, tuple) else found


_NAMES = [each.name for each in fields(SourceComment)]
_values_of = attrgetter(*_NAMES)
_Packed = tuple[SourcePost, list[tuple[Any, ...]]]
"""A post without comments, and the values of its comments: pickling objects would take several times as
long.
"""


def _packed(item: Item) -> Item | _Packed:
    if not isinstance(item, SourcePost) or not item.comments:
        return item
    return replace(item, comments=()), [_values_of(each) for each in item.comments]


def _unpacked(packed: _Packed) -> SourcePost:
    post, comments = packed
    unpacked = [SourceComment(**dict(zip(_NAMES, each, strict=True))) for each in comments]
    return replace(post, comments=tuple(unpacked))
