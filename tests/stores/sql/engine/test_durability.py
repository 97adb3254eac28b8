"""A write is acknowledged only when it is durable, whatever the defaults of the database or the URL say.

Rows reported as already stored are committed again, so that a synchronous standby also has them.
"""

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import Executable, column, func, select, table

from everpost.errors import Conflict
from everpost.stores.sql.engine import Connections, Transaction
from everpost.stores.sql.engine.connections import EngineName
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import a_comment, comment_on, publish
from tests.contract.refusals import raises
from tests.stores.sql.conftest import TIMEOUT, answer


async def test_a_conflict_about_an_id_changes_nothing_but_postgresql_commits_it(
    engine_name: str, store: SqlStore, raw_connections: Connections
) -> None:
    """Return the transaction that wrote the row, from the column `xmin` of PostgreSQL."""
    writer = "xmin::text" if engine_name == "postgresql" else "0"
    post = await publish(store)
    comment = await comment_on(store, post.id)

    async def rows() -> list[tuple[object, ...]]:
        tables = ("posts", "comments")
        return [
            tuple(row)
            for table in tables
            for row in await answer(raw_connections, f"SELECT version, stamp, {writer} FROM {table}")
        ]

    before = await rows()
    with raises(Conflict, "post", "id"):
        await store.posts.add(post)
    with raises(Conflict, "comment", "id"):
        await store.comments.add(a_comment(post.id, id=comment.id))
    for (*state, written_by), (*state_after, written_again_by) in zip(before, await rows(), strict=True):
        assert state == state_after
        assert (written_by != written_again_by) == (engine_name == "postgresql")


async def setting_of_a_writer(url: str, setting: Executable, engine: EngineName) -> object:
    """Return a setting, as seen by a connection that writes."""
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1, engine=engine)

    async def ask(transaction: Transaction) -> object:
        return next(iter((await transaction.execute(setting)).one()))

    answered = await connections.transact(ask)
    await connections.close()
    return answered


CASES: Mapping[str, Sequence[tuple[str, Executable, object]]] = {
    "sqlite": [("", select(column("synchronous")).select_from(table("pragma_synchronous")), 2)],
    "postgresql": [
        (f"?synchronous_commit={given}", select(func.current_setting("synchronous_commit")), kept)
        for given, kept in (("off", "on"), ("local", "on"), ("remote_write", "remote_write"))
    ],
    "mysql": [],  # has only a global setting
}
"""The options of a URL, a query on a connection that writes, and its result."""


@pytest.mark.parametrize("engine", ["drivers", "reference"])
async def test_a_commit_waits_for_the_disk(engine_name: str, url: str, engine: EngineName) -> None:
    for options, question, expected in CASES[engine_name]:
        assert await setting_of_a_writer(url + options, question, engine) == expected
