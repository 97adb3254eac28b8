"""A statement that found no row raises NotFound, even if the row has been added since."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import pytest
from sqlalchemy import Executable, Insert

from everpost.domain.ids import new_id
from everpost.errors import NotFound
from everpost.stores.sql.engine import Result, Transaction
from everpost.stores.sql.engine.protocol import Calls, Parameters
from everpost.stores.sql.queries.comment_counts import ThreadChange, update_thread
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import publish, read_post
from tests.contract.refusals import raises


class InterruptedTransaction:
    """A transaction during which something else happens after its first statements."""

    def __init__(self, transaction: Transaction, interruption: Callable[[], Awaitable[object]]) -> None:
        self._transaction = transaction
        self._interruption = interruption

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        return await self._transaction.execute(statement, parameters)

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        results = await self._transaction.execute_all(calls)
        await self._interruption()
        return results

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        await self._transaction.load(statement, rows)


@pytest.mark.usefixtures("on_a_server")
async def test_a_comment_on_a_post_that_is_added_a_moment_later_finds_no_post(
    store: SqlStore,
) -> None:
    post_id = new_id()

    async def comment(transaction: Transaction) -> None:
        interrupted = InterruptedTransaction(transaction, lambda: publish(store, id=post_id))
        await update_thread(interrupted, ThreadChange(post_id))

    with raises(NotFound, "post"):
        await store._connections.transact(comment)
    assert (await read_post(store, post_id)).id == post_id
