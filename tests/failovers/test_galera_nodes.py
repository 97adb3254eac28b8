"""Two stores on two nodes of a Galera cluster keep the promises that one store keeps."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import asyncmy
import pytest

from everpost.domain.posts import PostChange
from everpost.domain.users import Role, UserChange, UserQuery
from everpost.errors import LastAdmin
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, publish, register
from tests.servers import open_databases
from tests.servers.galera import GaleraCluster, GaleraNode

pytestmark = pytest.mark.long

TIMEOUT = 10.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[GaleraCluster]:
    cluster = GaleraCluster().start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
async def stores(cluster: GaleraCluster) -> AsyncIterator[tuple[Store, Store]]:
    """Of one blog, each on another node."""
    databases = open_databases("mysql", cluster.nodes[0].url())
    await databases.create("blog")
    await databases.close()
    async with AsyncExitStack() as opened:
        here, there = [
            await open_store(node.url("blog"), timeout=TIMEOUT, pool_size=4) for node in cluster.nodes[:2]
        ]
        opened.push_async_callback(here.close)
        opened.push_async_callback(there.close)
        yield here, there


@pytest.fixture
async def aside(cluster: GaleraCluster) -> AsyncIterator[asyncmy.Connection]:
    """A connection to the second node past the stores."""
    node: GaleraNode = cluster.nodes[1]
    connection = await asyncmy.connect(host="127.0.0.1", port=node.port, user="root", password="")
    yield connection
    connection.close()


async def test_of_admins_who_demote_each_other_on_two_nodes_one_stays(stores: tuple[Store, Store]) -> None:
    for _ in range(20):
        here, there = stores
        ada, bob = [await register(here, role=Role.ADMIN) for _ in range(2)]
        demoted = UserChange(updated_at=LATER, role=Role.AUTHOR)
        outcomes = await asyncio.gather(
            here.users.save(ada.id, demoted, match=None),
            there.users.save(bob.id, demoted, match=None),
            return_exceptions=True,
        )
        page = await there.users.page(UserQuery(limit=100))
        admins = [user for user in page.rows if user.is_enabled_admin]
        assert len(admins) == 1
        assert [type(each) for each in outcomes].count(LastAdmin) == 1
        await here.users.remove(ada.id, heir_id=None, match=None) if admins[0].id != ada.id else None


async def test_a_read_on_another_node_waits_for_what_was_acknowledged(
    stores: tuple[Store, Store], aside: asyncmy.Connection
) -> None:
    """The other node is late: a backup holds a lock there."""
    here, there = stores
    post = await publish(here, title="Old")
    assert (await there.posts.get(post.id, comments=0)).title == "Old"
    async with aside.cursor() as cursor:
        await cursor.execute("FLUSH TABLES WITH READ LOCK")
        change = PostChange(updated_at=LATER, title="New")
        await here.posts.save(post.id, change, match=None, comments=0)
        reading = asyncio.create_task(there.posts.get(post.id, comments=0))
        await asyncio.wait([reading], timeout=0.5)
        await cursor.execute("UNLOCK TABLES")
    assert (await reading).title == "New"
