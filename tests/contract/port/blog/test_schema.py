"""The schema of a database: creation, migrations in both directions, one process at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from devtools.servers.databases import Databases

from everpost.errors import DataLoss, SchemaMismatch
from everpost.stores import open_schema, open_store
from everpost.stores.port import Store
from everpost.stores.schema import Migration, Schema, SchemaState, Step
from tests.contract.port.examples import EVERYBODY, comment_on, publish, read_post, read_posts

TIMEOUT = 10.0


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, timeout=TIMEOUT, pool_size=2)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def schema(database_url: str) -> AsyncIterator[Schema]:
    """The schema of a fresh database."""
    schema = open_schema(database_url, timeout=TIMEOUT)
    yield schema
    await schema.close()


def up(migrations: tuple[Migration, ...]) -> list[Step]:
    return [Step(migration, upward=True) for migration in migrations]


def down(migrations: tuple[Migration, ...]) -> list[Step]:
    return [Step(migration, upward=False) for migration in reversed(migrations)]


async def test_a_fresh_database_is_empty_and_the_plan_is_the_whole_history(schema: Schema) -> None:
    history = tuple(schema.history())
    assert history
    assert len({migration.revision for migration in history}) == len(history)
    assert await schema.current() is None
    assert await schema.state() is SchemaState.EMPTY
    assert list(await schema.plan("head")) == up(history)
    assert list(await schema.plan("base")) == []
    assert await schema.state() is SchemaState.EMPTY


async def test_a_store_on_a_fresh_database_makes_the_schema(schema: Schema, database_url: str) -> None:
    async with opened(database_url) as store:
        post = await publish(store)
        assert await schema.state() is SchemaState.CURRENT
        assert await schema.current() == schema.history()[-1].revision
        assert list(await schema.differences()) == []
    async with opened(database_url) as store:
        assert await read_post(store, post.id) == post


async def test_the_schema_goes_up_and_down_and_up_again(schema: Schema, database_url: str) -> None:
    history = tuple(schema.history())
    assert list(await schema.migrate("head")) == up(history)
    assert await schema.state() is SchemaState.CURRENT
    assert list(await schema.differences()) == []
    assert list(await schema.plan("head")) == []
    assert list(await schema.migrate("head")) == []
    assert list(await schema.plan("base")) == down(history)
    assert list(await schema.migrate("base")) == down(history)
    assert await schema.current() is None
    assert await schema.state() is SchemaState.EMPTY
    assert list(await schema.migrate("head")) == up(history)
    assert list(await schema.differences()) == []
    async with opened(database_url) as store:
        assert await read_posts(store) == []


async def test_the_schema_goes_one_step_down_and_up_again(schema: Schema, database_url: str) -> None:
    history = tuple(schema.history())
    await schema.migrate("head")
    for position in reversed(range(len(history))):
        assert list(await schema.migrate("-1")) == down(history[position : position + 1])
        assert await schema.current() == (history[position - 1].revision if position else None)
        if position:
            assert await schema.state() is SchemaState.BEHIND
            with pytest.raises(SchemaMismatch):
                await open_store(database_url, timeout=TIMEOUT, pool_size=2)
    for migration in history:
        assert list(await schema.migrate(migration.revision)) == up((migration,))
        assert list(await schema.differences()) == []
    assert await schema.state() is SchemaState.CURRENT


async def test_an_unknown_revision_is_refused(schema: Schema) -> None:
    await assert_unknown_revisions_are_refused(schema)
    await schema.migrate("head")
    await assert_unknown_revisions_are_refused(schema)


async def assert_unknown_revisions_are_refused(schema: Schema) -> None:
    before = await schema.current()
    for target in ("", "unknown", "-2", "+1", "0", "9999", "heads"):
        for call in (schema.plan(target), schema.migrate(target)):
            with pytest.raises(SchemaMismatch):
                await call
        assert await schema.current() == before, target


async def test_an_empty_database_cannot_be_downgraded(schema: Schema) -> None:
    for call in (schema.plan("-1"), schema.migrate("-1")):
        with pytest.raises(SchemaMismatch):
            await call


async def test_tables_with_data_are_dropped_only_if_allowed(schema: Schema, database_url: str) -> None:
    async with opened(database_url) as store:
        post = await publish(store)
        await comment_on(store, post.id)
    assert any(step.loses for step in await schema.plan("base"))
    with pytest.raises(DataLoss):
        await schema.migrate("base")
    assert await schema.state() is SchemaState.CURRENT
    async with opened(database_url) as store:
        assert (await read_post(store, post.id)).comment_count == 1
    steps = await schema.migrate("base", allow_data_loss=True)
    assert any(step.loses for step in steps)
    assert await schema.state() is SchemaState.EMPTY
    async with opened(database_url) as store:
        assert await read_posts(store) == []


async def test_a_database_that_was_emptied_again_loses_nothing(schema: Schema, database_url: str) -> None:
    async with opened(database_url) as store:
        post = await publish(store)
        await comment_on(store, post.id)
        await store.posts.remove(post.id, match=None)
    assert not any(step.loses for step in await schema.plan("base"))
    await schema.migrate("base")
    assert await schema.state() is SchemaState.EMPTY


async def test_of_concurrent_migrations_one_runs_and_the_others_wait(database_url: str) -> None:
    schemas = [open_schema(database_url, timeout=TIMEOUT) for _ in range(4)]
    try:
        for target in ("head", "base", "head"):
            outcomes = await asyncio.gather(*(schema.migrate(target) for schema in schemas))
            history = tuple(schemas[0].history())
            steps = up(history) if target == "head" else down(history)
            assert sorted(map(list, outcomes), key=len) == [[], [], [], steps]
        assert list(await schemas[0].differences()) == []
    finally:
        await asyncio.gather(*(schema.close() for schema in schemas))


async def test_processes_that_start_at_once_on_a_fresh_database_all_get_a_store(database_url: str) -> None:
    stores = await asyncio.gather(*(open_store(database_url, timeout=TIMEOUT, pool_size=2) for _ in range(4)))
    try:
        await asyncio.gather(*(publish(store) for store in stores))
        assert await stores[0].posts.count(EVERYBODY) == 4
    finally:
        await asyncio.gather(*(store.close() for store in stores))


async def test_a_database_of_a_newer_everpost_is_left_alone(
    schema: Schema, database_url: str, databases: Databases
) -> None:
    await schema.migrate("head")
    await databases.enter_revision(database_url, 9999)
    assert await schema.current() == "9999"
    assert await schema.state() is SchemaState.AHEAD
    with pytest.raises(SchemaMismatch):
        await open_store(database_url, timeout=TIMEOUT, pool_size=2)
    for target in ("head", "base", "-1", schema.history()[0].revision):
        for call in (schema.plan(target), schema.migrate(target, allow_data_loss=True)):
            with pytest.raises(SchemaMismatch):
                await call
    assert await schema.current() == "9999"
