"""Passkeys in SQL."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from everpost.domain.ids import Id
from everpost.domain.people.passkeys import OwnedPasskey, Passkey
from everpost.errors import Conflict, NotFound
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import user_of
from everpost.stores.sql.model.passkeys import PasskeyRow, passkey_of, passkey_values
from everpost.stores.sql.model.tables import UserRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.queries import selects

_OWNER = bindparam("owner", type_=IdText)
_BY_ID = select(PasskeyRow.__table__).where(PasskeyRow.id == selects.ID)
_OWNER_OF = (
    select(UserRow.__table__)
    .join(PasskeyRow, PasskeyRow.user_id == UserRow.id)
    .where(PasskeyRow.id == selects.ID)
)
_OF_USER = (
    select(PasskeyRow.__table__)
    .where(PasskeyRow.user_id == _OWNER)
    .order_by(PasskeyRow.created_at, PasskeyRow.id)
)
_LOCK = select(UserRow.id).where(UserRow.id == _OWNER).with_for_update(key_share=True)
_ADD = insert(PasskeyRow)
_REMOVE = delete(PasskeyRow).where(PasskeyRow.id == selects.ID, PasskeyRow.user_id == _OWNER)


class SqlPasskeys:
    """`Passkeys` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def find(self, id: Id) -> OwnedPasskey | None:
        for row in await self._connections.fetch(_BY_ID, {"this": id}):
            for owner in await self._connections.fetch(_OWNER_OF, {"this": id}):
                return OwnedPasskey(passkey=passkey_of(row), owner=user_of(owner))
        return None

    async def of_user(self, user_id: Id) -> Sequence[Passkey]:
        return [*map(passkey_of, await self._connections.fetch(_OF_USER, {"owner": user_id}))]

    async def add(self, passkey: Passkey) -> None:
        async def work(transaction: Transaction) -> None:
            if (await transaction.execute(_LOCK, {"owner": passkey.user_id})).first() is None:
                raise NotFound("user", passkey.user_id)
            await transaction.execute(_ADD, passkey_values(passkey))

        try:
            await self._connections.transact(work)
        except VIOLATED as error:
            raise Conflict("passkey", "id") from error

    async def remove(self, id: Id, *, user_id: Id) -> None:
        if not await self._connections.change(_REMOVE, {"this": id, "owner": user_id}):
            raise NotFound("passkey", id)
