"""Clean pictures: the same pixels, without metadata."""

from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from everpost.domain.media.types import MediaType
from everpost.media.cleaner import clean
from everpost.media.limits import Limits
from tests.unit.media.pictures import (
    ORIENTED,
    PICTURES,
    PROFILE,
    SECRET,
    Picture,
    animated,
    chunk,
    exif,
    gradient,
    jpeg,
    pixels,
    png,
    saved,
)

LIMITS = Limits()
EACH_PICTURE = pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES)
EACH_ORIENTED = pytest.mark.parametrize("make", ORIENTED.values(), ids=ORIENTED)


def info(data: bytes) -> dict[str | tuple[int, int], object]:
    with Image.open(BytesIO(data)) as image:
        return dict(image.info)


def tags(data: bytes) -> dict[int, object]:
    with Image.open(BytesIO(data)) as image:
        return dict(image.getexif())


@EACH_PICTURE
def test_a_clean_picture_has_the_same_pixels(data: bytes) -> None:
    assert pixels(clean(data, LIMITS).data) == pixels(data)


@EACH_PICTURE
def test_metadata_is_removed(data: bytes) -> None:
    file = clean(data, LIMITS)
    assert SECRET not in file.data
    assert not {"comment", "xmp", "XML:com.adobe.xmp", "photoshop", "Author"} & info(file.data).keys()
    assert tags(file.data).keys() <= {0x0112}


@EACH_PICTURE
def test_a_clean_picture_stays_as_it_is(data: bytes) -> None:
    file = clean(data, LIMITS)
    assert clean(file.data, LIMITS) == file


@EACH_PICTURE
def test_what_follows_the_picture_is_dropped(data: bytes) -> None:
    expected = clean(data, LIMITS)
    for tail in (b"<script>alert(1)</script>", b"PK\3\4" + bytes(100), jpeg(), b"\0"):
        assert clean(data + tail, LIMITS) == expected


@EACH_PICTURE
def test_timing_and_profile_are_kept(data: bytes) -> None:
    kept = {"loop", "duration", "icc_profile", "gamma", "transparency", "adobe_transform"}
    before, after = info(data), info(clean(data, LIMITS).data)
    assert {key: after.get(key) for key in kept} == {key: before.get(key) for key in kept}


@EACH_ORIENTED
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_kept_and_the_size_is_that_of_the_picture_as_shown(
    make: Picture, orientation: int
) -> None:
    file = clean(make(orientation), LIMITS)
    assert tags(file.data).get(0x0112, 1) == orientation
    assert (file.width, file.height) == ((24, 40) if orientation >= 5 else (40, 24))


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF"])
def test_animations_stay_animated(format_: str) -> None:
    file = clean(animated(format_), LIMITS)
    assert file.is_animated
    assert len(pixels(file.data)) == 3


def test_the_identity_of_a_file_is_the_digest_of_what_is_left() -> None:
    plain = saved(gradient(), "PNG")
    file, other = clean(png(icc_profile=None), LIMITS), clean(plain, LIMITS)
    assert file == other
    assert file.digest == other.digest
    assert file.digest == sha256(file.data).hexdigest()
    assert file.size == len(file.data)
    assert file.type is MediaType.PNG


def test_the_thumbnail_of_a_jpeg_is_removed() -> None:
    made = jpeg(icc_profile=None)
    thumbnail = b"JFIF\0\1\1\0\0\1\0\1\1\1" + SECRET[:3]
    with_one = made[:2] + b"\xff\xe0" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail + made[2:]
    assert SECRET[:3] not in clean(with_one, LIMITS).data[:40]
    assert pixels(clean(with_one, LIMITS).data) == pixels(made)


def test_the_second_picture_of_an_mpo_file_is_removed() -> None:
    two = saved(gradient(), "MPO", save_all=True, append_images=[gradient().rotate(180)])
    with Image.open(BytesIO(two)) as image:
        assert getattr(image, "n_frames", 1) == 2
    file = clean(two, LIMITS)
    assert file.type is MediaType.JPEG
    assert pixels(file.data) == [pixels(two)[0]]


def test_a_profile_of_several_segments_is_kept() -> None:
    large = len(PROFILE) + 150_000
    profile = large.to_bytes(4, "big") + PROFILE[4:] + bytes(150_000)
    for make in ORIENTED.values():
        assert info(clean(make(1, icc_profile=profile), LIMITS).data)["icc_profile"] == profile


def test_what_is_not_a_profile_is_removed() -> None:
    for name in ("jpeg", "png", "webp"):
        file = clean(ORIENTED[name](1, icc_profile=SECRET * 20), LIMITS)
        assert "icc_profile" not in info(file.data)
        assert SECRET not in file.data


def test_what_follows_a_profile_is_removed() -> None:
    for name in ("jpeg", "webp"):
        file = clean(ORIENTED[name](1, icc_profile=PROFILE + SECRET), LIMITS)
        assert info(file.data)["icc_profile"] == PROFILE


def test_bytes_of_avif_that_belong_to_no_item_are_blanked() -> None:
    plain = PICTURES["avif"]
    at = plain.index(b"mdat") - 4
    size = int.from_bytes(plain[at : at + 4], "big")
    assert at + size == len(plain)
    private = (8 + len(SECRET)).to_bytes(4, "big") + b"uuid" + SECRET
    data = plain[:at] + (size + len(SECRET)).to_bytes(4, "big") + plain[at + 4 :] + SECRET + private
    file = clean(data, LIMITS)
    assert SECRET not in file.data
    assert file.size == len(plain) + len(SECRET)
    assert pixels(file.data) == pixels(plain)


@given(
    st.lists(
        st.tuples(st.sampled_from([b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"prVt"]), st.binary(max_size=60))
    ),
    st.binary(max_size=40),
)
def test_any_chunks_and_tail_leave_the_same_clean_png(chunks: list[tuple[bytes, bytes]], tail: bytes) -> None:
    plain = saved(gradient(), "PNG")
    added = b"".join(chunk(name, body) for name, body in chunks)
    assert clean(plain[:33] + added + plain[33:] + tail, LIMITS).data == plain


@given(
    st.lists(st.tuples(st.sampled_from([0xE1, 0xE2, 0xE3, 0xED, 0xEF, 0xFE]), st.binary(max_size=60))),
    st.binary(max_size=40),
)
def test_any_segments_and_tail_leave_the_same_clean_jpeg(
    segments: list[tuple[int, bytes]], tail: bytes
) -> None:
    plain = saved(gradient(), "JPEG")
    added = b"".join(
        bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body for code, body in segments
    )
    assert clean(plain[:20] + added + plain[20:] + tail, LIMITS).data == plain


def test_orientation_is_found_in_either_byte_order() -> None:
    little = exif(6).tobytes()
    big = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    for each in (little, big):
        file = clean(saved(gradient(), "JPEG", exif=each), LIMITS)
        assert (file.width, file.height) == (24, 40)
