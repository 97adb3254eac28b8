"""Pictures as Pillow decodes them."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, PngImagePlugin, UnidentifiedImageError

from everpost.domain.media.types import MediaType
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, TooCostly

ORIENTATION = 0x0112
_FORMATS = {
    MediaType.JPEG: "JPEG",
    MediaType.PNG: "PNG",
    MediaType.GIF: "GIF",
    MediaType.WEBP: "WEBP",
    MediaType.AVIF: "AVIF",
}
_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    RuntimeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
"""Exceptions that Pillow raises for damaged files."""
# `Limits` are checked instead.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_CHUNK = 16_000_000  # of a colour profile: clean files have no text


@contextmanager
def opened(data: bytes, type_: MediaType) -> Iterator[Image.Image]:
    """Open a picture. Raises Damaged if it cannot be decoded, here or within the block, and TooCostly."""
    name = _FORMATS[type_]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=[name]) as image:
                yield image
    except MemoryError:
        raise TooCostly("Decoding this picture takes too much memory.") from None
    except UnidentifiedImageError:
        raise Damaged(name, "it cannot be decoded") from None
    except _ERRORS as error:
        reason = "its pixels are incomplete" if "truncated" in str(error) else "it cannot be decoded"
        raise Damaged(name, reason) from error


def shown_size(data: bytes, type_: MediaType, limits: Limits) -> tuple[int, int]:
    """The width and height of a picture as it is shown, after each of its frames was decoded. Raises
    Damaged, TooLarge and TooCostly.
    """
    with opened(data, type_) as image:
        frames = getattr(image, "n_frames", 1)
        limits.check_picture(*image.size, frames)
        for frame in range(frames):
            image.seek(frame)
            image.load()
        width, height = image.size
        return (height, width) if orientation_of(image) >= 5 else (width, height)


def orientation_of(image: Image.Image) -> int:
    """How to turn and mirror the pixels to show them: 1 (as they are) to 8."""
    orientation = image.getexif().get(ORIENTATION, 1)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
