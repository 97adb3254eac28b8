"""The port's `MediaBytes` in MongoDB.

Chunks become visible together when their document in `media_bytes` gets its key. A writer that dies leaves a
document without a key, which a later one removes.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.clock import now
from everpost.errors import Busy, NotFound, OutOfSpace
from everpost.stores.chunks import chunks_of
from everpost.stores.deadlines import ending
from everpost.stores.mongo.engine.errors import is_out_of_space
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.media import BytesDocument
from everpost.stores.port.media_bytes import StoredBytes

CHUNK = 256 * 1024
"""Bytes in a document."""
_ABANDONED = timedelta(hours=6)
"""The age of a document without a key whose writer must have died."""
_SWEPT = 10
"""The maximum number of abandoned documents that a writer removes."""


class MongoMediaBytes(Part):
    """Bytes in the database of the blog. Each command has its own deadline, whatever that of the request."""

    def __init__(self, collections: Collections) -> None:
        self._bytes = collections.media_bytes
        self._chunks = collections.media_chunks

    async def put(self, key: str, content: AsyncIterator[bytes], *, size: int) -> None:
        with _noticing_a_full_disk(), ending(None):
            if await self._renew(key):
                return
            await self._sweep()
            if not await self._add(key, content, size) and not await self._renew(key):
                raise Busy

    async def find(self, key: str) -> StoredBytes | None:
        with ending(None):
            document = await self._find(key)
        return None if document is None else _stored(document)

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        with ending(None):
            found = await self._find(key)
        if found is None:
            raise NotFound("file", key)
        end = found["size"] if end is None else min(end, found["size"])
        while start < end:
            number, begins = start // CHUNK, start % CHUNK
            with ending(None):
                data = await self._chunk(found["_id"], number)
            if data is None:
                raise NotFound("file", key)  # it has been removed
            part = data[begins : begins + end - start]
            yield part
            start += len(part)

    async def page(self, *, after: str = "", limit: int = 1_000) -> Sequence[StoredBytes]:
        with ending(None):
            return await self._page(after, limit)

    async def remove(self, key: str, *, stored_before: datetime) -> bool:
        with ending(None):
            return await self._remove(key, stored_before)

    async def close(self) -> None:
        """Do nothing: the connections are those of the store."""

    @reads
    async def _find(self, key: str) -> BytesDocument | None:
        return await self._bytes.find_one({"key": key})

    @reads
    async def _chunk(self, id: ObjectId, number: int) -> bytes | None:
        document = await self._chunks.find_one({"bytes_id": id, "number": number}, {"data": 1})
        return None if document is None else bytes(document["data"])

    @reads
    async def _page(self, after: str, limit: int) -> Sequence[StoredBytes]:
        found = self._bytes.find({"key": {"$gt": after}}).sort("key", 1).limit(limit)
        return [*map(_stored, await found.to_list())]

    @writes
    async def _renew(self, key: str) -> bool:
        """Renew the time at which the bytes were stored, if they are here."""
        renewed = await self._bytes.update_one({"key": key}, {"$set": {"stored_at": now()}})
        return renewed.matched_count > 0

    async def _add(self, key: str, content: AsyncIterator[bytes], size: int) -> bool:
        """Add bytes chunk by chunk. Returns False if another writer was first."""
        bytes_id = ObjectId()
        try:
            await self._begin(bytes_id, size)
            number = 0
            async for chunk in chunks_of(content, size=size, length=CHUNK):
                await self._add_chunk(bytes_id, number, chunk)
                number += 1
            await self._show(bytes_id, key)
        except BaseException as error:
            with suppress(Busy):
                await self._abandon(bytes_id)
            if isinstance(error, DuplicateKeyError):
                return False
            raise
        return True

    @writes
    async def _begin(self, id: ObjectId, size: int) -> None:
        await self._bytes.insert_one({"_id": id, "size": size, "stored_at": now()})

    @writes
    async def _add_chunk(self, id: ObjectId, number: int, chunk: bytes) -> None:
        await self._chunks.insert_one({"bytes_id": id, "number": number, "data": chunk})

    @writes
    async def _show(self, id: ObjectId, key: str) -> None:
        shown: Filter = {"$set": {"key": key, "stored_at": now()}}
        this: Filter = {"_id": id, "dropped": {"$exists": False}}
        if not (await self._bytes.update_one(this, shown)).matched_count:
            raise Busy  # another process took this writer for dead

    @writes
    async def _remove(self, key: str, stored_before: datetime) -> bool:
        these: Filter = {"key": key, "stored_at": {"$lt": stored_before}}
        dropping: Filter = {"$unset": {"key": ""}, "$set": {"dropped": True}}
        document = await self._bytes.find_one_and_update(these, dropping)
        if document is None:
            return await self._bytes.find_one({"key": key}, {"_id": 1}) is None
        await self._delete(document["_id"])
        return True

    @writes
    async def _sweep(self) -> None:
        """Remove what writers that died have left."""
        these: Filter = {"key": {"$exists": False}, "stored_at": {"$lt": now() - _ABANDONED}}
        for document in await self._bytes.find(these, {"_id": 1}).limit(_SWEPT).to_list():
            await self._abandon(document["_id"])

    @writes
    async def _abandon(self, id: ObjectId) -> None:
        """Delete a document, unless it has its key: whether that was written may be unknown."""
        this: Filter = {"_id": id, "key": {"$exists": False}}
        if (await self._bytes.update_one(this, {"$set": {"dropped": True}})).matched_count:
            await self._delete(id)

    async def _delete(self, id: ObjectId) -> None:
        """Delete a dropped document, after its chunks."""
        await self._chunks.delete_many({"bytes_id": id})
        await self._bytes.delete_one({"_id": id, "dropped": True})


@contextmanager
def _noticing_a_full_disk() -> Iterator[None]:
    try:
        yield
    except Busy as error:
        if is_out_of_space(error):
            raise OutOfSpace from error
        raise


def _stored(document: Mapping[str, Any]) -> StoredBytes:
    return StoredBytes(key=document["key"], size=document["size"], stored_at=document["stored_at"])
