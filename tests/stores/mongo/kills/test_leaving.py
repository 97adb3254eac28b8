"""Removing a user is atomic for readers, even before the heir has been written into the posts."""

import asyncio
import signal
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.posts import PostChange, PostQuery
from everpost.errors import NotFound
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import EVERYBODY, LATER, publish, read_posts, register
from tests.stores.mongo.blog import Database, until

POSTS = 30
COMMITTED = 6
KILLED = [(heirs, writes) for heirs in ("heir", "") for writes in (1, 2, COMMITTED, COMMITTED + 1)]
"""After five writes the transaction is committed; the next one writes the heir into the posts."""


async def is_user(store: MongoStore, id: Id) -> bool:
    try:
        await store.users.get(id)
    except NotFound:
        return False
    return True


async def assert_all_are_of(store: MongoStore, user: User | None, *, no_longer: User | None) -> None:
    """Assert that every way of reading shows this user as the author."""
    author = None if user is None else user.author
    posts = await read_posts(store)
    assert [post.author for post in posts] == [author] * POSTS
    if user is not None:
        some = replace(EVERYBODY, author_id=user.id)
        assert await read_posts(store, some, limit=7) == posts
        assert await store.posts.count(some) == POSTS
        change = PostChange(updated_at=LATER)
        (post, *_) = (await store.posts.page(PostQuery(filter=some, limit=1))).rows
        assert (await store.posts.save(post.id, change, match=None, comments=0, owner_id=user.id)).author == (
            author
        )
    if no_longer is not None:
        assert await store.posts.count(replace(EVERYBODY, author_id=no_longer.id)) == 0


@pytest.mark.parametrize(("heirs", "writes"), KILLED)
async def test_a_removal_that_is_killed_has_happened_or_not_and_is_finished(
    store: MongoStore, url: str, database: Database, heirs: str, writes: int
) -> None:
    ada, bob = await register(store, name="Ada"), await register(store, name="Bob")
    for _ in range(POSTS):
        await publish(store, author=ada.author)
    heir = bob if heirs else None
    arguments = (url, ada.id, bob.id if heirs else "", str(writes))
    command = (sys.executable, "-m", "tests.stores.mongo.kills.leaving", *arguments)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    is_removed = not await is_user(store, ada.id)
    assert is_removed == (writes >= COMMITTED)
    if not is_removed:
        await assert_all_are_of(store, ada, no_longer=bob)
        await store.users.remove(ada.id, heir_id=None if heir is None else heir.id, match=None)
    await assert_all_are_of(store, heir, no_longer=ada)
    reopened = await MongoStore.open(url, timeout=30, pool_size=2)

    async def is_handed_over() -> bool:
        return await database["posts"].count_documents({"author_id": ObjectId(ada.id)}) == 0

    await until(is_handed_over)
    await assert_all_are_of(reopened, heir, no_longer=ada)
    await reopened.close()


async def test_a_post_that_names_a_user_removed_long_ago_is_the_heirs(
    store: MongoStore, url: str, database: Database
) -> None:
    users = [await register(store, name=name) for name in ("Ada", "Bob", "Eve")]
    for _ in range(POSTS):
        await publish(store, author=users[0].author)
    for user, heir in pairwise(users):
        await store.users.remove(user.id, heir_id=heir.id, match=None)
    await assert_all_are_of(store, users[2], no_longer=users[0])
    # A concurrent request has just made the first of them the author.
    await database["posts"].update_many({}, {"$set": {"author_id": ObjectId(users[0].id)}})
    await assert_all_are_of(store, users[2], no_longer=users[1])
    await database["users"].update_many(
        {"removed_at": {"$exists": True}}, {"$set": {"removed_at": users[0].created_at}}
    )
    reopened = await MongoStore.open(url, timeout=30, pool_size=2)

    await assert_all_are_of(reopened, users[2], no_longer=users[0])
    await reopened.close()
