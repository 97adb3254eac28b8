"""A blog on a Galera cluster of three: when nodes fail, and with servers on two nodes at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncmy
import pytest
from devtools.servers.replicated.galera import GaleraNode

from everpost.domain.people.users import Role, UserChange, UserQuery
from everpost.domain.posts import PostChange
from everpost.errors import LastAdmin
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, publish, register
from tests.failovers.galera import FAULTS, GaleraOfThree
from tests.failovers.harness.experiment import assert_kept, run
from tests.failovers.harness.machine import where_it_can_run
from tests.volume import FAILOVERS

pytestmark = [pytest.mark.long, where_it_can_run(GaleraNode)]

TIMEOUT = 10.0


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[GaleraOfThree]:
    cluster = GaleraOfThree()
    await cluster.start()
    yield cluster
    await cluster.stop()


@pytest.fixture(scope="module")
async def stores(cluster: GaleraOfThree) -> AsyncIterator[tuple[Store, Store]]:
    """Two stores of one blog, on different nodes."""
    async with AsyncExitStack() as opened:
        stores = []
        for url in cluster.urls(2):
            stores.append(await open_store(url, timeout=TIMEOUT, pool_size=4))
            opened.push_async_callback(stores[-1].close)
        here, there = stores
        yield here, there


@pytest.fixture
async def aside(cluster: GaleraOfThree) -> AsyncIterator[asyncmy.Connection]:
    """A direct connection to the second node."""
    second = cluster.cluster.nodes[1]
    connection = await asyncmy.connect(host="127.0.0.1", port=second.port, user="root")
    yield connection
    connection.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_promises_are_kept_through_failovers(
    cluster: GaleraOfThree, fault: str, tmp_path: Path
) -> None:
    assert_kept(await run(cluster, fault, tmp_path, rounds=FAILOVERS), cluster)


@pytest.mark.parametrize("fault", ["two nodes are written to", "the node in use is killed"])
async def test_promises_are_kept_with_two_everpost_servers_on_two_nodes(
    cluster: GaleraOfThree, fault: str, tmp_path: Path
) -> None:
    assert_kept(await run(cluster, fault, tmp_path, rounds=FAILOVERS, servers=2), cluster)


async def test_an_empty_cluster_gets_one_schema_from_two_servers_on_two_nodes(
    cluster: GaleraOfThree,
) -> None:
    for _ in range(4):
        opening = [open_store(url, timeout=TIMEOUT, pool_size=1) for url in cluster.urls(2)]
        here, there = await asyncio.gather(*opening)
        post = await publish(here)
        assert await there.posts.get(post.id, comments=0) == post
        for store in (here, there):
            await store.close()


async def test_one_admin_stays_if_two_demote_each_other_on_two_nodes(stores: tuple[Store, Store]) -> None:
    here, there = stores
    admin = await register(here, role=Role.ADMIN)
    demotion = UserChange(updated_at=LATER, role=Role.AUTHOR)
    for _ in range(20):
        other = await register(here, role=Role.ADMIN)
        outcomes = await asyncio.gather(
            here.users.save(admin.id, demotion, match=None),
            there.users.save(other.id, demotion, match=None),
            return_exceptions=True,
        )
        assert [type(each) for each in outcomes].count(LastAdmin) == 1, outcomes
        users = await there.users.page(UserQuery(limit=100))
        (admin,) = [user for user in users.rows if user.is_enabled_admin]


async def test_a_read_on_another_node_waits_for_what_was_acknowledged(
    stores: tuple[Store, Store], aside: asyncmy.Connection
) -> None:
    """The other node lags behind, because a backup holds a lock on it."""
    here, there = stores
    post = await publish(here, title="Old")
    assert (await there.posts.get(post.id, comments=0)).title == "Old"
    async with aside.cursor() as cursor:
        await cursor.execute("FLUSH TABLES WITH READ LOCK")
        new = PostChange(updated_at=LATER, title="New")
        await here.posts.save(post.id, new, match=None, comments=0)
        reading = asyncio.create_task(there.posts.get(post.id, comments=0))
        await asyncio.wait([reading], timeout=0.2)
        await cursor.execute("UNLOCK TABLES")
    assert (await reading).title == "New"
