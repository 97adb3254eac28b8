"""Counts of what is tried, in SQL."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.limits import WINDOW, Tally
from everpost.errors import Busy
from everpost.stores.sql.connections import Connections
from everpost.stores.sql.errors import VIOLATED
from everpost.stores.sql.tables import TallyRow
from everpost.stores.sql.transactions import Transaction
from everpost.stores.sql.types import Moment

_KEY = bindparam("of_key", type_=TallyRow.key.type)
_TRIES = 3
"""Two who count the first try of a window at once cannot both begin it."""
_FORGET = delete(TallyRow).where(TallyRow.until <= bindparam("moment", type_=Moment))
_COUNT = update(TallyRow).where(TallyRow.key == _KEY).values(count=TallyRow.count + 1)
_FORGIVE = update(TallyRow).where(TallyRow.key == _KEY, TallyRow.count > 0).values(count=TallyRow.count - 1)
_BEGIN = insert(TallyRow)
_TALLY = select(TallyRow.count.label("tries"), TallyRow.until).where(TallyRow.key == _KEY)


class SqlLimits:
    """`Limits` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def hit(self, key: str, moment: datetime) -> Tally:
        async def work(transaction: Transaction) -> Tally:
            await transaction.execute(_FORGET, {"moment": moment})
            if (await transaction.execute(_COUNT, {"of_key": key})).matched:
                row = (await transaction.execute(_TALLY, {"of_key": key})).one()
                return Tally(row.tries, row.until)
            first = Tally(1, moment + WINDOW)
            await transaction.execute(_BEGIN, {"key": key, "count": first.count, "until": first.until})
            return first

        for _ in range(_TRIES):
            try:
                return await self._connections.transact(work)
            except VIOLATED:
                continue
        raise Busy

    async def forgive(self, key: str) -> None:
        await self._connections.change(_FORGIVE, {"of_key": key})

    async def forget(self, moment: datetime) -> None:
        await self._connections.change(_FORGET, {"moment": moment})
