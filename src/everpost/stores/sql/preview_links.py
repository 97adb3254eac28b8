"""Links to previews of posts in SQL."""

from sqlalchemy import BigInteger, bindparam, func, select, update

from everpost.domain.ids import Id
from everpost.stores.preconditions import Preconditions
from everpost.stores.sql.engine import Connections, Transaction
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.preconditions import require_preconditions, with_preconditions

_READ = select(PostRow.preview_nonce).where(PostRow.id == selects.ID)
_OF_POST = update(PostRow).where(PostRow.id == selects.ID)
_CREATE = _OF_POST.values(
    preview_nonce=func.coalesce(PostRow.preview_nonce, bindparam("nonce", type_=BigInteger))
)
_REVOKE = _OF_POST.values(preview_nonce=None)


class SqlPreviewLinks:
    """`PreviewLinks` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def nonce(self, post_id: Id) -> int | None:
        rows = await self._connections.fetch(_READ, {"this": post_id})
        return next((row.preview_nonce for row in rows), None)

    async def create(self, post_id: Id, nonce: int, *, owner_id: Id | None) -> int:
        of_post: Values = {"this": post_id}
        preconditions = Preconditions(None, owner_id)
        writing = with_preconditions(preconditions, _CREATE, of_post | {"nonce": nonce})

        async def work(transaction: Transaction) -> int:
            while not (await transaction.execute(*writing)).matched:
                found = await transaction.execute(selects.FIND_POST, of_post)
                require_preconditions(preconditions, post_id, found.first())
            kept: int = (await transaction.execute(_READ, of_post)).one().preview_nonce
            return kept

        return await self._connections.transact(work)

    async def revoke(self, post_id: Id, *, owner_id: Id | None) -> None:
        preconditions = Preconditions(None, owner_id, in_trash=None)
        statement, parameters = with_preconditions(preconditions, _REVOKE, {"this": post_id})
        while not await self._connections.change(statement, parameters):
            found = await self._connections.fetch(selects.FIND_POST, {"this": post_id})
            require_preconditions(preconditions, post_id, next(iter(found), None))
