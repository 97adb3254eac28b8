"""Clean files, and resized copies of pictures."""

from dataclasses import dataclass
from hashlib import sha256

from everpost.media.types import MediaType


@dataclass(frozen=True, slots=True)
class CleanFile:
    """An accepted file, without metadata."""

    data: bytes
    type: MediaType
    width: int | None = None
    """Pixels, as the picture is shown. None if unknown: sound, video, documents, some SVG files."""
    height: int | None = None
    is_animated: bool = False

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal: the identity of the file."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Variant:
    """A resized copy of a picture."""

    data: bytes
    type: MediaType
    width: int
    height: int
