"""Small pictures with everything that a camera or an editor adds, made by Pillow."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRET = b"SecretCamera"
"""What must not be in a clean file."""
PNG = b"\x89PNG\r\n\x1a\n"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Picture = Callable[..., bytes]
"""Makes a picture with an orientation, and with options of Pillow."""


def gradient(width: int = 40, height: int = 24, mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ."""
    across = Image.linear_gradient("L").resize((width, height))
    down = across.rotate(90).resize((width, height))
    merged = Image.merge("RGB", (across, down, Image.new("L", (width, height), 90)))
    if mode == "RGBA":
        merged.putalpha(down)
        return merged
    return merged.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF with the name of a camera, a place, and an orientation. Pillow changes it when it saves."""
    made = Image.Exif()
    made[0x010F] = SECRET.decode()
    made[0x0112] = orientation
    made.get_ifd(0x8825)[1] = "N"
    made.get_ifd(0x8825)[29] = SECRET.decode()
    return made


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    """The file that Pillow writes."""
    file = BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def jpeg(orientation: int = 1, mode: str = "RGB", **options: object) -> bytes:
    made = saved(
        gradient(mode=mode),
        "JPEG",
        exif=exif(orientation),
        comment=SECRET,
        xmp=SECRET,
        **{"icc_profile": PROFILE, **options},
    )
    photoshop = b"\xff\xed" + struct.pack("!H", 2 + len(SECRET) + 14) + b"Photoshop 3.0\0" + SECRET
    return made[:2] + photoshop + made[2:]


def png(orientation: int = 1, mode: str = "RGB", **options: object) -> bytes:
    info = PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_text("Comment", SECRET.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    info.add(b"tIME", struct.pack("!H5B", 2026, 11, 30, 1, 2, 3))
    image = gradient(mode=mode) if mode != "I;16" else sixteen_bits()
    return saved(image, "PNG", exif=exif(orientation), pnginfo=info, **{"icc_profile": PROFILE, **options})


def sixteen_bits(width: int = 40, height: int = 24) -> Image.Image:
    """A grey picture with values of 16 bits, from black to white."""
    values = [round(65_535 * place / (width - 1)) for place in range(width)] * height
    return Image.frombytes("I;16", (width, height), struct.pack(f"<{len(values)}H", *values))


def webp(orientation: int = 1, mode: str = "RGB", **options: object) -> bytes:
    return saved(
        gradient(mode=mode),
        "WEBP",
        exif=exif(orientation),
        xmp=SECRET,
        **{"icc_profile": PROFILE, "method": 0, **options},
    )


def avif(orientation: int = 1, mode: str = "RGB", **options: object) -> bytes:
    return saved(
        gradient(mode=mode),
        "AVIF",
        exif=exif(orientation),
        xmp=SECRET,
        **{"icc_profile": PROFILE, "speed": 10, "max_threads": 1, **options},
    )


def frames(count: int = 3) -> list[Image.Image]:
    """Pictures that differ."""
    return [gradient().rotate(360 * number // count) for number in range(count)]


def animated(format_: str, count: int = 3) -> bytes:
    """An animation."""
    first, *rest = frames(count)
    options: dict[str, object] = {"comment": SECRET} if format_ == "GIF" else {"exif": exif()}
    return saved(first, format_, save_all=True, append_images=rest, duration=50, loop=2, **options)


def gif(count: int = 1) -> bytes:
    return animated("GIF", count)


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))


def header(width: int, height: int, depth: int = 8, colours: int = 2) -> bytes:
    """The start of a PNG file."""
    return PNG + chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, depth, colours, 0, 0, 0))


def pixels(data: bytes) -> list[bytes]:
    """The pixels of each frame."""
    found = []
    with Image.open(BytesIO(data)) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            found.append(image.tobytes())
    return found


ORIENTED: dict[str, Picture] = {"jpeg": jpeg, "png": png, "webp": webp, "avif": avif}
PICTURES: dict[str, bytes] = {
    "jpeg": jpeg(),
    "jpeg, turned": jpeg(6),
    "jpeg, progressive": jpeg(progressive=True),
    "jpeg, restarts": jpeg(restart_marker_rows=1),
    "jpeg, grey": jpeg(mode="L", icc_profile=None),
    "jpeg, CMYK": jpeg(mode="CMYK", icc_profile=None),
    "png": png(),
    "png, turned": png(3),
    "png, alpha": png(mode="RGBA"),
    "png, palette": png(mode="P"),
    "png, 16 bits": png(mode="I;16", icc_profile=None),
    "png, black and white": png(mode="1", icc_profile=None),
    "png, animated": animated("PNG"),
    "webp": webp(),
    "webp, turned": webp(8),
    "webp, lossless with alpha": webp(mode="RGBA", lossless=True),
    "webp, plain": saved(gradient(), "WEBP", method=0),
    "webp, animated": animated("WEBP"),
    "gif": gif(),
    "gif, animated": gif(3),
    "avif": avif(),
    "avif, turned": avif(6),
    "avif, alpha": avif(mode="RGBA"),
}
