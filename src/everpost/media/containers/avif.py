"""AVIF (https://aomediacodec.github.io/av1-avif/): items, such as a picture or EXIF, in boxes."""

from everpost.media.containers.avif_items import drop, items_of
from everpost.media.containers.boxes import Box, blank, boxes
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, UnsupportedType

_NAME = "AVIF"
_META = {b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"grpl", b"dinf"}
"""The boxes that describe items."""
_DESCRIPTIONS = {b"uuid", b"udes"}
"""Properties that are text, or private."""
_PROFILES = {b"prof", b"rICC"}


def clean_avif(data: bytes, limits: Limits) -> bytes:
    """The picture without EXIF, XMP, thumbnails, and bytes that belong to no item: they are blanked. The
    orientation of AVIF is not EXIF but a property, which is kept, as is the colour profile. Anything after
    the last box is dropped. Raises UnsupportedType for animations.
    """
    clean = bytearray(data)
    meta, bodies, end = _top(clean)
    for box in boxes(clean, meta.body + 4, meta.end, name=_NAME):
        if box.type == b"iprp":
            _check_properties(clean, box, limits)
        elif box.type == b"idat":
            bodies.append(box)
        elif box.type not in _META:
            blank(clean, box)
    kept = bytearray(len(clean))
    for item in items_of(clean, meta):
        if not item.is_kept:
            drop(clean, item)
            continue
        for each in item.ranges:
            kept[each.start : each.stop] = clean[each.start : each.stop]
    for body in bodies:
        clean[body.body : body.end] = kept[body.body : body.end]
    return bytes(clean[:end])


def _top(clean: bytearray) -> tuple[Box, list[Box], int]:
    """The box that describes the items, those that contain them, and where the last of these ends. Others
    are blanked.
    """
    meta: Box | None = None
    bodies: list[Box] = []
    end = 0
    try:
        for box in boxes(clean, 0, len(clean), name=_NAME):
            if box.type == b"moov":
                raise UnsupportedType("Animated AVIF files are not accepted. Use WebP instead.")
            if box.type == b"meta" and meta is None:
                meta, end = box, box.end
            elif box.type == b"mdat":
                bodies.append(box)
                end = box.end
            elif box.type != b"ftyp":
                blank(clean, box)
    except Damaged as error:
        # Only what follows a complete picture may be anything.
        start = error.position or 0
        if not bodies or clean[start + 4 : start + 8] == b"mdat":
            raise
    if meta is None:
        raise Damaged(_NAME, "it has no pixels")
    return meta, bodies, end


def _check_properties(clean: bytearray, parent: Box, limits: Limits) -> None:
    """Check sizes and profiles, and blank descriptions."""
    for container in boxes(clean, parent.body, parent.end, name=_NAME):
        if container.type != b"ipco":
            continue
        for box in boxes(clean, container.body, container.end, name=_NAME):
            if box.type == b"ispe":
                width = int.from_bytes(clean[box.body + 4 : box.body + 8], "big")
                height = int.from_bytes(clean[box.body + 8 : box.body + 12], "big")
                limits.check_picture(width, height)
            elif box.type == b"colr" and bytes(clean[box.body : box.body + 4]) in _PROFILES:
                limits.check_profile(box.end - box.body - 4)
            elif box.type in _DESCRIPTIONS:
                blank(clean, box)
