"""The bytes of media in SQL.

Chunks are written in short transactions, and become visible together when their row of `media_bytes` gets its
key. A writer that dies leaves a row without a key, which a later one removes.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Executable, and_, bindparam, delete, false, insert, outerjoin, select, true, update

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.errors import Busy, NotFound, OutOfSpace
from everpost.stores.chunks import chunks_of
from everpost.stores.deadlines import ending
from everpost.stores.port.media_bytes import StoredBytes
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Parameters, Rows, Transaction
from everpost.stores.sql.engine.errors import is_out_of_space
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.media import MediaBytesRow, MediaChunkRow
from everpost.stores.sql.model.types import Moment
from everpost.stores.sql.queries import selects

CHUNK = 256 * 1024
"""Bytes in a row. Old versions of MySQL accept at most 1 MB in a statement, and escaping may double them."""
_ABANDONED = timedelta(hours=6)
"""The age of a row without a key whose writer must have died."""
_SWEPT = 10
"""The maximum number of abandoned rows that a writer removes."""
_DROPPED = 32
"""The number of chunks that are deleted in one transaction."""

_KEY = bindparam("of_key", type_=MediaBytesRow.key.type)
_MOMENT = bindparam("moment", type_=Moment)
_NUMBER = bindparam("from_number", type_=MediaChunkRow.number.type)
_THIS = MediaBytesRow.id == selects.ID
_FACTS = select(MediaBytesRow.key, MediaBytesRow.size, MediaBytesRow.stored_at)
_FIND = _FACTS.where(MediaBytesRow.key == _KEY)
_PAGE = (
    _FACTS.where(MediaBytesRow.key > bindparam("after", type_=MediaBytesRow.key.type))
    .order_by(MediaBytesRow.key)
    .limit(selects.LIMIT)
)
_CHUNK = select(MediaChunkRow.data).where(
    MediaChunkRow.bytes_id == selects.ID, MediaChunkRow.number == _NUMBER
)
_OPEN = (
    select(MediaBytesRow.id, MediaBytesRow.size, MediaChunkRow.data)
    .select_from(
        outerjoin(
            MediaBytesRow,
            MediaChunkRow,
            and_(MediaChunkRow.bytes_id == MediaBytesRow.id, MediaChunkRow.number == _NUMBER),
        )
    )
    .where(MediaBytesRow.key == _KEY)
)
_RENEW = update(MediaBytesRow).where(MediaBytesRow.key == _KEY).values(stored_at=_MOMENT)
_ADD = insert(MediaBytesRow)
_ADD_CHUNK = insert(MediaChunkRow)
_SHOW = (
    update(MediaBytesRow)
    .where(_THIS, MediaBytesRow.is_dropped == false())
    .values(key=_KEY, stored_at=_MOMENT)
)
_HIDE = (
    update(MediaBytesRow)
    .where(_THIS, MediaBytesRow.key == _KEY, MediaBytesRow.stored_at < _MOMENT)
    .values(key=None, is_dropped=True)
)
_ABANDON = update(MediaBytesRow).where(_THIS, MediaBytesRow.key.is_(None)).values(is_dropped=True)
_ID_OF = select(MediaBytesRow.id, MediaBytesRow.size).where(MediaBytesRow.key == _KEY)
_ABANDONED_ROWS = (
    select(MediaBytesRow.id, MediaBytesRow.size)
    .where(MediaBytesRow.key.is_(None), MediaBytesRow.stored_at < _MOMENT)
    .limit(_SWEPT)
)
_DROP_CHUNKS = delete(MediaChunkRow).where(
    MediaChunkRow.bytes_id == selects.ID, MediaChunkRow.number >= _NUMBER
)
_DROP = delete(MediaBytesRow).where(_THIS, MediaBytesRow.is_dropped == true())


class _Bytes(NamedTuple):
    """A row of `media_bytes`."""

    id: Id
    size: int


class SqlMediaBytes:
    """`MediaBytes` of the port, in the database of the blog. Each statement has its own deadline, whatever
    that of the request.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def put(self, key: str, content: AsyncIterator[bytes], *, size: int) -> None:
        with _noticing_a_full_disk():
            if await self._renew(key):
                return
            await self._sweep()
            if size <= CHUNK:
                is_first = await self._add_at_once(key, content, size)
            else:
                is_first = await self._add(key, content, size)
            if not is_first and not await self._renew(key):
                raise Busy

    async def find(self, key: str) -> StoredBytes | None:
        rows = await self._fetch(_FIND, {"of_key": key})
        return next(map(_stored, rows), None)

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        number = start // CHUNK
        rows = await self._fetch(_OPEN, {"of_key": key, "from_number": number})
        if not rows:
            raise NotFound("file", key)
        bytes_id, size, data = rows[0]
        end = size if end is None else min(end, size)
        while start < end:
            if data is None:
                raise NotFound("file", key)  # it has been removed
            begins = number * CHUNK
            part = data[start - begins : end - begins]
            yield part
            start += len(part)
            number += 1
            data = await self._chunk(bytes_id, number) if start < end else None

    async def page(self, *, after: str = "", limit: int = 1_000) -> Sequence[StoredBytes]:
        return [*map(_stored, await self._fetch(_PAGE, {"after": after, "limit": limit}))]

    async def remove(self, key: str, *, stored_before: datetime) -> bool:
        for found in await self._fetch(_ID_OF, {"of_key": key}):
            hiding = {"this": found.id, "of_key": key, "moment": stored_before}
            if not await self._change(_HIDE, hiding):
                return not await self._fetch(_ID_OF, {"of_key": key})
            await self._delete(_Bytes(found.id, found.size))
        return True

    async def close(self) -> None:
        """Do nothing: the connections are those of the store."""

    async def _renew(self, key: str) -> bool:
        """Renew the time at which the bytes were stored, if they are here."""
        return bool(await self._change(_RENEW, {"of_key": key, "moment": now()}))

    async def _add_at_once(self, key: str, content: AsyncIterator[bytes], size: int) -> bool:
        """Add bytes that are one chunk. Returns False if another writer was first."""
        bytes_id = new_id()
        calls: list[Call] = [(_ADD, _values(bytes_id, key, size))]
        calls += [
            (_ADD_CHUNK, {"bytes_id": bytes_id, "number": 0, "data": chunk})
            async for chunk in chunks_of(content, size=size, length=CHUNK)
        ]

        async def work(transaction: Transaction) -> None:
            for call in calls:
                await transaction.execute(*call)

        try:
            with ending(None):
                await self._connections.transact(work)
        except VIOLATED:
            return False
        return True

    async def _add(self, key: str, content: AsyncIterator[bytes], size: int) -> bool:
        """Add bytes chunk by chunk. Returns False if another writer was first."""
        row = _Bytes(new_id(), size)
        try:
            await self._change(_ADD, _values(row.id, None, size))
            number = 0
            async for chunk in chunks_of(content, size=size, length=CHUNK):
                await self._add_chunk(row, number, chunk)
                number += 1
            await self._show(row, key)
        except BaseException as error:
            with suppress(Busy):
                await self._abandon(row)
            if isinstance(error, VIOLATED):
                return False
            raise
        return True

    async def _add_chunk(self, row: _Bytes, number: int, chunk: bytes) -> None:
        try:
            await self._change(_ADD_CHUNK, {"bytes_id": row.id, "number": number, "data": chunk})
        except VIOLATED as error:
            raise Busy from error  # another process took this writer for dead

    async def _show(self, row: _Bytes, key: str) -> None:
        if not await self._change(_SHOW, {"this": row.id, "of_key": key, "moment": now()}):
            raise Busy  # as above

    async def _sweep(self) -> None:
        """Remove what writers that died have left."""
        for row in await self._fetch(_ABANDONED_ROWS, {"moment": now() - _ABANDONED}):
            await self._abandon(_Bytes(row.id, row.size))

    async def _abandon(self, row: _Bytes) -> None:
        """Delete a row, unless it has its key: whether that was written may be unknown."""
        if await self._change(_ABANDON, {"this": row.id}):
            await self._delete(row)

    async def _delete(self, row: _Bytes) -> None:
        """Delete a dropped row and its chunks, in short transactions."""
        for number in range(row.size // CHUNK // _DROPPED * _DROPPED, -1, -_DROPPED):
            await self._change(_DROP_CHUNKS, {"this": row.id, "from_number": number})
        await self._change(_DROP, {"this": row.id})

    async def _chunk(self, id: Id, number: int) -> bytes | None:
        rows = await self._fetch(_CHUNK, {"this": id, "from_number": number})
        return next((row.data for row in rows), None)

    async def _fetch(self, statement: Executable, parameters: Parameters) -> Rows:
        with ending(None):
            return await self._connections.fetch(statement, parameters)

    async def _change(self, statement: Executable, parameters: Parameters) -> int:
        with ending(None):
            return await self._connections.change(statement, parameters)


@contextmanager
def _noticing_a_full_disk() -> Iterator[None]:
    try:
        yield
    except Busy as error:
        if is_out_of_space(error):
            raise OutOfSpace from error
        raise


def _values(id: Id, key: str | None, size: int) -> Values:
    return {"id": id, "key": key, "size": size, "stored_at": now(), "is_dropped": False}


def _stored(row: AnyRow) -> StoredBytes:
    return StoredBytes(key=row.key, size=row.size, stored_at=row.stored_at)
