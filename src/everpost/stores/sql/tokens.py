"""Tokens in SQL."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, insert, or_, select, update

from everpost.domain.ids import Id
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.errors import Conflict, NotFound
from everpost.stores.sql import reading
from everpost.stores.sql.connections import Connections
from everpost.stores.sql.errors import VIOLATED
from everpost.stores.sql.rows import token_of, token_values, user_of
from everpost.stores.sql.tables import TokenRow, UserRow
from everpost.stores.sql.transactions import Transaction
from everpost.stores.sql.types import IdText, Moment
from everpost.stores.turns import Turns

_TOKEN = select(TokenRow.__table__)
_OWNER = bindparam("owner", type_=IdText)
_DAY = bindparam("day", type_=Moment)
_WITH_OWNERS = select(
    UserRow.__table__, *(column.label(f"token_{column.key}") for column in TokenRow.__table__.c)
).join(TokenRow, TokenRow.user_id == UserRow.id)
_OF_USER = _TOKEN.where(TokenRow.user_id == _OWNER).order_by(TokenRow.created_at, TokenRow.id)
_ADD = insert(TokenRow)
_FORGET = delete(TokenRow).where(
    TokenRow.user_id == _OWNER, TokenRow.expires_at <= bindparam("moment", type_=Moment)
)
_REMOVE = delete(TokenRow).where(TokenRow.id == reading.ID)
_REMOVE_OWN = _REMOVE.where(TokenRow.user_id == _OWNER)
_MARK_USED = (
    update(TokenRow)
    .where(TokenRow.id == reading.ID, or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at < _DAY))
    .values(last_used_at=_DAY)
)


class SqlTokens:
    """`Tokens` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._turns = Turns(self._find, most=reading.MOST_HEADS)

    async def find(self, digest: str) -> tuple[Token, User] | None:
        return await self._turns.ask(digest)

    async def _find(self, digests: Sequence[str]) -> Sequence[tuple[Token, User] | None]:
        size, parameters = reading.padded("digest", list(set(digests)))
        rows = await self._connections.fetch(_with_owners(size), parameters)
        found = {row.token_digest: (token_of(row, prefix="token_"), user_of(row)) for row in rows}
        return [found.get(digest) for digest in digests]

    async def of_user(self, user_id: Id) -> Sequence[Token]:
        return tuple(map(token_of, await self._connections.fetch(_OF_USER, {"owner": user_id})))

    async def add(self, token: Token) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(_FORGET, {"owner": token.user_id, "moment": token.created_at})
            await transaction.execute(_ADD, token_values(token))

        try:
            await self._connections.transact(work)
        except VIOLATED as error:
            if await self._connections.fetch(reading.USER_IS_THERE, {"this": token.user_id}):
                raise Conflict("token", "id") from error
            raise NotFound("user", token.user_id) from error

    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        if user_id is None:
            removed = await self._connections.change(_REMOVE, {"this": id})
        else:
            removed = await self._connections.change(_REMOVE_OWN, {"this": id, "owner": user_id})
        if not removed:
            raise NotFound("token", id)

    async def mark_used(self, id: Id, day: datetime) -> None:
        await self._connections.change(_MARK_USED, {"this": id, "day": day})


@cache
def _with_owners(size: int) -> reading.AnySelect:
    return _WITH_OWNERS.where(TokenRow.digest.in_(reading.these("digest", size, TokenRow.digest.type)))
