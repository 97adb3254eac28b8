"""A caller that is cancelled during a commit leaves no locks behind."""

import asyncio
from contextlib import suppress

from bson import ObjectId

from everpost.domain.posts import PostChange
from everpost.stores import deadlines
from everpost.stores.mongo.engine.connection import connect, database_of
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import LATER, publish
from tests.stores.mongo.blog import TIMEOUT


async def test_a_commit_that_still_waits_for_a_connection_is_undone(store: MongoStore, url: str) -> None:
    post = await publish(store)
    client = connect(url, timeout=TIMEOUT, pool_size=1, whole_calls=True)
    posts = database_of(client)["posts"]
    transactions = Transactions(client, timeout=TIMEOUT)
    slow: list[asyncio.Task[object]] = []

    async def work(session: Session) -> None:
        await posts.update_one({"_id": ObjectId(post.id)}, {"$set": {"title": "Lost"}}, session=session)
        slow.append(asyncio.ensure_future(posts.find_one({"$where": "sleep(200) || true"})))
        await asyncio.sleep(0.05)

    running = asyncio.ensure_future(transactions.run(work))
    await asyncio.sleep(0.1)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    with deadlines.limited(1):
        await store.posts.save(post.id, PostChange(updated_at=LATER, content="New"), match=None, comments=0)
    await asyncio.gather(*slow)
    await transactions.close()
    await client.close()
