"""Rate-limit counters in SQL. Each count is one statement in its own transaction, so that no lock is held
while a response is on its way.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Insert,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite

from everpost.domain.rate_limits import WINDOW, Limit, RateLimitCounter
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.model.tables import RateLimitRow
from everpost.stores.sql.model.types import Moment
from everpost.stores.sql.queries.selects import AnyUnion

_KEY = bindparam("of_key", type_=RateLimitRow.key.type)
_MOMENT = bindparam("moment", type_=Moment)
_UNTIL = bindparam("end", type_=Moment)
_UNLIMITED = 2**62
_COLUMNS = ("key", "count", "until")
_TRIES = RateLimitRow.count.label("tries")
_IS_CURRENT = RateLimitRow.until > _MOMENT
_COUNT: ColumnElement[Any] = case((_IS_CURRENT, RateLimitRow.count + 1), else_=1)
_END: ColumnElement[Any] = case((_IS_CURRENT, RateLimitRow.until), else_=_UNTIL)
_DELETE_EXPIRED = delete(RateLimitRow).where(RateLimitRow.until <= _MOMENT)
_DECREMENT = (
    update(RateLimitRow)
    .where(RateLimitRow.key.in_(bindparam("keys", expanding=True)), RateLimitRow.count > 0)
    .values(count=RateLimitRow.count - 1)
)
_COUNTER = select(_TRIES, RateLimitRow.until).where(RateLimitRow.key == _KEY)
_FIRST: dict[str, Any] = {"key": _KEY, "count": 1, "until": _UNTIL}

# MySQL has no RETURNING, and a subsequent SELECT might also count attempts of other clients.
_HIT_IN_MYSQL = (
    mysql.insert(RateLimitRow)
    .values(_FIRST | {"count": func.last_insert_id(1)})
    .on_duplicate_key_update([("count", func.last_insert_id(_COUNT)), ("until", _END)])
)
_LAST_HIT = select(
    func.last_insert_id(type_=BigInteger).label("tries"),
    select(RateLimitRow.until).where(RateLimitRow.key == _KEY).scalar_subquery().label("until"),
)
_HIT_IN_SQLITE = (
    sqlite.insert(RateLimitRow)
    .values(_FIRST)
    .on_conflict_do_update(index_elements=[RateLimitRow.key], set_={"count": _COUNT, "until": _END})
    .returning(_TRIES, RateLimitRow.until)
)


@cache
def _hit_in_postgresql(size: int) -> AnyUnion:
    """Return the statement that counts an attempt against this many limits, up to the first exceeded one."""
    hits: list[CTE] = []
    for place in range(size):
        first = select(bindparam(f"key_{place}", type_=RateLimitRow.key.type), literal(1), _UNTIL)
        if hits:
            first = first.where(hits[-1].c.tries <= bindparam(f"most_{place - 1}", type_=BigInteger))
        hit = (
            postgresql.insert(RateLimitRow)
            .from_select(_COLUMNS, first)
            .on_conflict_do_update(index_elements=[RateLimitRow.key], set_={"count": _COUNT, "until": _END})
            .returning(_TRIES, RateLimitRow.until)
        )
        hits.append(hit.cte(f"hit_{place}"))
    return union_all(
        *(select(literal_column(str(place)).label("place"), *hit.c) for place, hit in enumerate(hits))
    )


@cache
def _new_window(engine_name: str) -> Insert:
    """Return a statement that begins a new window, replacing an existing one."""
    if engine_name == "mysql":
        return mysql.insert(RateLimitRow).values(_FIRST).on_duplicate_key_update(count=1, until=_UNTIL)
    insert = postgresql.insert if engine_name == "postgresql" else sqlite.insert
    changes = {"count": 1, "until": _UNTIL}
    replacing = insert(RateLimitRow).values(_FIRST)
    return replacing.on_conflict_do_update(index_elements=[RateLimitRow.key], set_=changes)


class SqlRateLimits:
    """`RateLimits` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def hit(self, limits: Sequence[Limit], moment: datetime) -> Sequence[RateLimitCounter]:
        if self._connections.dialect.name == "postgresql":
            return await self._hit_all(limits, moment)
        counters: list[RateLimitCounter] = []
        for limit in limits:
            counters.append(await self._hit(limit, moment))
            if limit.is_exceeded_by(counters[-1]):
                break
        return counters

    async def _hit_all(self, limits: Sequence[Limit], moment: datetime) -> Sequence[RateLimitCounter]:
        parameters: dict[str, object] = {"moment": moment, "end": moment + WINDOW}
        for place, limit in enumerate(limits):
            most = _UNLIMITED if limit.most is None else limit.most
            parameters |= {f"key_{place}": limit.key, f"most_{place}": most}
        rows = await self._connections.change_returning(_hit_in_postgresql(len(limits)), parameters)
        return [RateLimitCounter(row.tries, row.until) for row in sorted(rows, key=lambda row: row.place)]

    async def _hit(self, limit: Limit, moment: datetime) -> RateLimitCounter:
        end = moment + WINDOW
        parameters = {"of_key": limit.key, "moment": moment, "end": end}
        if self._connections.dialect.name == "mysql":
            hits = [(_HIT_IN_MYSQL, parameters), (_LAST_HIT, parameters)]
            (row,) = (await self._connections.change_all(hits))[-1].rows
        else:
            (row,) = await self._connections.change_returning(_HIT_IN_SQLITE, parameters)
        return RateLimitCounter(row.tries, row.until or end)

    async def decrement(self, keys: Sequence[str]) -> None:
        if keys:
            await self._connections.change(_DECREMENT, {"keys": list(keys)})

    async def get(self, key: str, moment: datetime) -> RateLimitCounter | None:
        rows = await self._connections.fetch(_COUNTER, {"of_key": key})
        return next((RateLimitCounter(row.tries, row.until) for row in rows if row.until > moment), None)

    async def start_window(self, key: str, until: datetime) -> None:
        replacing = _new_window(self._connections.dialect.name)
        await self._connections.change(replacing, {"of_key": key, "end": until})

    async def delete_expired(self, moment: datetime) -> None:
        await self._connections.change(_DELETE_EXPIRED, {"moment": moment})
