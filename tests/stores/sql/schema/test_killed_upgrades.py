"""Processes that are killed while they change a schema. MySQL keeps the changes made so far; the other
engines roll them back.
"""

import asyncio
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from signal import SIGKILL

import pytest

from everpost.errors import SchemaMismatch
from everpost.stores.schema import SchemaState
from everpost.stores.sql.schema.schema import SqlSchema
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import publish, read_post
from tests.stores.sql.conftest import TIMEOUT
from tests.stores.sql.schema.processes import migrate_until_killed
from tests.stores.sql.schema.scripts import add_migration, copy_scripts

pytestmark = pytest.mark.own_database

# Children of a server that has already imported everything start immediately.
IMPORTED = get_context("forkserver")
IMPORTED.set_forkserver_preload(["tests.stores.sql.schema.processes"])

ADD_TWO_COLUMNS = "\n".join(
    f'op.add_column("posts", sa.Column("{name}", sa.String(50)))' for name in ("note", "remark")
)


async def is_killed_before(change: int, url: str, scripts: str | None = None) -> bool:
    """Migrate in a process that is killed before this change (counted from 1); False if it made fewer."""
    process = IMPORTED.Process(target=migrate_until_killed, args=(url, change, scripts))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode in (0, -SIGKILL)
    return process.exitcode == -SIGKILL


async def test_a_schema_whose_creation_was_killed_is_created_again(empty_url: str) -> None:
    for change in (1, 2, 9):
        assert await is_killed_before(change, empty_url)
        schema = SqlSchema.at(empty_url, timeout=TIMEOUT)
        assert (await schema.current(), await schema.state()) == (None, SchemaState.EMPTY)
        await schema.close()
    assert not await is_killed_before(1_000, empty_url)
    schema = SqlSchema.at(empty_url, timeout=TIMEOUT)
    assert (await schema.state(), list(await schema.differences())) == (SchemaState.CURRENT, [])
    await schema.close()


async def test_a_killed_upgrade_is_rolled_back_or_explains_what_to_do(
    engine_name: str, url: str, store: SqlStore, tmp_path: Path
) -> None:
    post = await publish(store)
    scripts = copy_scripts(tmp_path)
    add_migration(scripts, upgrade=ADD_TWO_COLUMNS)
    schema = SqlSchema.at(url, timeout=TIMEOUT, scripts=scripts)
    for change in count(1):
        if not await is_killed_before(change, url, scripts):
            break
        assert await schema.state() is SchemaState.BEHIND
        assert await read_post(store, post.id) == post
        if engine_name == "mysql" and change > 1:
            with pytest.raises(SchemaMismatch, match="Restore the backup"):
                await schema.migrate("head")
            break
    else:
        raise AssertionError
    assert change > 1
    assert await schema.state() is (SchemaState.BEHIND if engine_name == "mysql" else SchemaState.CURRENT)
    assert await read_post(store, post.id) == post
    await schema.close()
