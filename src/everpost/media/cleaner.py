"""From uploaded bytes to a clean file."""

from hashlib import sha256

from everpost.domain.media.types import MediaType
from everpost.media.containers.avif import clean_avif
from everpost.media.containers.gif import clean_gif
from everpost.media.containers.jpeg import clean_jpeg
from everpost.media.containers.mp4 import clean_mp4
from everpost.media.containers.plain import clean_mp3, clean_ogg, clean_pdf, clean_webm
from everpost.media.containers.png import clean_png
from everpost.media.containers.svg import size_of_svg
from everpost.media.containers.webp import clean_webp
from everpost.media.limits import Limits
from everpost.media.pixels import shown_size
from everpost.media.results import CleanFile
from everpost.media.signatures import type_of

_PLAIN = {
    MediaType.PDF: clean_pdf,
    MediaType.MP3: clean_mp3,
    MediaType.M4A: clean_mp4,
    MediaType.MP4: clean_mp4,
    MediaType.OGG_AUDIO: clean_ogg,
    MediaType.OGG_VIDEO: clean_ogg,
    MediaType.WEBM: clean_webm,
}


def clean(data: bytes, limits: Limits) -> CleanFile:
    """The file without metadata: EXIF, XMP, IPTC, thumbnails and comments of pictures, user data of MP4.
    Pixels are the same as before, and so are orientation and colour profile; nothing follows the end of the
    file.

    SVG, PDF, MP3, Ogg and WebM files keep their titles and authors. A clean file stays as it is. Raises
    UnsupportedType, TooLarge, TooCostly or Damaged, all of which are `Refused`.
    """
    limits.check_size(len(data))
    type_, frames = type_of(data), 1
    size: tuple[int, int] | None = None
    if type_.is_picture:
        data, frames = _clean_picture(data, type_, limits)
        size = shown_size(data, type_, limits)
    elif type_ is MediaType.SVG:
        size = size_of_svg(data)
    else:
        data = _PLAIN[type_](data)
    width, height = size or (None, None)
    return CleanFile(data, type_, sha256(data).hexdigest(), width, height, is_animated=frames > 1)


def _clean_picture(data: bytes, type_: MediaType, limits: Limits) -> tuple[bytes, int]:
    """The clean picture, and the number of its frames."""
    match type_:
        case MediaType.JPEG:
            return clean_jpeg(data, limits), 1
        case MediaType.PNG:
            return clean_png(data, limits)
        case MediaType.GIF:
            return clean_gif(data, limits)
        case MediaType.WEBP:
            return clean_webp(data, limits)
        case _:
            return clean_avif(data, limits), 1
