"""Files and their bytes for the tests."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TypedDict, Unpack

from everpost.domain.media.files import MediaFile
from everpost.domain.media.types import MediaType
from everpost.domain.people.users import Author
from everpost.stores.port import Store
from tests.contract.port.examples import MOMENT


class FileFields(TypedDict, total=False):
    """The fields of a file that a test may set."""

    name: str
    type: MediaType
    size: int
    width: int | None
    height: int | None
    is_animated: bool
    alt: str
    focus_x: int | None
    focus_y: int | None
    author: Author | None
    created_at: datetime
    updated_at: datetime
    version: int


def digest_of(content: bytes | str) -> str:
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def a_file(content: str = "a file", **fields: Unpack[FileFields]) -> MediaFile:
    """A file whose digest is that of this text."""
    plain = MediaFile(
        digest=digest_of(content),
        name="picture.png",
        type=MediaType.PNG,
        size=len(content),
        width=640,
        height=480,
        created_at=MOMENT,
        updated_at=MOMENT,
    )
    return replace(plain, **fields)


async def upload(store: Store, content: str = "a file", **fields: Unpack[FileFields]) -> MediaFile:
    """Add a file to the store."""
    return await store.media.add(a_file(content, **fields))


async def parts_of(content: bytes, length: int = 100_000) -> AsyncIterator[bytes]:
    """The content in parts."""
    for start in range(0, len(content), length):
        yield content[start : start + length]


async def put(store: Store, content: bytes, key: str | None = None) -> str:
    """Store bytes, and return their key."""
    key = key or digest_of(content)
    await store.media_bytes.put(key, parts_of(content), size=len(content))
    return key


async def read(store: Store, key: str, *, start: int = 0, end: int | None = None) -> bytes:
    """The bytes of a key, or a range of them."""
    return b"".join([part async for part in store.media_bytes.read(key, start=start, end=end)])
