"""Saving a working copy does not wait for writes to its post, and vice versa."""

import pytest
from sqlalchemy import update

from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import publish, register
from tests.contract.port.writing.typed import only, read, typing


@pytest.mark.usefixtures("on_a_server")
async def test_working_copies_are_saved_while_their_post_is_locked(store: SqlStore) -> None:
    ada = await register(store)
    post, other = await publish(store, author=ada.author), await publish(store, author=ada.author)
    state = await store.working_copies.add(typing(ada, post.id))

    async def work(transaction: Transaction) -> None:
        await transaction.execute(update(PostRow).values(title="Being written"))
        await store.working_copies.save(typing(ada, post.id), match=only(state), own_post_only=True)
        await store.working_copies.add(typing(ada, other.id), own_post_only=True)

    await store._connections.transact(work)
    assert (await read(store, ada, post.id)).version == 2
    assert (await read(store, ada, other.id)).version == 1
