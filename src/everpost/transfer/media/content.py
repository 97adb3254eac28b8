"""The bytes of a file, checked while they are read."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import NamedTuple, Protocol

from everpost.errors import EverpostError, NotFound
from everpost.transfer.media.file_list import ListedFile


class BytesSource(Protocol):
    """A place, or an archive, from which the bytes of files are read."""

    def read(self, key: str) -> AsyncIterator[bytes]:
        """Yield the bytes with this key, which are those of a file if it is a digest. Raises
        NotFound("file").
        """
        ...


class Fault(NamedTuple):
    """A file whose bytes are missing or damaged."""

    file: ListedFile
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class DamagedFile(EverpostError):
    """The bytes of a file are not those that its record describes."""


MISSING = "its bytes are missing"
DAMAGED = "its bytes are damaged"


async def whole(source: BytesSource, file: ListedFile) -> AsyncGenerator[bytes]:
    """The bytes of a file in parts, the last of them only after the size and the digest of all were checked.
    So they cannot be stored unless they are right. Raises NotFound, DamagedFile.
    """
    digest, size, earlier = hashlib.sha256(), 0, b""
    async with _closing(source.read(file.digest)) as parts:
        async for part in parts:
            digest.update(part)
            size += len(part)
            if size > file.size:
                break
            if earlier:
                yield earlier
            earlier = part
    if size != file.size or digest.hexdigest() != file.digest:
        raise DamagedFile(str(Fault(file, DAMAGED)))
    yield earlier


async def find_fault(source: BytesSource, file: ListedFile) -> Fault | None:
    """The fault of the bytes of a file; None if they are right."""
    try:
        async with aclosing(whole(source, file)) as parts:
            async for _ in parts:
                pass
    except NotFound:
        return Fault(file, MISSING)
    except DamagedFile:
        return Fault(file, DAMAGED)
    return None


@asynccontextmanager
async def _closing(parts: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    try:
        yield parts
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()
