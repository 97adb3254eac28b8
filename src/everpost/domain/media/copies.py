"""Resized copies of pictures: their sizes, their keys and their URLs."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from everpost.domain.media.files import MediaFile
from everpost.domain.media.types import MediaType

COPY_WIDTHS = (400, 800, 1600)
"""Pixels."""
COPY_FORMATS = {"avif": MediaType.AVIF, "webp": MediaType.WEBP}
"""The types of resized copies, by their names in URLs."""


class CopySize(NamedTuple):
    """A resized copy of a picture."""

    width: int
    format: str

    @property
    def type(self) -> MediaType:
        return COPY_FORMATS[self.format]

    @property
    def query(self) -> str:
        """The query that asks for this copy, after the path of the file."""
        return f"?width={self.width}&format={self.format}"

    def key(self, digest: str) -> str:
        """The key of its bytes (`stores.port.media_bytes`)."""
        return f"{digest}-{self.width}.{self.format}"

    @classmethod
    def all_of(cls, file: MediaFile) -> Iterator[Self]:
        """The copies that a file may have: those that are narrower than the picture. Animations, and files
        that are not pictures, have none.
        """
        if file.type.is_picture and not file.is_animated and file.width is not None:
            for width in COPY_WIDTHS:
                if width < file.width:
                    yield from (cls(width, name) for name in COPY_FORMATS)


def file_digest(key: str) -> str:
    """The digest of the file to which the bytes with this key belong."""
    return key.partition("-")[0]
