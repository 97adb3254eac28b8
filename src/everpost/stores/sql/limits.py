"""Counts of what is tried, in SQL."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.limits import WINDOW, Limit, Tally
from everpost.errors import Busy
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.tables import TallyRow
from everpost.stores.sql.types import Moment

_Outcome = TypeVar("_Outcome")

_KEY = bindparam("of_key", type_=TallyRow.key.type)
_TRIES = 3
"""Two who begin a window at once cannot both do so."""
_FORGET = delete(TallyRow).where(TallyRow.until <= bindparam("moment", type_=Moment))
_COUNT = update(TallyRow).where(TallyRow.key == _KEY).values(count=TallyRow.count + 1)
_FORGIVE = (
    update(TallyRow)
    .where(TallyRow.key.in_(bindparam("keys", expanding=True)), TallyRow.count > 0)
    .values(count=TallyRow.count - 1)
)
_BEGIN = insert(TallyRow)
_BEGIN_ANEW = (
    update(TallyRow)
    .where(TallyRow.key == _KEY)
    .values(count=1, until=bindparam("new_until", type_=TallyRow.until.type))
)
_TALLY = select(TallyRow.count.label("tries"), TallyRow.until).where(TallyRow.key == _KEY)


class SqlLimits:
    """`Limits` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def hit(self, limits: Sequence[Limit], moment: datetime) -> Sequence[Tally]:
        tallies = []
        for limit in limits:
            tallies.append(await self._hit(limit.key, moment))
            if limit.is_exceeded_by(tallies[-1]):
                break
        return tallies

    async def _hit(self, key: str, moment: datetime) -> Tally:
        async def work(transaction: Transaction) -> Tally:
            await transaction.execute(_FORGET, {"moment": moment})
            if (await transaction.execute(_COUNT, {"of_key": key})).matched:
                row = (await transaction.execute(_TALLY, {"of_key": key})).one()
                return Tally(row.tries, row.until)
            first = Tally(1, moment + WINDOW)
            await transaction.execute(_BEGIN, {"key": key, "count": first.count, "until": first.until})
            return first

        return await self._try(work)

    async def forgive(self, keys: Sequence[str]) -> None:
        if keys:
            await self._connections.change(_FORGIVE, {"keys": list(keys)})

    async def get(self, key: str, moment: datetime) -> Tally | None:
        rows = await self._connections.fetch(_TALLY, {"of_key": key})
        return next((Tally(row.tries, row.until) for row in rows if row.until > moment), None)

    async def keep(self, key: str, until: datetime) -> None:
        async def work(transaction: Transaction) -> None:
            anew = await transaction.execute(_BEGIN_ANEW, {"of_key": key, "new_until": until})
            if not anew.matched:
                await transaction.execute(_BEGIN, {"key": key, "count": 1, "until": until})

        await self._try(work)

    async def forget(self, moment: datetime) -> None:
        await self._connections.change(_FORGET, {"moment": moment})

    async def _try(self, work: Callable[[Transaction], Awaitable[_Outcome]]) -> _Outcome:
        for _ in range(_TRIES):
            try:
                return await self._connections.transact(work)
            except VIOLATED:
                continue
        raise Busy
