"""The type of a file, by its content. The name, and the type that a client sends, play no part."""

import re

from everpost.domain.media.types import MediaType
from everpost.media.refusals import UnsupportedType

_PREFIXES: dict[bytes, MediaType] = {
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
    b"GIF87a": MediaType.GIF,
    b"GIF89a": MediaType.GIF,
    b"%PDF-": MediaType.PDF,
    b"ID3": MediaType.MP3,
}
_MP4_BRANDS = {
    b"isom",
    b"mp41",
    b"mp42",
    b"avc1",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"M4V ",
    b"dash",
}
_REFUSED_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"qt  ": "QuickTime",
}
_REFUSED: dict[bytes, str] = {
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\0\0\1\0": "ICO",
    b"8BPS": "Photoshop",
    b"PK\3\4": "ZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gzip",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"MZ": "Windows program",
    b"\x7fELF": "Linux program",
    b"%!PS": "PostScript",
}
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*+(?>(?><!--.*?-->|<\?.*?\?>)\s*+)*+"
    rb"(?><!DOCTYPE\s+svg\b[^>\[]*+(?:\[[^\]]*+\]\s*+)?>\s*+)?"
    rb"(?>(?><!--.*?-->|<\?.*?\?>)\s*+)*+<(?:\w++:)?svg[\s>/]",
    re.DOTALL,
)
_PROLOG = 4_096
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|script|body)\b", re.IGNORECASE)
ACCEPTED = "JPEG, PNG, GIF, WebP, AVIF, SVG, PDF, MP3, M4A, MP4, Ogg and WebM"


def type_of(data: bytes) -> MediaType:
    """The type of a file, from its first bytes. Raises UnsupportedType."""
    found = next((type_ for prefix, type_ in _PREFIXES.items() if data.startswith(prefix)), None)
    found = found or _container_type(data)
    if found is not None:
        return found
    if _SVG.match(data[:_PROLOG]):
        return MediaType.SVG
    raise UnsupportedType(_reason(data))


def _container_type(data: bytes) -> MediaType | None:
    """The type of a file in a container that several types share."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return MediaType.WEBP
    if data[:4] == b"OggS":
        return MediaType.OGG_VIDEO if _has_theora(data) else MediaType.OGG_AUDIO
    if data[:4] == b"\x1a\x45\xdf\xa3" and b"\x42\x82\x84webm" in data[:64]:
        return MediaType.WEBM
    if data[4:8] == b"ftyp":
        return _type_of_brands(data)
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:  # layer III
        return MediaType.MP3
    return None


def _has_theora(data: bytes) -> bool:
    """Whether one of the streams of an Ogg file is video: the first page of each comes first (RFC 3533)."""
    position = 0
    while data[position : position + 4] == b"OggS" and len(data) > position + 27 and data[position + 5] & 2:
        count = data[position + 26]
        body = position + 27 + count
        if data[body : body + 7] == b"\x80theora":
            return True
        position = body + sum(data[position + 27 : body])
    return False


def _brands(data: bytes) -> list[bytes]:
    """The major brand, then the compatible brands, of an ISO base media file."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 256)
    return [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]


def _type_of_brands(data: bytes) -> MediaType | None:
    brands = _brands(data)
    if {b"avif", b"avis"} & {*brands}:
        return MediaType.AVIF
    if brands[0] in _REFUSED_BRANDS:
        return None
    if brands[0] in {b"M4A ", b"M4B "}:
        return MediaType.M4A
    return MediaType.MP4 if _MP4_BRANDS & {*brands} else None


def _reason(data: bytes) -> str:
    if not data:
        return "This file is empty."
    name = next((name for prefix, name in _REFUSED.items() if data.startswith(prefix)), None)
    if data[4:8] == b"ftyp":
        name = next((_REFUSED_BRANDS[brand] for brand in _brands(data) if brand in _REFUSED_BRANDS), None)
    if name is None and _HTML.match(data[:_PROLOG]):
        name = "HTML"
    if name is None:
        return f"The type of this file is not recognized. Accepted: {ACCEPTED}."
    return f"{name} files are not accepted. Accepted: {ACCEPTED}."
