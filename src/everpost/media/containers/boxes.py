"""Boxes, of which AVIF and MP4 files consist (ISO base media file format, ISO/IEC 14496-12).

Unwanted boxes are blanked, not cut out: boxes contain positions in the file, which must stay the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from everpost.media.refusals import Damaged

_LARGE = 1
"""The size of a box whose size follows in eight bytes."""
_TO_THE_END = 0


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box is."""

    type: bytes
    start: int
    body: int
    """The position after its size and its type."""
    end: int


def boxes(data: bytes | bytearray, start: int, end: int, *, name: str) -> Iterator[Box]:
    """The boxes between these positions. Raises Damaged, with the name of the format."""
    while start < end:
        size, body = int.from_bytes(data[start : start + 4], "big"), start + 8
        if size == _LARGE:
            size, body = int.from_bytes(data[body : body + 8], "big"), body + 8
        elif size == _TO_THE_END:
            size = end - start
        if size < body - start or start + size > end:
            raise Damaged(name, "a box is incomplete", position=start)
        yield Box(bytes(data[start + 4 : start + 8]), start, body, start + size)
        start += size


def blank(data: bytearray, box: Box) -> None:
    """Make a box free space, which readers skip."""
    data[box.start + 4 : box.start + 8] = b"free"
    data[box.body : box.end] = bytes(box.end - box.body)
