"""Upgrading and downgrading a blog with a made-up second migration loses no data without permission."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from everpost.errors import DataLoss, SchemaMismatch
from everpost.stores import open_store
from everpost.stores.mongo.schema.migrator import MongoSchema
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import numbered, publish
from tests.stores.mongo.blog import TIMEOUT, Database
from tests.stores.mongo.schema.toy_migration import toy_history


@pytest.fixture
async def before(empty_url: str) -> AsyncIterator[MongoSchema]:
    """The schema as seen by a version of Everpost without the second migration."""
    schema = MongoSchema.at(empty_url, timeout=TIMEOUT)
    yield schema
    await schema.close()


@pytest.fixture
async def schema(empty_url: str) -> AsyncIterator[MongoSchema]:
    schema = MongoSchema.at(empty_url, timeout=TIMEOUT, history=toy_history())
    yield schema
    await schema.close()


@pytest.fixture
async def blog(before: MongoSchema, empty_url: str) -> AsyncIterator[Database]:
    """A database at the first revision, with two posts."""
    await before.migrate("head")
    store = await open_store(empty_url, timeout=TIMEOUT, pool_size=2)
    for number in range(2):
        await publish(store, id=numbered(number), slug=f"post-{number}")
    await store.close()
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(empty_url, tz_aware=True) as client:
        yield client.get_default_database()


async def posts_in(blog: Database) -> list[dict[str, Any]]:
    return await blog["posts"].find().sort("_id", 1).to_list()


async def test_a_blog_goes_up_and_down_as_planned(
    blog: Database, before: MongoSchema, schema: MongoSchema, empty_url: str
) -> None:
    posts = await posts_in(blog)
    assert await schema.state() is SchemaState.BEHIND
    assert await schema.differences() == []
    plan = await schema.plan("head")
    assert [(step.migration.revision, step.upward) for step in plan] == [("0002", True)]
    assert await schema.migrate("head") == plan
    assert (await schema.state(), await schema.differences()) == (SchemaState.CURRENT, [])
    assert await posts_in(blog) == [{**post, "mood": "calm"} for post in posts]
    assert await before.state() is SchemaState.AHEAD
    with pytest.raises(SchemaMismatch):
        await open_store(empty_url, timeout=TIMEOUT, pool_size=1)
    plan = await schema.plan("-1")
    assert [(step.migration.revision, step.upward, step.loses) for step in plan] == [("0002", False, ())]
    assert await schema.migrate("0001") == plan
    assert (await before.state(), await before.differences()) == (SchemaState.CURRENT, [])
    assert await posts_in(blog) == posts


async def test_a_step_down_that_would_lose_something_is_refused_before_it_begins(
    blog: Database, schema: MongoSchema
) -> None:
    await schema.migrate("head")
    await blog["posts"].update_one({"_id": (await posts_in(blog))[0]["_id"]}, {"$set": {"mood": "gloomy"}})
    posts = await posts_in(blog)
    assert [step.loses for step in await schema.plan("base")] == [("moods",), ("posts",)]
    for target in ("0001", "base"):
        with pytest.raises(DataLoss, match="moods"):
            await schema.migrate(target)
        assert (await schema.state(), await posts_in(blog)) == (SchemaState.CURRENT, posts)
    await schema.migrate("0001", allow_data_loss=True)
    assert await schema.current() == "0001"


async def test_a_new_database_gets_every_migration_at_once(schema: MongoSchema) -> None:
    steps = await schema.migrate("head")
    assert [step.migration.revision for step in steps] == ["0001", "0002"]
    assert (await schema.state(), await schema.differences()) == (SchemaState.CURRENT, [])


async def be_killed(blog: Database, url: str, target: str) -> None:
    """Migrate in a separate process, which is killed halfway."""
    command = (sys.executable, "-m", "tests.stores.mongo.schema.toy_migration", url, target)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    await blog["migrations"].update_one(
        {}, {"$unset": {"holder": ""}}
    )  # as if its last heartbeat had been long ago


async def test_an_upgrade_that_was_killed_is_taken_up_again(
    blog: Database, schema: MongoSchema, empty_url: str
) -> None:
    posts = await posts_in(blog)
    await be_killed(blog, empty_url, "head")
    assert (await schema.state(), await schema.current()) == (SchemaState.BEHIND, "0001")
    await schema.migrate("head")
    assert (await schema.state(), await schema.differences()) == (SchemaState.CURRENT, [])
    assert await posts_in(blog) == [{**post, "mood": "calm"} for post in posts]


@pytest.mark.parametrize("target", ["head", "0001"])
async def test_a_downgrade_that_was_killed_goes_on_or_back_up(
    blog: Database, schema: MongoSchema, empty_url: str, target: str
) -> None:
    posts = await posts_in(blog)
    await schema.migrate("head")
    await be_killed(blog, empty_url, "0001")
    assert (await schema.state(), await schema.current()) == (SchemaState.BEHIND, "0001")
    await schema.migrate(target)
    assert await schema.differences() == []
    mood = {"mood": "calm"} if target == "head" else {}
    assert await posts_in(blog) == [{**post, **mood} for post in posts]


async def test_processes_that_upgrade_at_once_do_so_one_after_the_other(
    blog: Database, empty_url: str
) -> None:
    posts = await posts_in(blog)
    schemas = [MongoSchema.at(empty_url, timeout=TIMEOUT, history=toy_history()) for _ in range(4)]
    steps = await asyncio.gather(*(each.migrate("head") for each in schemas))
    assert sorted(len(each) for each in steps) == [0, 0, 0, 1]
    assert await posts_in(blog) == [{**post, "mood": "calm"} for post in posts]
    for each in schemas:
        await each.close()
