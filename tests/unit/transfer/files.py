"""Files for archives and copies, with their bytes."""

import random
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256

from everpost.domain.media.files import MediaFile
from everpost.domain.media.types import MediaType
from everpost.errors import NotFound
from tests.contract.port.examples import MOMENT


def some_bytes(size: int, seed: int = 0) -> bytes:
    """Bytes that cannot be compressed."""
    return random.Random(seed).randbytes(size)


def file_of(content: bytes, name: str = "picture.jpg") -> MediaFile:
    """The record of a file with these bytes."""
    return MediaFile(
        digest=sha256(content).hexdigest(),
        name=name,
        type=MediaType.JPEG,
        size=len(content),
        created_at=MOMENT,
        updated_at=MOMENT,
    )


def files_of(contents: Mapping[str, bytes]) -> list[MediaFile]:
    """The records of files with these names and bytes, in order."""
    files = [file_of(content, name) for name, content in contents.items()]
    return sorted(files, key=lambda file: file.digest)


class KeptBytes:
    """Bytes by their digest, in memory, read in parts of an odd size."""

    def __init__(self, *contents: bytes) -> None:
        self._contents = {sha256(content).hexdigest(): content for content in contents}

    def replace(self, content: bytes, damaged: bytes | None) -> None:
        """Replace the bytes with this content, without changing their key; None: remove them."""
        key = sha256(content).hexdigest()
        if damaged is None:
            del self._contents[key]
        else:
            self._contents[key] = damaged

    async def read(self, key: str) -> AsyncIterator[bytes]:
        if key not in self._contents:
            raise NotFound("file", key)
        content = self._contents[key]
        for start in range(0, len(content), 99_991):
            yield content[start : start + 99_991]
