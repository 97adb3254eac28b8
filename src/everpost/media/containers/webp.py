"""WebP (RFC 9649): chunks in a RIFF container."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from everpost.media.containers.exif import exif_with, orientation_of
from everpost.media.containers.profiles import checked_profile
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged

_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _IS_ANIMATED = 0x20, 0x10, 0x08, 0x02
_PIXELS = {b"VP8 ", b"VP8L", b"ALPH"}
_FRAME_HEADER = 16


@dataclass
class _State:
    """The part of a picture that was read so far."""

    header: bytes | None = None
    """The body of the VP8X chunk, which only extended files have."""
    profile: bytes | None = None
    orientation: int = 1
    size: tuple[int, int] | None = None
    frames: int = 0
    pixels: list[bytes] = field(default_factory=list)


def clean_webp(data: bytes, limits: Limits) -> tuple[bytes, int]:
    """The picture without EXIF, XMP and unknown chunks, and the number of its frames. The colour profile and
    the orientation are kept. Anything after the end of the container is dropped.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Damaged("WebP", "the end of the picture is missing", position=len(data))
    state = _State()
    for position, name, body in _chunks(data, 12, end):
        _keep(state, name, body, position, limits)
    if state.size is None or not state.pixels:
        raise Damaged("WebP", "it has no pixels")
    limits.check_picture(*state.size, state.frames)
    return _joined(state), max(state.frames, 1)


def _chunks(data: bytes, position: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
    """The position, type and body of each chunk."""
    while position < end:
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + length > end:
            raise Damaged("WebP", "a chunk is incomplete", position=position)
        yield position, data[position : position + 4], data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def _keep(state: _State, name: bytes, body: bytes, position: int, limits: Limits) -> None:
    """Keep this chunk, or a part of it, if it is needed."""
    if name == b"VP8X" and state.header is None and state.size is None and len(body) >= 10:
        state.header = body[:10]
        _set_size(state, _three(body, 4) + 1, _three(body, 7) + 1, limits)
    elif name == b"ICCP" and state.profile is None:
        state.profile = checked_profile(body, limits)
    elif name == b"EXIF":
        state.orientation = orientation_of(body)
    elif name == b"ANIM":
        state.pixels.append(_written(name, body[:6]))
    elif name == b"ANMF":
        state.frames += 1
        state.pixels.append(_written(name, _frame(state, body, position)))
    elif name in _PIXELS:
        if state.size is None:
            _set_size(state, *_size_of_pixels(name, body, position), limits)
        state.pixels.append(_written(name, body))


def _set_size(state: _State, width: int, height: int, limits: Limits) -> None:
    limits.check_picture(width, height)
    state.size = width, height


def _size_of_pixels(name: bytes, body: bytes, position: int) -> tuple[int, int]:
    """The width and height of a picture without VP8X, from its first bytes."""
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Damaged("WebP", "the pixels have no size", position=position)


def _frame(state: _State, body: bytes, position: int) -> bytes:
    """The body of one frame of an animation."""
    left, top = 2 * _three(body, 0), 2 * _three(body, 3)
    width, height = _three(body, 6) + 1, _three(body, 9) + 1
    if state.size is None or left + width > state.size[0] or top + height > state.size[1]:
        raise Damaged("WebP", "a frame lies outside the picture", position=position)
    chunks = _chunks(body, _FRAME_HEADER, len(body))
    return body[:_FRAME_HEADER] + b"".join(
        _written(name, part) for _, name, part in chunks if name in _PIXELS
    )


def _joined(state: _State) -> bytes:
    pieces = list(state.pixels)
    if state.header is not None:
        flags = state.header[0] & (_HAS_ALPHA | _IS_ANIMATED)
        if state.profile is not None:
            flags |= _HAS_PROFILE
            pieces.insert(0, _written(b"ICCP", state.profile))
        if state.orientation != 1:
            flags |= _HAS_EXIF
            pieces.append(_written(b"EXIF", exif_with(state.orientation)))
        pieces.insert(0, _written(b"VP8X", bytes((flags, 0, 0, 0)) + state.header[4:]))
    chunks = b"WEBP" + b"".join(pieces)
    return b"RIFF" + len(chunks).to_bytes(4, "little") + chunks


def _written(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _three(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 3], "little")
