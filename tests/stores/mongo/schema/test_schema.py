"""Creating, migrating and checking the schema of a database."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.errors import WriteError

from everpost.errors import DataLoss, SchemaMismatch
from everpost.stores import open_store
from everpost.stores.mongo.model.collections import COMMENTS, POSTS
from everpost.stores.mongo.schema.migrator import MongoSchema
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import EVERYBODY, publish
from tests.stores.mongo.blog import TIMEOUT, Database


@pytest.fixture
async def schema(empty_url: str) -> AsyncIterator[MongoSchema]:
    schema = MongoSchema.at(empty_url, timeout=TIMEOUT)
    yield schema
    await schema.close()


@pytest.fixture
async def inside(empty_url: str) -> AsyncIterator[Database]:
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(empty_url) as client:
        yield client.get_default_database()


def _head(schema: MongoSchema) -> str:
    return schema.history()[-1].revision


async def test_it_goes_up_agrees_with_the_database_goes_down_to_nothing_and_up_again(
    schema: MongoSchema, inside: Database
) -> None:
    for _ in range(2):
        assert (await schema.state(), await schema.current()) == (SchemaState.EMPTY, None)
        steps = await schema.migrate("head")
        assert [step.migration for step in steps] == list(schema.history())
        assert (await schema.state(), await schema.current()) == (SchemaState.CURRENT, _head(schema))
        assert await schema.differences() == []
        assert await schema.plan("head") == []
        await schema.migrate("base")
        assert await inside.list_collection_names() == []


@pytest.mark.parametrize("name", [POSTS, "users", "limits", "blog"])
async def test_data_that_everpost_did_not_make_is_in_the_way(
    schema: MongoSchema, inside: Database, name: str
) -> None:
    await inside[name].insert_one({"title": "of another program"})
    with pytest.raises(SchemaMismatch, match=f"a collection '{name}' that Everpost did not create"):
        await schema.state()
    with pytest.raises(SchemaMismatch):
        await schema.migrate("head")
    assert await inside.list_collection_names() == [name]


async def test_a_step_that_would_lose_data_is_refused_before_the_first(
    schema: MongoSchema, empty_url: str
) -> None:
    store = await open_store(empty_url, timeout=TIMEOUT, pool_size=2)
    post = await publish(store)
    steps = await schema.plan("base")
    assert [(step.upward, step.loses) for step in steps] == [(False, (POSTS,))]
    with pytest.raises(DataLoss, match=POSTS):
        await schema.migrate("base")
    assert await store.posts.count(EVERYBODY) == 1
    assert await schema.migrate("base", allow_data_loss=True) == steps
    assert await schema.state() is SchemaState.EMPTY
    await store.close()
    assert post.version == 1


async def test_processes_that_migrate_at_once_do_so_one_after_the_other(
    schema: MongoSchema, empty_url: str
) -> None:
    program = (
        "import asyncio, sys\n"
        "from everpost.stores import open_store\n"
        "async def main():\n"
        "    await (await open_store(sys.argv[1], timeout=30, pool_size=1)).close()\n"
        "asyncio.run(main())\n"
    )
    command = (sys.executable, "-c", program, empty_url)
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(3)]
    assert await asyncio.gather(*(process.wait() for process in processes)) == [0, 0, 0]
    assert await schema.differences() == []
    others = [MongoSchema.at(empty_url, timeout=TIMEOUT) for _ in range(4)]
    downs = await asyncio.gather(*(other.migrate("base") for other in others))
    assert sorted(len(steps) for steps in downs) == [0, 0, 0, len(schema.history())]
    ups = await asyncio.gather(*(other.migrate("head") for other in others))
    assert sorted(len(steps) for steps in ups) == [0, 0, 0, len(schema.history())]
    for other in others:
        await other.close()


async def test_the_lock_of_a_process_that_died_is_taken_over(schema: MongoSchema, inside: Database) -> None:
    long_ago = ObjectId("000000000000000000000000").generation_time
    await inside["migrations"].insert_one({"_id": "history", "holder": ObjectId(), "renewed_at": long_ago})
    await schema.migrate("head")
    assert await schema.state() is SchemaState.CURRENT
    assert await schema.differences() == []
    assert await inside["migrations"].count_documents({"holder": {"$exists": True}}) == 0


async def test_a_creation_that_was_interrupted_is_finished(schema: MongoSchema, inside: Database) -> None:
    await schema.migrate("head")
    settings = await inside["blog"].find_one()
    await inside["migrations"].delete_many({})
    await inside[POSTS].drop()
    assert await schema.state() is SchemaState.EMPTY
    await schema.migrate("head")
    assert await schema.differences() == []
    assert await inside["blog"].find_one() == settings


async def test_a_newer_database_is_ahead_and_has_no_way(schema: MongoSchema, inside: Database) -> None:
    await schema.migrate("head")
    await inside["migrations"].update_one({}, {"$set": {"number": 7}})
    assert (await schema.state(), await schema.current()) == (SchemaState.AHEAD, "0007")
    for target in ("head", "base", "-1"):
        with pytest.raises(SchemaMismatch):
            await schema.plan(target)
    assert len(await schema.differences()) == 1


@pytest.mark.parametrize("target", ["0099", "9999", "-2", "", "tail"])
async def test_there_is_no_way_to_a_revision_that_is_not(schema: MongoSchema, target: str) -> None:
    with pytest.raises(SchemaMismatch):
        await schema.plan(target)


async def test_every_difference_is_named(schema: MongoSchema, inside: Database) -> None:
    await schema.migrate("head")
    await inside[POSTS].drop_index("unique_slug")
    await inside[POSTS].create_index("title", name="added")
    await inside.command("collMod", COMMENTS, validator={})
    await inside.drop_collection("limits")
    assert len(await schema.differences()) == 4


async def test_a_document_that_breaks_a_rule_is_refused_by_the_database(
    schema: MongoSchema, inside: Database
) -> None:
    await schema.migrate("head")
    ours = (POSTS, COMMENTS, "users", "limits", "blog", "transfers")
    for name in (*ours, "migrations"):
        with pytest.raises(WriteError):
            await inside[name].insert_one({"title": 1})
