"""A new post with its thread, of which a part settles before anybody can see the post."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import AutoReconnect

from everpost.errors import Busy, Conflict, NotFound
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import a_post, numbered, read_post
from tests.stores.mongo.blog import Database, assert_thread_is, nothing_settled, until
from tests.stores.mongo.moving import a_thread, records_of

POST = numbered(1)
OTHER = numbered(2)


async def test_a_new_post_comes_with_its_thread(store: MongoStore) -> None:
    thread = a_thread(POST, 30)
    await store.posts.add(a_post(id=POST, slug="new"), thread=thread)
    await assert_thread_is(store, POST, {comment.id: comment for comment in thread})
    assert (await store.posts.get(POST, comments=0)).comment_count == 30


@pytest.mark.parametrize("number", [0, 29])
async def test_a_thread_with_an_id_that_is_taken_does_not_come(store: MongoStore, number: int) -> None:
    taken = a_thread(OTHER, 30)
    await store.posts.add(a_post(id=OTHER), thread=taken)
    thread = [*a_thread(POST, 29, first=500), replace(taken[number], post_id=POST, parent_id=None)]
    for several in (thread, thread[-1:]):
        with pytest.raises(Conflict) as conflict:
            await store.posts.add(a_post(id=POST), thread=several)
        assert (conflict.value.noun, conflict.value.field) == ("comment", "id")
    with pytest.raises(NotFound):
        await read_post(store, POST)
    await assert_thread_is(store, OTHER, {comment.id: comment for comment in taken})


async def test_a_thread_whose_post_did_not_come_is_swept_away_some_day(
    store: MongoStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_many: Callable[..., Awaitable[object]] = AsyncCollection.insert_many

    async def die_before_posts(collection: Any, *arguments: object, **options: object) -> object:  # noqa: ANN401
        if collection.name == "posts":
            raise AutoReconnect("killed")
        return await insert_many(collection, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(AsyncCollection, "insert_many", die_before_posts)
        with pytest.raises(Busy):
            await store.posts.add(a_post(id=POST), thread=a_thread(POST, 30))
    await store._sweeper.sweep()
    assert not await nothing_settled(database)
    assert len(await records_of(store)) == 1
    long_ago = ObjectId("000000000000000000000000").generation_time
    await database["threads"].update_many({}, {"$set": {"arriving_since": long_ago}})
    await store._sweeper.sweep()
    assert await nothing_settled(database)
    await store.posts.add(a_post(id=POST), thread=a_thread(POST, 30))
    assert len(await records_of(store)) == 32


async def test_the_thread_of_a_post_that_is_refused_goes(store: MongoStore, database: Database) -> None:
    await store.posts.add(a_post(id=OTHER, slug="taken"))
    with pytest.raises(Conflict) as conflict:
        await store.posts.add(a_post(id=POST, slug="taken"), thread=a_thread(POST, 30))
    assert conflict.value.field == "slug"
    await until(lambda: nothing_settled(database))
