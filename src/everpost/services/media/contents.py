"""Reading the bytes of files: what the public may read, and in which parts."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from everpost.domain.clock import now
from everpost.domain.media.files import MediaFile, linked_digests
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.errors import NotFound
from everpost.stores.port import Store

_DIGEST = re.compile("[0-9a-f]{64}")
_PART = 1_048_576
"""Bytes that are read at once, in one query: a slow reader holds no connection to the database."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file whose bytes the actor may read."""

    file: MediaFile
    is_public: bool


async def find_file(store: Store, digest: str, identify: Callable[[], Awaitable[Actor]]) -> FoundFile:
    """The file with this digest, if a public post or the navigation of the blog uses it. Otherwise, only
    users who may upload files can read it; `identify` is called only then. Raises NotFound, and what
    `identify` raises.
    """
    if _DIGEST.fullmatch(digest) is None:
        raise NotFound("file", "")
    file = (await store.media.find([digest])).get(digest)
    if file is None:
        raise NotFound("file", digest)
    if await store.media.is_public(digest, now()) or await _is_in_navigation(store, digest):
        return FoundFile(file, is_public=True)
    if Scope.MEDIA_WRITE not in (await identify()).scopes:
        raise NotFound("file", digest)
    return FoundFile(file, is_public=False)


async def navigation_digests(store: Store) -> frozenset[str]:
    """The digests of the files to which the navigation of the blog links."""
    blog = await store.blog.get()
    return frozenset(linked_digests(*(link.url for link in blog.navigation)))


async def read_parts(store: Store, key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` up to but not including `end`, in parts. Each is read in a call of its own.
    Raises NotFound, Busy.
    """
    while start < end:
        until = min(end, start - start % _PART + _PART)
        part = b"".join([each async for each in store.media_bytes.read(key, start=start, end=until)])
        if len(part) != until - start:
            raise NotFound("file", key)  # incomplete
        yield part
        start = until


async def _is_in_navigation(store: Store, digest: str) -> bool:
    return digest in await navigation_digests(store)
