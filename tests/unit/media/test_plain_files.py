"""Files that are not pictures: what they must contain, and what is removed."""

import struct

import pytest

from everpost.domain.media.types import MediaType
from everpost.media.cleaner import clean
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged
from tests.unit.media.pictures import SECRET

LIMITS = Limits()
TAIL = b"<script>alert(1)</script>"


def box(type_: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("!I4s", 8 + len(body), type_) + body


def ogg_page(body: bytes, flags: int = 0) -> bytes:
    return b"OggS\0" + bytes((flags,)) + bytes(20) + b"\1" + bytes((len(body),)) + body


UDTA = box(b"udta", box(b"\xa9xyz", SECRET))
MP4 = (
    box(b"ftyp", b"isom\0\0\2\0isomavc1")
    + box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", box(b"tkhd", bytes(84)), UDTA), UDTA)
    + box(b"uuid", bytes(16), SECRET)
    + box(b"mdat", b"sound")
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OGG = ogg_page(b"\1vorbis" + bytes(20), 2) + ogg_page(b"sound")
MP3 = b"ID3\4\0\0\0\0\0\5title" + (b"\xff\xfb\x90\x00" + bytes(413)) * 3
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67\x85video"
SVG = b"<!-- a -->\n<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'><g/></svg>"
FILES = {
    MediaType.PDF: PDF,
    MediaType.MP3: MP3,
    MediaType.MP4: MP4,
    MediaType.M4A: MP4.replace(b"isom\0\0\2\0", b"M4A \0\0\2\0"),
    MediaType.OGG_AUDIO: OGG,
    MediaType.OGG_VIDEO: ogg_page(b"\1vorbis", 2)
    + ogg_page(b"\x80theora" + bytes(20), 2)
    + ogg_page(b"film"),
    MediaType.WEBM: WEBM,
    MediaType.SVG: SVG,
}


@pytest.mark.parametrize("type_", FILES)
def test_the_type_is_found_and_a_clean_file_stays_as_it_is(type_: MediaType) -> None:
    file = clean(FILES[type_], LIMITS)
    assert file.type is type_
    assert not file.is_animated
    assert clean(file.data, LIMITS) == file


@pytest.mark.parametrize("type_", [each for each in FILES if each is not MediaType.MP3])
def test_an_incomplete_file_is_refused(type_: MediaType) -> None:
    for end in (len(FILES[type_]) - 3, len(FILES[type_]) - 6):
        with pytest.raises(Damaged):
            clean(FILES[type_][:end], LIMITS)


@pytest.mark.parametrize("type_", [MediaType.PDF, MediaType.OGG_AUDIO, MediaType.WEBM])
def test_what_follows_the_end_is_dropped(type_: MediaType) -> None:
    assert clean(FILES[type_] + TAIL, LIMITS) == clean(FILES[type_], LIMITS)


@pytest.mark.parametrize("type_", [MediaType.MP4, MediaType.SVG])
def test_a_file_with_something_after_its_end_is_refused(type_: MediaType) -> None:
    with pytest.raises(Damaged):
        clean(FILES[type_] + TAIL, LIMITS)


def test_the_place_where_a_film_was_recorded_is_blanked() -> None:
    file = clean(MP4, LIMITS)
    assert SECRET not in file.data
    assert file.size == len(MP4)
    assert file.data.endswith(box(b"mdat", b"sound"))


@pytest.mark.parametrize(
    "data", [b"ID3\4\0\0\0\0\0\5title", b"ID3\4\0\0\0\0\0\5title<html>", MP3[:420], b"\xff\xfbhello"]
)
def test_mp3_needs_two_frames(data: bytes) -> None:
    with pytest.raises(Damaged, match=r"This MP3 file is damaged at byte \d+: a frame is missing\."):
        clean(data, LIMITS)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40" height="30"', (40, 30)),
        ('width="40.5px" height="30px"', (40, 30)),
        ('viewBox="0 0 20 10"', (20, 10)),
        ('width="100%" height="100%" viewBox="0,0,20,10"', (20, 10)),
        ('width="0" height="30"', (None, None)),
        ('viewBox="0 0 1e999 10"', (None, None)),
        ('viewBox="0 0 - 10"', (None, None)),
        ("", (None, None)),
    ],
)
def test_the_size_of_svg(attributes: str, size: tuple[int | None, int | None]) -> None:
    file = clean(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode(), LIMITS)
    assert (file.width, file.height) == size


@pytest.mark.parametrize(
    "data",
    [
        SVG[:-3],
        b"<svg><b></svg>",
        b"<svg><script>a && b</script></svg>",
        b'<svg xmlns="https://other.example/"/>',
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(
            b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 50 if n else b"&a;" * 50) for n in range(9)
        )
        + b']><svg width="&a8;"/>',
    ],
    ids=["cut", "not closed", "HTML", "namespace", "entities"],
)
def test_broken_svg_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged, match="This SVG file is damaged"):
        clean(data, LIMITS)


def test_entities_of_svg_do_not_read_files(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    data = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file://{secret}">]><svg>&a;</svg>'.encode()
    assert clean(data, LIMITS).data == data


def test_files_that_may_contain_scripts_are_not_inline() -> None:
    assert {type_ for type_ in MediaType if not type_.is_inline} == {MediaType.SVG, MediaType.PDF}
