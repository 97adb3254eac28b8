"""The items of an AVIF file: their types, and where their bytes are (ISO/IEC 14496-12, 8.11)."""

from dataclasses import dataclass

from everpost.media.containers.boxes import Box, boxes
from everpost.media.refusals import Damaged

_NAME = "AVIF"
_UNUSED = b"free"
"""The type of items that were dropped: readers skip types that they do not know."""
_DROPPED = {b"Exif", b"mime", b"uri ", _UNUSED}
_MOST_ITEMS = 10_000
"""Far more than the tiles of a large picture."""
_IN_THE_FILE, _IN_IDAT = 0, 1


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a file."""

    entry: range
    """The positions of its type, its name and the type of its content."""
    is_kept: bool
    """Whether it is needed to show the picture."""
    ranges: tuple[range, ...]
    """The positions of its bytes in the file."""


class _Fields:
    """Reads the fields of a box, one after another."""

    def __init__(self, data: bytes | bytearray, box: Box) -> None:
        self._data, self._position, self._box = data, box.body, box
        self.version = self.number(1)
        self.number(3)

    def number(self, size: int) -> int:
        """The number in the next bytes."""
        start, self._position = self._position, self._position + size
        if self._position > self._box.end:
            raise Damaged(_NAME, "a box is too short", position=self._box.start)
        return int.from_bytes(self._data[start : self._position], "big")

    @property
    def position(self) -> int:
        return self._position


def items_of(data: bytearray, meta: Box) -> list[Item]:
    """The items that this box describes. Raises Damaged."""
    parts = {box.type: box for box in boxes(data, meta.body + 4, meta.end, name=_NAME)}
    if not {b"iinf", b"iloc", b"pitm"} <= parts.keys():
        raise Damaged(_NAME, "it has no pixels", position=meta.start)
    entries = _entries(data, parts[b"iinf"])
    thumbnails = _thumbnails(data, parts[b"iref"]) if b"iref" in parts else set()
    return [
        Item(
            entry,
            bytes(data[entry.start : entry.start + 4]) not in _DROPPED and id_ not in thumbnails,
            ranges,
        )
        for id_, ranges in _places(data, parts[b"iloc"], parts.get(b"idat")).items()
        if (entry := entries.get(id_)) is not None
    ]


def drop(data: bytearray, item: Item) -> None:
    """Make an item one that readers skip."""
    data[item.entry.start : item.entry.stop] = _UNUSED + bytes(len(item.entry) - len(_UNUSED))


def _entries(data: bytearray, box: Box) -> dict[int, range]:
    """Where each item is described, from its type on, by its id."""
    fields = _Fields(data, box)
    fields.number(2 if fields.version == 0 else 4)
    entries = {}
    for entry in boxes(data, fields.position, box.end, name=_NAME):
        described = _Fields(data, entry)
        if entry.type == b"infe" and described.version >= 2:
            id_ = described.number(2 if described.version == 2 else 4)
            described.number(2)
            start = described.position
            described.number(4)
            entries[id_] = range(start, entry.end)
    return entries


def _thumbnails(data: bytearray, box: Box) -> set[int]:
    """The ids of the items that are thumbnails of others."""
    size = 2 if _Fields(data, box).version == 0 else 4
    return {
        int.from_bytes(data[entry.body : entry.body + size], "big")
        for entry in boxes(data, box.body + 4, box.end, name=_NAME)
        if entry.type == b"thmb"
    }


def _places(data: bytearray, box: Box, idat: Box | None) -> dict[int, tuple[range, ...]]:
    """The positions of the bytes of each item, by its id."""
    fields = _Fields(data, box)
    sizes = fields.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 2 if fields.version < 2 else 4
    count = fields.number(wide)
    if count > _MOST_ITEMS:
        raise Damaged(_NAME, "it has too many items", position=box.start)
    places: dict[int, tuple[range, ...]] = {}
    for _ in range(count):
        id_ = fields.number(wide)
        method = fields.number(2) & 15 if fields.version else _IN_THE_FILE
        source = range(len(data)) if method == _IN_THE_FILE else _source(method, idat, box)
        fields.number(2)
        base, ranges = fields.number(base_size), []
        for _ in range(fields.number(2)):
            fields.number(index_size if fields.version else 0)
            start, length = base + fields.number(offset_size), fields.number(length_size)
            if start + length > len(source):
                raise Damaged(_NAME, "the pixels are incomplete", position=len(data))
            ranges.append(source[start : start + length if length else None])
        places[id_] = tuple(ranges)
    return places


def _source(method: int, idat: Box | None, box: Box) -> range:
    """The positions of the box in which an item is."""
    if method != _IN_IDAT or idat is None:
        raise Damaged(_NAME, "an item is in an unknown place", position=box.start)
    return range(idat.body, idat.end)
