"""JPEG (ITU-T T.81): markers, followed by segments or by compressed pixels."""

import re
from dataclasses import dataclass, field

from everpost.media.containers.exif import HEADER, exif_with, orientation_of
from everpost.media.containers.profiles import checked_profile
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, UnsupportedType

_MARKER = re.compile(rb"\xff([^\x00\xff])")
_AFTER_PIXELS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive frames: those that browsers decode."""
_OTHER_FRAMES = {0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
_TABLES = {0xC4, 0xDB, 0xDD, 0xDC}
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_PROFILE = b"ICC_PROFILE\0"
_LARGEST_PART = 65_519
"""Bytes of a colour profile in one segment."""


@dataclass
class _Parts:
    """The parts of a picture that are kept."""

    jfif: bytes | None = None
    orientation: int | None = None
    profile: dict[int, bytes] = field(default_factory=dict)
    """By number: a profile may have several segments."""
    adobe: bytes | None = None
    """How colours were transformed, without which CMYK is inverted."""
    picture: list[bytes] = field(default_factory=list)
    frame: tuple[int, int] | None = None
    scans: int = 0


def clean_jpeg(data: bytes, limits: Limits) -> bytes:
    """The picture without application segments and comments. Kept are the colour profile, the density, the
    colour transform and the orientation. Anything after the end of the picture is dropped, such as the
    further pictures of MPO files.
    """
    parts = _Parts()
    position = 2
    while (found := _MARKER.search(data, position)) is not None:
        code = found[1][0]
        position = found.end()
        if code == _END and parts.scans:
            return _joined(parts, limits)
        if code in _STANDALONE:
            continue
        if code in {_START, _END}:
            raise Damaged(
                "JPEG", "a picture starts inside another, or ends before its pixels", position=found.start()
            )
        segment = _segment(data, position)
        position += len(segment)
        _keep(parts, code, segment, found.start(), limits)
        if code == _SCAN:
            position = _keep_pixels(parts, data, position)
    raise Damaged("JPEG", "the end of the picture is missing", position=len(data))


def _segment(data: bytes, position: int) -> bytes:
    """The segment here, with its length."""
    length = int.from_bytes(data[position : position + 2], "big")
    if length < 2 or position + length > len(data):
        raise Damaged("JPEG", "a segment is incomplete", position=position)
    return data[position : position + length]


def _keep_pixels(parts: _Parts, data: bytes, position: int) -> int:
    """Keep compressed pixels up to the next marker, whose position is returned."""
    following = _AFTER_PIXELS.search(data, position)
    if following is None:
        raise Damaged("JPEG", "the end of the picture is missing", position=len(data))
    parts.picture.append(data[position : following.start()])
    parts.scans += 1
    return following.start()


def _keep(parts: _Parts, code: int, segment: bytes, position: int, limits: Limits) -> None:
    """Keep this segment, or a part of it, if it is needed."""
    body = segment[2:]
    if code in _FRAMES:
        _check_frame(parts, body, position, limits)
    elif code in _OTHER_FRAMES:
        raise UnsupportedType("This kind of JPEG is not accepted, because browsers cannot show it.")
    if code in _FRAMES or code in _TABLES or code == _SCAN:
        if code == _SCAN and parts.frame is None:
            raise Damaged("JPEG", "pixels precede the size of the picture", position=position)
        parts.picture += [bytes((0xFF, code)), segment]
    elif code == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
        parts.jfif = parts.jfif or body[:12] + b"\0\0"  # without its thumbnail
    elif code == 0xE1 and body.startswith(HEADER) and parts.orientation is None:
        parts.orientation = orientation_of(body)
    elif code == 0xE2 and body.startswith(_PROFILE) and len(body) > 14:
        parts.profile.setdefault(body[12], body[14:])
    elif code == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        parts.adobe = body[:12]


def _check_frame(parts: _Parts, body: bytes, position: int, limits: Limits) -> None:
    if parts.frame is not None:
        raise Damaged("JPEG", "it has two pictures in one", position=position)
    if len(body) < 6 or body[0] != 8:
        raise UnsupportedType("This kind of JPEG is not accepted, because browsers cannot show it.")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if not width or not height:
        raise Damaged("JPEG", "the picture has no width or height", position=position)
    limits.check_picture(width, height)
    parts.frame = width, height


def _joined(parts: _Parts, limits: Limits) -> bytes:
    """The clean file. A profile is complete if its parts are numbered from 1."""
    pieces = [b"\xff\xd8"]
    if parts.jfif is not None:
        pieces.append(_written(0xE0, parts.jfif))
    if parts.orientation not in {None, 1}:
        pieces.append(_written(0xE1, HEADER + exif_with(parts.orientation or 1)))
    if sorted(parts.profile) == [*range(1, len(parts.profile) + 1)]:
        whole = b"".join(parts.profile[number] for number in sorted(parts.profile))
        pieces += _written_profile(checked_profile(whole, limits) or b"")
    if parts.adobe is not None:
        pieces.append(_written(0xEE, parts.adobe))
    return b"".join([*pieces, *parts.picture, b"\xff\xd9"])


def _written_profile(profile: bytes) -> list[bytes]:
    chunks = [profile[at : at + _LARGEST_PART] for at in range(0, len(profile), _LARGEST_PART)]
    return [
        _written(0xE2, _PROFILE + bytes((number, len(chunks))) + chunk)
        for number, chunk in enumerate(chunks, 1)
    ]


def _written(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body
