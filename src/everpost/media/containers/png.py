"""PNG and animated PNG (https://www.w3.org/TR/png-3/): a signature, followed by chunks."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from everpost.media.containers.exif import exif_with, orientation_of
from everpost.media.containers.profiles import checked_profile, inflated_profile
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_KEPT = _ANIMATION | {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"pHYs"),
    *(b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
}
_CHUNK = struct.Struct("!I4s")
_OVERHEAD = 12
"""Bytes of a chunk besides its body: length, type and checksum."""


@dataclass
class _State:
    """The part of a picture that was read so far."""

    size: tuple[int, int] | None = None
    frames: int = 0
    has_pixels: bool = False
    pieces: list[bytes] = field(default_factory=lambda: [_SIGNATURE])


def clean_png(data: bytes, limits: Limits) -> tuple[bytes, int]:
    """The picture without text, time, EXIF and unknown chunks, and the number of its frames. The colour
    profile and the orientation are kept. Anything after the end of the picture is dropped.
    """
    state = _State()
    for position, name, body in _chunks(data):
        if state.size is None:
            _check_header(state, name, body, limits)
        elif name == b"IHDR":
            raise Damaged("PNG", "it has two headers", position=position)
        _keep(state, name, body, position, limits)
        state.has_pixels |= name == b"IDAT"
        state.frames += name == b"fcTL"
        if name == b"IEND":
            if not state.has_pixels:
                raise Damaged("PNG", "it has no pixels", position=position)
            limits.check_picture(*(state.size or (0, 0)), state.frames)
            return b"".join(state.pieces), max(state.frames, 1)
    raise Damaged("PNG", "the end of the picture is missing", position=len(data))


def _chunks(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The position, type and body of each chunk."""
    position = len(_SIGNATURE)
    while position + _OVERHEAD <= len(data):
        length, name = _CHUNK.unpack_from(data, position)
        end = position + _OVERHEAD + length
        if end > len(data):
            raise Damaged("PNG", "a chunk is incomplete", position=position)
        checksum = int.from_bytes(data[end - 4 : end], "big")
        if zlib.crc32(data[position + 4 : end - 4]) != checksum:
            raise Damaged("PNG", "the checksum of a chunk is wrong", position=position)
        yield position, name, data[position + 8 : end - 4]
        position = end


def _check_header(state: _State, name: bytes, body: bytes, limits: Limits) -> None:
    if name != b"IHDR" or len(body) != 13:
        raise Damaged("PNG", "it does not start with a header", position=len(_SIGNATURE))
    width, height = struct.unpack_from("!II", body)
    if not width or not height:
        raise Damaged("PNG", "the picture has no width or height", position=len(_SIGNATURE))
    limits.check_picture(width, height)
    state.size = width, height


def _keep(state: _State, name: bytes, body: bytes, position: int, limits: Limits) -> None:
    """Keep this chunk, or a part of it, if it is needed."""
    if name == b"iCCP":
        state.pieces.append(_profile(body, limits))
    elif name == b"eXIf":
        orientation = orientation_of(body)
        if orientation != 1 and not state.has_pixels:
            state.pieces.append(_written(b"eXIf", exif_with(orientation)))
    elif name in _KEPT:
        if name == b"acTL" and state.has_pixels:
            raise Damaged("PNG", "an animation starts after the pixels", position=position)
        if name == b"fcTL":
            _check_frame(state, body, position)
        state.pieces.append(_written(name, body))
    elif not name[0] & 0x20:
        raise Damaged("PNG", "it has a critical chunk of an unknown type", position=position)


def _check_frame(state: _State, body: bytes, position: int) -> None:
    if len(body) != 26 or state.size is None:
        raise Damaged("PNG", "a frame has no size", position=position)
    width, height, left, top = struct.unpack_from("!4I", body, 4)
    if not 0 < width <= state.size[0] - left or not 0 < height <= state.size[1] - top:
        raise Damaged("PNG", "a frame lies outside the picture", position=position)


def _profile(body: bytes, limits: Limits) -> bytes:
    """The chunk for a colour profile, without its name; empty if it is not valid."""
    _name, _, rest = body.partition(b"\0")
    inflated = inflated_profile(rest[1:], limits)
    if inflated is None or checked_profile(inflated[0], limits) is None:
        return b""
    return _written(b"iCCP", b"icc\0\0" + inflated[1])


def _written(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + name + body + checksum
