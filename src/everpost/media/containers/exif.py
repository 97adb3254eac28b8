"""The orientation of a picture in EXIF, the only field that is kept."""

import struct

HEADER = b"Exif\0\0"
"""Precedes EXIF in JPEG, and in some WebP files."""
_ORIENTATION = 0x0112
_SHORT = 3


def orientation_of(exif: bytes) -> int:
    """The orientation, 1 to 8, in this TIFF structure (TIFF 6.0, tag 274); 1 if there is none."""
    exif = exif.removeprefix(HEADER)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, type_, number, value = struct.unpack_from(f"{order}HHIH", exif, at)
            if tag == _ORIENTATION:
                return value if type_ == _SHORT and number == 1 and 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def exif_with(orientation: int) -> bytes:
    """A TIFF structure that has only this orientation."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
