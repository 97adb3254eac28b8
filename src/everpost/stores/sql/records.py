"""A whole blog in SQL, to be moved."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import insert, or_, select, update

from everpost.domain.records import Batch, Transfer
from everpost.errors import Conflict
from everpost.stores.sql.blogs import LOCK
from everpost.stores.sql.engine import Connections, Transaction
from everpost.stores.sql.moving import Mover
from everpost.stores.sql.rows import AnyRow
from everpost.stores.sql.snapshots import SqlSnapshot
from everpost.stores.sql.tables import BlogRow, PostRow, TransferRow, UserRow

_LATEST = select(TransferRow.origin, TransferRow.digest)
_HOLDS_SOMETHING = select(BlogRow.number).where(
    or_(
        BlogRow.version > 1,
        select(UserRow.id).limit(1).exists(),
        select(PostRow.id).limit(1).exists(),
    )
)
_BEGIN_FIRST = insert(TransferRow).values(number=1)
_BEGIN = update(TransferRow).values(digest=None)
_FINISH = update(TransferRow)


class SqlRecords:
    """`Records` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._mover = Mover(connections.dialect)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SqlSnapshot]:
        async with self._connections.frozen() as connection:
            yield SqlSnapshot(connection)

    async def write(self, batch: Batch) -> None:
        async def work(transaction: Transaction) -> None:
            await self._mover.write(transaction, batch)

        await self._connections.transact(work, hurried=False)

    async def transfer(self) -> Transfer | None:
        return _transfer_in(await self._connections.fetch(_LATEST, {}))

    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(LOCK)
            if _transfer_in((await transaction.execute(_LATEST)).rows) != latest:
                raise Conflict("blog", "transfer")
            if latest is not None:
                await transaction.execute(_BEGIN.values(origin=origin))
            elif (await transaction.execute(_HOLDS_SOMETHING)).first() is not None:
                raise Conflict("blog", "transfer")
            else:
                await transaction.execute(_BEGIN_FIRST.values(origin=origin))

        await self._connections.transact(work)

    async def finish(self, transfer: Transfer) -> None:
        under_way = _FINISH.where(TransferRow.origin == transfer.origin, TransferRow.digest.is_(None))

        async def work(transaction: Transaction) -> None:
            if not (await transaction.execute(under_way.values(digest=transfer.digest))).matched:
                raise Conflict("blog", "transfer")

        await self._connections.transact(work)


def _transfer_in(rows: Sequence[AnyRow]) -> Transfer | None:
    return next((Transfer(origin=row.origin, digest=row.digest) for row in rows), None)
