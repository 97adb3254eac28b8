"""Clean files, and resized copies of pictures."""

from dataclasses import dataclass

from everpost.domain.media.types import MediaType


@dataclass(frozen=True, slots=True)
class CleanFile:
    """An accepted file, without metadata."""

    data: bytes
    type: MediaType
    digest: str
    """SHA-256 of the data, in hexadecimal: the identity of the file."""
    width: int | None = None
    """Pixels, as the picture is shown. None if unknown: sound, video, documents, some SVG files."""
    height: int | None = None
    is_animated: bool = False

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Variant:
    """A resized copy of a picture."""

    data: bytes
    type: MediaType
    width: int
    height: int
