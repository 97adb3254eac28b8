"""Files that are kept as they are, apart from what follows their end: PDF, MP3, Ogg and WebM."""

from everpost.media.refusals import Damaged

_PDF_END = b"%%EOF"
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_BITRATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_BITRATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_PAGE = 27
"""Bytes of the header of an Ogg page."""


def clean_pdf(data: bytes) -> bytes:
    """The document up to its end. Raises Damaged."""
    end = data.rfind(_PDF_END)
    if end < 0:
        raise Damaged("PDF", "the end of the document is missing", position=len(data))
    return data[: end + len(_PDF_END)] + b"\n"


def clean_ogg(data: bytes) -> bytes:
    """All pages. Raises Damaged."""
    position = 0
    while position < len(data):
        if data[position : position + 5] != b"OggS\0" or position + _PAGE > len(data):
            if position and data[position : position + 4] != b"OggS"[: len(data) - position]:
                break
            raise Damaged("Ogg", "a page is incomplete", position=position)
        lengths = data[position + _PAGE : position + _PAGE + data[position + _PAGE - 1]]
        end = position + _PAGE + data[position + _PAGE - 1] + sum(lengths)
        if end > len(data):
            raise Damaged("Ogg", "a page is incomplete", position=position)
        position = end
    return data[:position]


def clean_webm(data: bytes) -> bytes:
    """The header and the segment. Raises Damaged."""
    end = _end_of_element(data, 0, _EBML)
    end = _end_of_element(data, end, _SEGMENT)
    return data[:end]


def _end_of_element(data: bytes, position: int, id_: bytes) -> int:
    """Where the EBML element here ends (RFC 8794)."""
    if data[position : position + 4] != id_ or position + 5 > len(data) or not data[position + 4]:
        raise Damaged("WebM", "an element is missing", position=position)
    width = 9 - data[position + 4].bit_length()
    body = position + 4 + width
    mask = (1 << 7 * width) - 1
    size = int.from_bytes(data[position + 4 : body], "big") & mask
    if size == mask:  # unknown, in streams: up to the end
        return len(data)
    if body + size > len(data):
        raise Damaged("WebM", "an element is incomplete", position=position)
    return body + size


def clean_mp3(data: bytes) -> bytes:
    """The sound with its tags, which players show. Raises Damaged."""
    position = _after_tag(data)
    for _ in range(2):
        length = _frame_length(data[position : position + 4])
        if not length or position + length > len(data):
            raise Damaged("MP3", "a frame is missing", position=position)
        position += length
    return data


def _after_tag(data: bytes) -> int:
    """The position after the tag at the start (https://id3.org/id3v2.4.0-structure), and what pads it."""
    if not data.startswith(b"ID3"):
        return 0
    end = 10 + sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(data[6:10])))
    while end < len(data) and not data[end]:
        end += 1
    return end


def _frame_length(header: bytes) -> int:
    """Bytes of the frame with this header; 0 if it is not one of layer III."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, sample = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in _SAMPLE_RATES or rate in {0, 15} or sample == 3:
        return 0
    bitrate = (_BITRATES if version == 3 else _LOW_BITRATES)[rate - 1] * 1_000
    samples = 144 if version == 3 else 72
    return samples * bitrate // _SAMPLE_RATES[version][sample] + (header[2] >> 1 & 1)
