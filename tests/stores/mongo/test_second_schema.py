"""A blog of the second schema comes up to this one, and goes down again."""

from dataclasses import replace

import pytest

from everpost.domain.posts import PostFormat
from everpost.errors import DataLoss
from everpost.stores.mongo.schema import MongoSchema
from everpost.stores.mongo.store import MongoStore
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import a_post, numbered, publish, read_posts
from tests.stores.mongo.blog import TIMEOUT, Database
from tests.stores.mongo.moving import a_thread

pytestmark = pytest.mark.own_database


async def test_posts_were_written_in_markdown(url: str, database: Database) -> None:
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=2)
    schema = MongoSchema(url, timeout=TIMEOUT)
    await store.posts.add(a_post(id=numbered(1)), thread=a_thread(numbered(1), 200))
    posts = await read_posts(store)
    assert not any(step.loses for step in await schema.plan("0002"))
    await schema.migrate("0002")
    assert (await schema.state(), await schema.differences()) == (SchemaState.BEHIND, [])
    assert await database["posts"].count_documents({"format": {"$exists": True}}) == 0
    await schema.migrate("head")
    assert (await schema.state(), await schema.differences()) == (SchemaState.CURRENT, [])
    assert await read_posts(store) == posts
    await schema.close()
    await store.close()


async def test_what_the_second_schema_cannot_say_is_named(url: str) -> None:
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=2)
    schema = MongoSchema(url, timeout=TIMEOUT)
    await store.records.begin("somewhere", latest=None)
    await publish(store, id=numbered(1))
    await store.posts.add(replace(a_post(id=numbered(2)), format=PostFormat.HTML))
    with pytest.raises(DataLoss):
        await schema.migrate("0002")
    *_, step = await schema.plan("0002")
    assert len(step.loses) == 2
    await schema.migrate("0002", allow_data_loss=True)
    await schema.migrate("head")
    assert {post.format for post in await read_posts(store)} == {PostFormat.MARKDOWN}
    assert await store.records.transfer() is None
    await schema.close()
    await store.close()
