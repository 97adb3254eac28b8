"""Tokens in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.tokens import Token, TokenConditions, TokenQuery, displaced
from everpost.domain.people.users import User
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.batching import Batcher
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import Values, token_of, token_values, user_of
from everpost.stores.sql.model.tables import TokenRow, UserRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.keyset import POSITION, After, position_values

_MAX_DELETED = 500
_TOKEN = select(TokenRow.__table__)
_OWNER = bindparam("owner", type_=IdText)
_DAY = bindparam("day", type_=Moment)
_WITH_OWNERS = select(
    UserRow.__table__, *(column.label(f"token_{column.key}") for column in TokenRow.__table__.c)
).join(TokenRow, TokenRow.user_id == UserRow.id)
_OLDEST_FIRST = (TokenRow.created_at, TokenRow.id)
_OF_USER = _TOKEN.where(TokenRow.user_id == _OWNER).order_by(*_OLDEST_FIRST)
_PAGE = _OF_USER.limit(selects.LIMIT)
_PAGE_AFTER = _PAGE.where(After(*_OLDEST_FIRST, *POSITION))
# Blocks adding a token or changing the user, but not writing posts of the user.
_OWNER_LOCKED = select(UserRow.__table__).where(UserRow.id == _OWNER).with_for_update(key_share=True)
_LAST_USES = select(TokenRow.user_id, func.max(TokenRow.last_used_at).label("used_at")).group_by(
    TokenRow.user_id
)
_ADD = insert(TokenRow)
_DELETE = delete(TokenRow).where(TokenRow.id.in_(bindparam("ids", expanding=True)))
_OWNER_OF = select(TokenRow.user_id).where(TokenRow.id == selects.ID)
_REMOVE = delete(TokenRow).where(
    TokenRow.user_id == _OWNER, or_(TokenRow.id == selects.ID, TokenRow.login_id == selects.ID)
)
_MARK_USED = (
    update(TokenRow)
    .where(TokenRow.id == selects.ID, or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at < _DAY))
    .values(last_used_at=_DAY)
)


class SqlTokens:
    """`Tokens` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._batches = Batcher(self._find, most=selects.MAX_IDS)

    async def find(self, digest: str) -> tuple[Token, User] | None:
        return await self._batches.load(digest)

    async def _find(self, digests: Sequence[str]) -> Sequence[tuple[Token, User] | None]:
        size, parameters = selects.padded("digest", list(set(digests)))
        rows = await self._connections.fetch(_with_owners(size), parameters)
        found = {row.token_digest: (token_of(row, prefix="token_"), user_of(row)) for row in rows}
        return [found.get(digest) for digest in digests]

    async def page(self, query: TokenQuery) -> Page[Token]:
        parameters: Values = {"owner": query.user_id, "limit": query.limit + 1}
        if query.after is None:
            rows = await self._connections.fetch(_PAGE, parameters)
        else:
            rows = await self._connections.fetch(_PAGE_AFTER, parameters | position_values(query.after))
        return Page.of([*map(token_of, rows)], query.limit)

    async def last_uses(self, user_ids: Sequence[Id]) -> Mapping[Id, datetime]:
        size, parameters = selects.padded("owner", list(set(user_ids)))
        rows = await self._connections.fetch(_last_uses(size), parameters)
        return {row.user_id: row.used_at for row in rows if row.used_at is not None}

    async def add(self, token: Token, *, conditions: TokenConditions | None = None) -> None:
        owner = {"owner": token.user_id}

        async def work(transaction: Transaction) -> None:
            user = (await transaction.execute(_OWNER_LOCKED, owner)).first()
            if user is None:
                raise NotFound("user", token.user_id)
            there = [*map(token_of, await transaction.execute(_OF_USER, owner))]
            if conditions is not None and not conditions.hold(user_of(user), there):
                raise Stale("user", token.user_id)
            gone = sorted(displaced(there, token))
            for start in range(0, len(gone), _MAX_DELETED):
                await transaction.execute(_DELETE, {"ids": gone[start : start + _MAX_DELETED]})
            await transaction.execute(_ADD, token_values(token))

        try:
            await self._connections.transact(work)
        except VIOLATED as error:
            raise Conflict("token", "id") from error

    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        async def work(transaction: Transaction) -> None:
            found = (await transaction.execute(_OWNER_OF, {"this": id})).first()
            if found is None or user_id not in (None, found.user_id):
                raise NotFound("token", id)
            if not (await transaction.execute(_REMOVE, {"this": id, "owner": found.user_id})).matched:
                raise NotFound("token", id)

        await self._connections.transact(work)

    async def mark_used(self, id: Id, day: datetime) -> None:
        await self._connections.change(_MARK_USED, {"this": id, "day": day})


@cache
def _with_owners(size: int) -> selects.AnySelect:
    return _WITH_OWNERS.where(
        TokenRow.digest.in_(selects.id_parameters("digest", size, TokenRow.digest.type))
    )


@cache
def _last_uses(size: int) -> selects.AnySelect:
    return _LAST_USES.where(TokenRow.user_id.in_(selects.id_parameters("owner", size)))
