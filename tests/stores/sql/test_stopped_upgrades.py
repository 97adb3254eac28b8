"""Upgrades that are killed half-way. MySQL keeps the steps that were done, the others undo them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from everpost.domain.names import name_key
from everpost.errors import SchemaMismatch
from everpost.stores.schema import SchemaState
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.schema import SqlSchema
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import register
from tests.stores.sql.conftest import TIMEOUT, answer
from tests.stores.sql.scripts import add_migration, copy_scripts

pytestmark = pytest.mark.own_database

_CHANGES = ("ALTER", "CREATE", "UPDATE", "DELETE", "INSERT", "DROP")


class Killed(Exception):
    """The process ends here."""


@contextmanager
def killed_before(schema: SqlSchema, change: int) -> Iterator[None]:
    """Break off before this change, counted from 1."""
    count = 0

    def break_off(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith(_CHANGES)
        if count == change:
            raise Killed

    event.listen(schema._engine.sync_engine, "before_cursor_execute", break_off)
    try:
        yield
    finally:
        event.remove(schema._engine.sync_engine, "before_cursor_execute", break_off)


async def test_an_upgrade_that_is_killed_again_and_again_ends_well(
    url: str, store: SqlStore, aside: Connections
) -> None:
    user = await register(store, name="Ada")
    schema = SqlSchema(url, timeout=TIMEOUT)
    await schema.migrate("0003", allow_data_loss=True)
    change = 1
    while await schema.state() is SchemaState.BEHIND:
        with killed_before(schema, change):
            try:
                await schema.migrate("head")
            except Killed:
                change += 1
    await schema.close()
    assert change > 3
    fresh = SqlSchema(url, timeout=TIMEOUT)
    assert (await fresh.state(), list(await fresh.differences())) == (SchemaState.CURRENT, [])
    await fresh.close()
    assert [tuple(row) for row in await answer(aside, "SELECT name_key FROM users")] == [(name_key("Ada"),)]
    assert (await store.users.get(user.id)).name == "Ada"


async def test_a_step_that_cannot_be_repeated_says_what_to_do(
    engine_name: str, url: str, tmp_path: Path
) -> None:
    scripts = copy_scripts(tmp_path)
    added = [f'op.add_column("posts", sa.Column("{name}", sa.String(50)))' for name in ("note", "remark")]
    add_migration(scripts, upgrade="\n".join(added))
    schema = SqlSchema(url, timeout=TIMEOUT, scripts=scripts)
    with killed_before(schema, 2), pytest.raises(Killed):
        await schema.migrate("head")
    if engine_name == "mysql":
        with pytest.raises(SchemaMismatch, match="Restore the backup"):
            await schema.migrate("head")
    else:
        await schema.migrate("head")
    await schema.close()
