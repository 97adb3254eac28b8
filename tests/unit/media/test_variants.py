"""Resized copies: narrower, upright, in the same colours, and the same bytes each time."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from everpost.domain.media.types import MediaType
from everpost.media import variants
from everpost.media.cleaner import clean
from everpost.media.limits import Limits
from everpost.media.results import CleanFile, Variant
from everpost.media.variants import variants_of
from tests.unit.media.pictures import PROFILE, animated, exif, gradient, saved, sixteen_bits

LIMITS = Limits()
NOISE = Image.effect_noise((450, 150), 30)
FORMATS = [MediaType.WEBP, MediaType.AVIF]


def wide(width: int = 450, height: int = 150, mode: str = "RGB") -> Image.Image:
    """A picture that needs more bytes than its copies."""
    image = gradient(width, height, mode)
    noise = NOISE.resize((width, height))
    channels = [ImageChops.add(channel, noise, 2) for channel in image.split()]
    return Image.merge(image.mode, channels)


def file_of(image: Image.Image, format_: str = "PNG", **options: object) -> CleanFile:
    return clean(saved(image, format_, **options), LIMITS)


def opened(variant: Variant) -> Image.Image:
    return Image.open(BytesIO(variant.data))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of channels, 0 to 255."""
    assert one.mode == other.mode
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def sizes(file: CleanFile) -> list[tuple[str, int, int]]:
    return [(each.type.name, each.width, each.height) for each in variants_of(file)]


def test_a_picture_has_copies_that_are_narrower_than_it() -> None:
    assert sizes(file_of(wide(1700, 20))) == [
        (type_.name, width, height) for width, height in ((400, 5), (800, 9), (1600, 19)) for type_ in FORMATS
    ]
    assert sizes(file_of(wide(800, 20))) == [("WEBP", 400, 10), ("AVIF", 400, 10)]
    assert sizes(file_of(wide(400))) == []


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_copies_look_like_the_picture(format_: str) -> None:
    file = file_of(wide(), format_)
    with Image.open(BytesIO(file.data)) as image:
        expected = image.convert("RGB").resize((400, 133), Image.Resampling.LANCZOS)
    made = variants_of(file)
    assert [each.type for each in made] == FORMATS
    for variant in made:
        with opened(variant) as image:
            assert image.format == variant.type.name
            assert image.size == (variant.width, variant.height) == (400, 133)
            assert difference(image.convert("RGB"), expected) < 8


@pytest.mark.parametrize(
    "orientation", [6, *(pytest.param(each, marks=pytest.mark.long) for each in (1, 2, 3, 4, 5, 7, 8))]
)
def test_copies_are_upright(orientation: int) -> None:
    file = file_of(wide(450, 420), "JPEG", exif=exif(orientation))
    with Image.open(BytesIO(file.data)) as image:
        upright = ImageOps.exif_transpose(image)
        assert upright is not None
    for variant in variants_of(file):
        with opened(variant) as image:
            assert image.getexif() == {}
            assert difference(image.convert("RGB"), upright.resize(image.size)) < 4


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1"])
@pytest.mark.parametrize("size", [(40, 24), (10, 6), (7, 5)])
def test_a_large_picture_is_reduced_in_strips_to_the_same_pixels(
    mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shrunk() -> tuple[tuple[int, int], bytes]:
        with Image.open(BytesIO(saved(gradient(161, 91, mode), "PNG"))) as image:
            made = variants._shrunk(image, size)
            return made.size, made.tobytes()

    whole = shrunk()
    monkeypatch.setattr(variants, "_STRIP", 1_610)
    assert shrunk() == whole


@pytest.mark.long
def test_the_same_file_has_the_same_copies() -> None:
    file = file_of(wide(mode="RGBA"))
    assert variants_of(file) == variants_of(file)


def test_transparency_is_kept() -> None:
    image = wide(mode="RGBA")
    for variant in variants_of(file_of(image)):
        with opened(variant) as copy:
            assert copy.mode == "RGBA"
            alpha = image.getchannel("A").resize(copy.size)
            assert difference(copy.getchannel("A"), alpha) < 4


def test_the_colour_under_transparent_pixels_does_not_bleed() -> None:
    image = Image.new("RGBA", (420, 100), (255, 0, 0, 0))
    image.paste(wide(205, 100, "L").convert("RGBA"), (0, 0))
    for variant in variants_of(file_of(image)):
        with opened(variant) as copy:
            red, green = copy.getchannel("R"), copy.getchannel("G")
            seen = copy.getchannel("A").point(lambda alpha: 255 if alpha > 128 else 0)
            assert ImageStat.Stat(ImageChops.subtract(red, green), mask=seen).mean[0] < 4


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
def test_each_kind_of_png_has_copies(mode: str) -> None:
    if mode == "LA":
        image = Image.merge("LA", (wide(mode="L"), gradient(450, 150, "L")))
    else:
        image = wide(mode="RGB" if mode == "P" else mode).convert(mode)
    assert len(variants_of(file_of(image))) >= 2


def test_a_palette_may_have_a_transparent_colour() -> None:
    image = wide().convert("P")
    for variant in variants_of(file_of(image, transparency=image.getpixel((0, 0)))):
        with opened(variant) as copy:
            assert copy.mode == "RGBA"


def test_sixteen_bits_become_eight() -> None:
    made = variants_of(file_of(sixteen_bits(450, 150)))
    for variant in made:
        with opened(variant) as copy:
            row = [copy.convert("L").getpixel((x, 60)) for x in (0, copy.width // 2, copy.width - 1)]
            assert row == pytest.approx([0, 128, 255], abs=6)


def test_a_profile_for_rgb_is_kept() -> None:
    for variant in variants_of(file_of(wide(), icc_profile=PROFILE)):
        with opened(variant) as copy:
            assert copy.info["icc_profile"] == PROFILE


def test_colours_of_print_become_rgb() -> None:
    file = file_of(wide().convert("CMYK"), "JPEG", quality=95)
    with Image.open(BytesIO(file.data)) as image:
        expected = image.convert("RGB")
    for variant in variants_of(file):
        with opened(variant) as copy:
            assert copy.mode == "RGB"
            assert difference(copy, expected.resize(copy.size)) < 6


def test_a_profile_for_other_colours_is_converted_or_ignored_if_it_is_broken() -> None:
    broken = PROFILE[:16] + b"CMYK" + PROFILE[20:]
    for image in (wide().convert("CMYK"), wide(mode="L")):
        for variant in variants_of(file_of(image, "JPEG", icc_profile=broken)):
            with opened(variant) as copy:
                assert copy.mode == "RGB"
                assert "icc_profile" not in copy.info


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_animations_have_no_copies(format_: str) -> None:
    assert variants_of(clean(animated(format_), LIMITS)) == []


def test_a_copy_that_is_not_smaller_is_left_out() -> None:
    assert variants_of(file_of(Image.new("1", (401, 1)))) == []


@pytest.mark.long
def test_a_copy_that_would_be_too_high_for_webp_is_left_out() -> None:
    assert variants_of(file_of(wide(401, 16_425, "L"))) == []


def test_a_very_wide_picture_keeps_a_row() -> None:
    assert {height for _, _, height in sizes(file_of(wide(1_700, 1)))} == {1}
