"""A blog on a MongoDB replica set whose primary fails in different ways."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from devtools.servers.mongodb import MongodbServer

from everpost.domain.comments import CommentChange
from everpost.domain.posts import PostQuery
from everpost.errors import Busy, Misconfigured
from everpost.stores import open_schema, open_store
from everpost.stores.mongo.engine.connection import connect
from everpost.stores.mongo.engine.replica_sets import can_be_replaced, require_replica_set
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    comment_on,
    numbered,
    publish,
    read_thread,
    register,
)
from tests.failovers.harness.experiment import assert_kept, run
from tests.failovers.harness.machine import where_it_can_run
from tests.failovers.mongodb import FAULTS, LONG_ELECTION, MongodbCluster
from tests.volume import FAILOVERS

pytestmark = [pytest.mark.long, where_it_can_run(MongodbServer)]


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[MongodbCluster]:
    cluster = MongodbCluster()
    await cluster.start()
    yield cluster
    await cluster.stop()


@pytest.mark.parametrize("fault", FAULTS)
async def test_promises_are_kept_through_failovers(
    cluster: MongodbCluster, fault: str, tmp_path: Path
) -> None:
    assert_kept(await run(cluster, fault, tmp_path, rounds=FAILOVERS), cluster)


async def test_a_deposed_primary_answers_nothing_that_is_out_of_date(tmp_path: Path) -> None:
    """One of two Everpost servers reaches only the deposed primary, the other one only the other members."""
    cluster = MongodbCluster(election=LONG_ELECTION)
    await cluster.start()
    try:
        fault = "the primary is deposed without knowing it"
        assert_kept(await run(cluster, fault, tmp_path, rounds=FAILOVERS, servers=2), cluster)
    finally:
        await cluster.stop()


async def test_one_member_of_several_is_not_enough(cluster: MongodbCluster) -> None:
    """Otherwise reads would still come from that member when it is no longer the primary."""
    for url in cluster.member_urls():
        schema = open_schema(url, timeout=5)
        with pytest.raises(Misconfigured, match="directConnection=true is refused for a set of 3 members"):
            await schema.state()
        await schema.close()


async def test_answers_are_confirmed_where_another_primary_is_possible(cluster: MongodbCluster) -> None:
    [url] = cluster.urls(1)
    client = connect(url, timeout=5, pool_size=1, whole_calls=True)
    hello = await require_replica_set(client, url, timeout=5)
    await client.close()
    assert can_be_replaced(hello, url)
    assert can_be_replaced(hello, f"{url}&readConcernLevel=linearizable")
    assert not can_be_replaced(hello, f"{url}&readConcernLevel=majority")
    assert not can_be_replaced({**hello, "hosts": hello["hosts"][:1]}, url)


async def test_a_primary_that_lost_the_others_answers_nothing(cluster: MongodbCluster) -> None:
    """Everything that it knows may be out of date, including that a post does not exist."""
    [url] = cluster.urls(1)
    store = await open_store(url, timeout=2, pool_size=2)
    user = await register(store)
    post = await publish(store, author=user.author)
    comment = await comment_on(store, post.id)
    change = CommentChange(updated_at=LATER, content="Changed")
    of_author = replace(EVERYBODY, author_id=user.id)
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "a post": lambda: store.posts.get(post.id, comments=10),
        "a missing post": lambda: store.posts.get(numbered(1), comments=10),
        "a list": lambda: store.posts.page(PostQuery(filter=EVERYBODY, limit=10)),
        "a list by author": lambda: store.posts.page(PostQuery(filter=of_author, limit=10)),
        "comments": lambda: read_thread(store, post.id),
        "a user": lambda: store.users.get(user.id),
        "a comment on a missing post": lambda: comment_on(store, numbered(1)),
        "a change of a missing comment": lambda: store.comments.save(
            post.id, numbered(1), change, match=None
        ),
        "a change of a comment as it was": lambda: store.comments.save(
            post.id, comment.id, change, match=frozenset()
        ),
    }
    async with cluster.fault("the others stop"):
        outcomes = await asyncio.gather(*(ask() for ask in questions.values()), return_exceptions=True)
        assert {name: type(found) for name, found in zip(questions, outcomes, strict=True)} == dict.fromkeys(
            questions, Busy
        )
    await cluster.until_whole()
    await store.close()
