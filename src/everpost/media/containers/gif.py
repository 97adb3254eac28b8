"""GIF (GIF89a specification): a header, followed by extensions and frames."""

import struct

from everpost.media.limits import Limits
from everpost.media.refusals import Damaged

_HEADER = 13
_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = {b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"}
"""Applications whose extensions say how often an animation is repeated."""


def clean_gif(data: bytes, limits: Limits) -> tuple[bytes, int]:
    """The picture without comments, plain text and extensions of applications, and the number of its
    frames. Anything after the end of the picture is dropped.
    """
    if len(data) < _HEADER:
        raise Damaged("GIF", "the header is incomplete", position=len(data))
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    if not width or not height:
        raise Damaged("GIF", "the picture has no width or height", position=6)
    limits.check_picture(width, height)
    position = _HEADER + _size_of_colours(flags)
    pieces, frames = [data[:position]], 0
    while position < len(data):
        kind, start = data[position], position
        if kind == _END:
            if not frames:
                raise Damaged("GIF", "it has no pixels", position=position)
            return b"".join([*pieces, b"\x3b"]), frames
        if kind == _EXTENSION:
            position = _after_blocks(data, position + 2)
            pieces.append(_kept(data, start))
        elif kind == _FRAME:
            frames += 1
            limits.check_picture(width, height, frames)
            position = _after_blocks(data, _after_frame_header(data, position, width, height))
            pieces.append(data[start:position])
        else:
            raise Damaged("GIF", "a block has an unknown type", position=position)
    raise Damaged("GIF", "the end of the picture is missing", position=len(data))


def _size_of_colours(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _kept(data: bytes, position: int) -> bytes:
    """The extension here, if it is needed to show the picture, without blocks that nobody reads."""
    label, length = data[position + 1], data[position + 2]
    if label == _CONTROL and length == 4:
        return data[position : position + 7] + b"\0"
    if label == _APPLICATION and data[position + 2 : position + 14] in _LOOPS and data[position + 14] == 3:
        return data[position : position + 18] + b"\0"
    return b""


def _after_frame_header(data: bytes, position: int, width: int, height: int) -> int:
    """The position of the first block of pixels."""
    if position + 10 > len(data):
        raise Damaged("GIF", "a frame is incomplete", position=position)
    left, top, across, down, flags = struct.unpack_from("<HHHHB", data, position + 1)
    if not 0 < across <= width - left or not 0 < down <= height - top:
        raise Damaged("GIF", "a frame lies outside the picture", position=position)
    return position + 10 + _size_of_colours(flags) + 1


def _after_blocks(data: bytes, position: int) -> int:
    """The position after the blocks that start here, the last of which is empty."""
    start = position
    while position < len(data):
        length = data[position]
        position += 1 + length
        if not length:
            return position
    raise Damaged("GIF", "a block is incomplete", position=start)
