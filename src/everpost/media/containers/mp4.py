"""MP4: sound and video in boxes (ISO/IEC 14496-12)."""

from everpost.media.containers.boxes import blank, boxes
from everpost.media.refusals import Damaged

_NAME = "MP4"
_METADATA = {b"udta", b"meta", b"uuid", b"free", b"skip"}
_NESTED = {b"moov", b"trak"}
_TOP = {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"ssix", b"prft", b"emsg", b"pdin"}


def clean_mp4(data: bytes) -> bytes:
    """The film without user data, such as the place where it was recorded, which is blanked. Boxes of
    unknown types are blanked, too. Raises Damaged.
    """
    clean = bytearray(data)
    found = _clean(clean, 0, len(clean))
    if not {b"moov", b"mdat"} <= found:
        raise Damaged(_NAME, "it has neither sound nor pictures", position=len(data))
    return bytes(clean)


def _clean(clean: bytearray, start: int, end: int, parent: bytes | None = None) -> set[bytes]:
    """Blank the metadata between these positions, and return the types of boxes."""
    found = set()
    for box in boxes(clean, start, end, name=_NAME):
        found.add(box.type)
        if box.type in _METADATA or (parent is None and box.type not in _TOP):
            blank(clean, box)
        elif box.type in _NESTED and box.type != parent:
            _clean(clean, box.body, box.end, box.type)
    return found
