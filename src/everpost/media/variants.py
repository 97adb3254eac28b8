"""Resized copies of pictures."""

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageCms

from everpost.domain.media.copies import COPY_WIDTHS
from everpost.domain.media.types import MediaType
from everpost.media.pixels import opened, orientation_of
from everpost.media.results import CleanFile, Variant

_LONGEST_SIDE = 16_383
"""Of WebP."""
_STRIP = 4_000_000
"""Pixels that are converted at once."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def variants_of(file: CleanFile) -> list[Variant]:
    """Copies of a picture that are narrower than it, in WebP and AVIF, in the order of their widths. Those
    that would not be smaller in bytes are left out. Animations and SVG files have none.

    The same file and the same version of Pillow give the same bytes. A colour profile for RGB is kept, any
    other is converted to sRGB. Raises Damaged or TooCostly.
    """
    if not file.type.is_picture or file.is_animated or file.width is None or file.height is None:
        return []
    widths = [width for width in COPY_WIDTHS if width < file.width]
    sizes = [(width, max(1, round(file.height * width / file.width))) for width in widths]
    sizes = [size for size in sizes if max(size) <= _LONGEST_SIDE]
    if not sizes:
        return []
    shrunk, profile = _upright(file, sizes[-1])
    shrunk, profile = _in_rgb(shrunk, profile)
    return [
        variant
        for size in sizes
        for variant in _encoded(shrunk, size, profile)
        if len(variant.data) < file.size
    ]


def _upright(file: CleanFile, size: tuple[int, int]) -> tuple[Image.Image, bytes]:
    """The picture as it is shown, at least as large as this size, and its colour profile."""
    with opened(file.data, file.type) as image:
        orientation, profile = orientation_of(image), image.info.get("icc_profile") or b""
        shrunk = _shrunk(image, size if orientation < 5 else size[::-1])
    return (shrunk if orientation == 1 else shrunk.transpose(_TURNS[orientation])), profile


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture, in RGB with premultiplied alpha or in its own colours, at least twice as large as this
    size if it is.
    """
    if image.format == "JPEG":
        image.draft(image.mode, (2 * size[0], 2 * size[1]))
    factor = max(1, min(image.width // (2 * size[0]), image.height // (2 * size[1])))
    strips = _strips(image, factor)
    shrunk = next(strips)
    if shrunk.height * factor < image.height:
        first, shrunk = shrunk, Image.new(shrunk.mode, (shrunk.width, -(-image.height // factor)))
        shrunk.paste(first)
        top = first.height
        for strip in strips:
            shrunk.paste(strip, (0, top))
            top += strip.height
    return shrunk


def _strips(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """The picture from top to bottom, divided by this factor. Large pictures are in memory only once."""
    rows = max(1, _STRIP // (image.width * factor)) * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield _converted(strip).reduce(factor)


def _converted(strip: Image.Image) -> Image.Image:
    """These rows in a mode that can be resized."""
    if strip.mode == "I;16":  # `convert` would show all values above 255 as white
        return Image.frombytes("L", strip.size, strip.tobytes()[1::2])
    if strip.has_transparency_data:
        return strip.convert("RGBA").convert("RGBa")
    return strip if strip.mode in {"CMYK", "L", "RGB"} else strip.convert("RGB")


def _in_rgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, bytes]:
    """The picture in RGB, and the profile that it has then."""
    if image.mode in {"RGB", "RGBa"}:
        return image, profile if profile[16:20] == b"RGB " else b""
    if profile[16:20] in {b"CMYK", b"GRAY"}:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted, b""
    return image.convert("RGB"), b""


def _encoded(image: Image.Image, size: tuple[int, int], profile: bytes) -> Iterator[Variant]:
    """The picture in this size, in each format."""
    resized = image.resize(size, Image.Resampling.LANCZOS)
    if resized.mode == "RGBa":
        resized = resized.convert("RGBA")
    webp, avif = BytesIO(), BytesIO()
    resized.save(webp, "WEBP", quality=80, method=4, icc_profile=profile)
    yield Variant(webp.getvalue(), MediaType.WEBP, *size)
    # One thread: the same bytes on every machine.
    resized.save(avif, "AVIF", quality=60, speed=6, max_threads=1, icc_profile=profile)
    yield Variant(avif.getvalue(), MediaType.AVIF, *size)
