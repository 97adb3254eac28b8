"""S3-compatible storage as the place of the bytes of media."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import obstore
from obstore.store import S3Store

from everpost.errors import Misconfigured, NotFound, Unreachable
from everpost.stores.places.keys import is_key, require_key, require_size
from everpost.stores.places.s3_errors import FAILURES, as_facts, failure_of
from everpost.stores.places.urls import S3Url
from everpost.stores.port.media_bytes import StoredBytes

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_PART = 1_000_000
"""Bytes that are read in one request, which is short, however slowly its caller reads."""
_UPLOAD = timedelta(minutes=10)
"""Time limit for sending the bytes of a file."""
_RETRIES = 2
_BEYOND_THE_END = 416
_PRECISION = timedelta(seconds=1)
"""S3 says in which second bytes were stored."""


class Bucket:
    """`MediaBytes` of the port: each key is an object.

    Bytes are sent in one request, never in several parts: S3 keeps either the whole object or nothing, and no
    part stays behind when a process is killed. So a file is in memory while it is stored.
    """

    def __init__(self, requests: S3Store, uploads: S3Store) -> None:
        self._requests = requests
        self._uploads = uploads

    @classmethod
    async def open(cls, url: S3Url, *, timeout: float) -> Self:
        """Open the bucket. Raises Misconfigured, Unreachable."""
        limit = timedelta(seconds=timeout)
        bucket = cls(_client(url, connect=limit, whole=limit), _client(url, connect=limit, whole=_UPLOAD))
        try:
            await anext(obstore.list(bucket._requests, chunk_size=1), None)
        except FAILURES as error:
            failure = failure_of(error)
            refused = Unreachable if failure.is_passing else Misconfigured
            raise refused(f"The place for media, {url}, cannot be used: {failure.reason}.") from None
        return bucket

    async def put(self, key: str, content: AsyncIterator[bytes], *, size: int) -> None:
        parts = [part async for part in content]
        require_size(key, sum(map(len, parts)), size)
        with as_facts():
            await obstore.put_async(self._uploads, require_key(key), parts, use_multipart=False)

    async def find(self, key: str) -> StoredBytes | None:
        with as_facts():
            try:
                found = await obstore.head_async(self._requests, require_key(key))
            except FileNotFoundError:
                return None
        return StoredBytes(key, found["size"], found["last_modified"])

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        require_key(key)
        while end is None or start < end:
            until = start + _PART if end is None else min(start + _PART, end)
            part, size = await self._get(key, start, until)
            end = size if end is None else min(size, end)
            start += len(part)
            if part:
                yield part

    async def page(self, *, after: str = "", limit: int = 1_000) -> Sequence[StoredBytes]:
        found: list[StoredBytes] = []
        with as_facts():
            async for chunk in obstore.list(self._requests, offset=after or None, chunk_size=limit):
                found += (
                    StoredBytes(each["path"], each["size"], each["last_modified"])
                    for each in chunk
                    if is_key(each["path"])
                )
                if len(found) >= limit:
                    break
        return found[:limit]

    async def remove(self, key: str, *, stored_before: datetime) -> bool:
        found = await self.find(key)
        if found is None:
            return True
        if found.stored_at + _PRECISION > stored_before:
            return False
        with as_facts():
            await obstore.delete_async(self._requests, key)
        return True

    async def close(self) -> None:
        """The connections close when the last reference to them is gone."""

    async def _get(self, key: str, start: int, end: int) -> tuple[bytes, int]:
        """These bytes, as far as they exist, and the size of all."""
        with as_facts():
            try:
                found = await obstore.get_async(self._requests, key, options={"range": (start, end)})
                return bytes(await found.bytes_async()), found.meta["size"]
            except FileNotFoundError:
                raise NotFound("file", key) from None
            except FAILURES as error:
                if failure_of(error).status != _BEYOND_THE_END:
                    raise
                return b"", 0


def _client(url: S3Url, *, connect: timedelta, whole: timedelta) -> S3Store:
    """A client, which takes what the URL does not say from the usual AWS environment variables."""
    config: S3Config = {"disable_bulk_delete": True}  # which some storage does not support
    if url.endpoint is not None:
        config["endpoint"] = url.endpoint
    if url.region is not None:
        config["region"] = url.region
    options: ClientConfig = {"connect_timeout": connect, "timeout": whole}
    if url.endpoint is not None and url.endpoint.startswith("http://"):
        options["allow_http"] = True
    return S3Store(
        url.bucket,
        prefix=url.prefix or None,
        config=config,
        client_options=options,
        retry_config={"max_retries": _RETRIES, "retry_timeout": whole},
    )
