"""Files that are refused: the error says what is wrong, and where."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from everpost.media.cleaner import clean
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, Refused, TooLarge, UnsupportedType
from tests.unit.media.pictures import (
    PICTURES,
    PNG,
    animated,
    chunk,
    gif,
    gradient,
    header,
    jpeg,
    png,
    saved,
    webp,
)

LIMITS = Limits()


BOMB = zlib.compress(bytes(40_000_000), 9)


def peak_of(call: Callable[[], object]) -> int:
    """Most bytes that Python holds during this call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "This file is empty."),
        (b"hello", "The type of this file is not recognized."),
        (b"<!DOCTYPE html><svg>", "HTML files are not accepted."),
        (b"  <script>", "HTML files are not accepted."),
        (b"<?php echo 1;", "not recognized"),
        (b"PK\3\4" + bytes(40), "ZIP files are not accepted. Accepted: JPEG, PNG"),
        (b"MZ" + bytes(100), "Windows program files are not accepted."),
        (b"II*\0" + bytes(40), "TIFF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC files are not accepted."),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "QuickTime"),
        (b"RIFF\4\0\0\0WAVE", "not recognized"),
        (b"\x1a\x45\xdf\xa3" + b"\x93\x42\x82\x88matroska" + bytes(40), "not recognized"),
        (b" <!-- " * 600, "not recognized"),
        (b"<!--a-->" * 500, "not recognized"),
    ],
)
def test_other_types_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedType) as refused:
        clean(data, LIMITS)
    assert reason in refused.value.message


@pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES)
def test_a_picture_that_ends_anywhere_is_refused(data: bytes) -> None:
    whole = clean(data, LIMITS).data
    for end in {*range(16, len(whole) - 1, max(1, len(whole) // 60)), len(whole) - 1}:
        with pytest.raises(Refused) as refused:
            clean(whole[:end], LIMITS)
        assert isinstance(refused.value, Damaged | UnsupportedType)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (jpeg()[:-2], r"This JPEG file is damaged at byte [\d,]+: the end of the picture is missing\."),
        (png()[:-12], r"This PNG file is damaged at byte [\d,]+: the end of the picture is missing\."),
        (gif()[:-1], r"This GIF file is damaged at byte [\d,]+: the end of the picture is missing\."),
        (webp()[:-1], r"This WebP file is damaged at byte [\d,]+: the end of the picture is missing\."),
        (header(0, 9), "This PNG file is damaged at byte 8: the picture has no width or height."),
        (PNG + chunk(b"IDAT", b""), "This PNG file is damaged at byte 8: it does not start with a header."),
        (
            png()[:40] + b"x" + png()[41:],
            "This PNG file is damaged at byte 33: the checksum of a chunk is wrong.",
        ),
        (header(9, 9) + chunk(b"ABCD", b""), "at byte 33: it has a critical chunk of an unknown type."),
        (header(9, 9) + chunk(b"IEND", b""), "it has no pixels"),
        (
            header(9, 9) + chunk(b"IDAT", b"abc") + chunk(b"IEND", b""),
            "This PNG file is damaged: it cannot be decoded",
        ),
        (b"\xff\xd8\xff\xd9", "a picture starts inside another, or ends before its pixels"),
        (b"GIF89a\x01\0\x01\0\0\0\0\x3b", "This GIF file is damaged at byte 13: it has no pixels."),
        (
            b"GIF89a\x01\0\x01\0\0\0\0\x77",
            "This GIF file is damaged at byte 13: a block has an unknown type.",
        ),
    ],
)
def test_the_error_says_what_is_wrong_and_where(data: bytes, message: str) -> None:
    with pytest.raises(Damaged, match=message):
        clean(data, LIMITS)


def test_a_picture_of_another_format_is_refused() -> None:
    """The first bytes of one format, and the rest of another."""
    for start in (PNG, b"GIF89a", b"\xff\xd8\xff\xe0"):
        for data in PICTURES.values():
            with pytest.raises((Damaged, TooLarge)):
                clean(start + data, LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        header(50_001, 1_000),
        header(2**31 - 1, 2**31 - 1),
        b"GIF89a\xff\xff\xff\xff" + bytes(40),
        b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff" + bytes(40),
        webp()[:12] + b"VP8X\x0a\0\0\0\x10\0\0\0" + b"\xff" * 6 + webp()[30:],
        webp()[:4] + b"\x1a\0\0\0WEBPVP8L\x0e\0\0\0\x2f" + b"\xff" * 13,
    ],
)
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(data: bytes) -> None:
    with pytest.raises(TooLarge, match="at most 50,000,000 are accepted"):
        clean(data, LIMITS)


def test_an_avif_picture_with_too_many_pixels_is_refused() -> None:
    data = bytearray(PICTURES["avif"])
    at = data.index(b"ispe") + 8
    data[at : at + 8] = b"\0\1\0\0" * 2
    with pytest.raises(TooLarge, match="65,536 x 65,536 pixels"):
        clean(bytes(data), LIMITS)


@pytest.mark.parametrize("make", [jpeg, png, webp, gif])
def test_limits_can_be_lower(make: Callable[[], bytes]) -> None:
    clean(make(), Limits(pixels=960))
    with pytest.raises(TooLarge, match="40 x 24 pixels; at most 959"):
        clean(make(), Limits(pixels=959))
    with pytest.raises(TooLarge, match="at most 100 are accepted"):
        clean(make(), Limits(size=100))


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF"])
def test_an_animation_with_too_many_frames_is_refused(format_: str) -> None:
    data = animated(format_, 11)
    clean(data, Limits(frames=11, pixels=1_056))
    with pytest.raises(TooLarge, match="11 frames; at most 10 are accepted"):
        clean(data, Limits(frames=10))
    with pytest.raises(TooLarge, match="10,550 pixels are accepted in all"):
        clean(data, Limits(pixels=1_055))


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt"])
def test_a_bomb_in_text_is_removed_without_being_inflated(name: bytes) -> None:
    plain = saved(gradient(), "PNG")
    body = b"a\0\0" + (b"" if name == b"zTXt" else b"\0\0\0") + BOMB
    data = plain[:33] + chunk(name, body) + plain[33:]
    assert clean(data, LIMITS).data == plain
    assert peak_of(lambda: clean(data, LIMITS)) < 5_000_000


def test_a_bomb_in_a_colour_profile_is_refused_before_it_is_inflated() -> None:
    plain = saved(gradient(), "PNG")
    data = plain[:33] + chunk(b"iCCP", b"a\0\0" + BOMB) + plain[33:]

    def refuse() -> None:
        with pytest.raises(TooLarge, match="The colour profile has more than 4,000,000 bytes"):
            clean(data, LIMITS)

    assert peak_of(refuse) < 15_000_000


def test_pixels_that_inflate_to_more_than_the_picture_are_ignored() -> None:
    data = header(1, 1) + chunk(b"IDAT", BOMB) + chunk(b"IEND", b"")
    assert clean(data, LIMITS).width == 1


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_a_frame_outside_its_picture_is_refused(format_: str) -> None:
    data = bytearray(animated(format_))
    if format_ == "GIF":
        at = data.index(b"\x2c\0\0\0\0")
        data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    elif format_ == "WEBP":
        at = data.index(b"ANMF")
        data[at + 14 : at + 20] = b"\xff" * 6
    else:
        at = data.index(b"fcTL")
        data[at + 8 : at + 16] = b"\0\1\0\0" * 2
        data[at + 30 : at + 34] = struct.pack("!I", zlib.crc32(data[at : at + 30]))
    with pytest.raises(Damaged, match="a frame lies outside the picture"):
        clean(bytes(data), LIMITS)


def test_bytes_that_fill_a_jpeg_are_read_once() -> None:
    """Otherwise, this takes hours."""
    fill = b"\xff" * 3_000_000 + b"\0"
    for data in (b"\xff\xd8" + fill, jpeg()[:-2] + fill):
        with pytest.raises(Damaged, match="the end of the picture is missing"):
            clean(data, LIMITS)


def test_jpegs_that_browsers_cannot_show_are_refused() -> None:
    for code in (0xC3, 0xC9):
        lossless = b"\xff\xd8\xff" + bytes((code,)) + b"\0\x0b\x08\0\1\0\1\1\0\0\0"
        with pytest.raises(UnsupportedType, match="browsers cannot show it"):
            clean(lossless, LIMITS)


def test_animated_avif_files_are_refused() -> None:
    first = Image.new("RGB", (16, 16))
    data = saved(first, "AVIF", save_all=True, append_images=[gradient(16, 16)], speed=10)
    with pytest.raises(UnsupportedType, match="Animated AVIF"):
        clean(data, LIMITS)
