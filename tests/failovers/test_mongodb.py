"""A blog on a MongoDB replica set whose primary fails in different ways."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from everpost.errors import Misconfigured
from everpost.stores import open_schema
from everpost.stores.mongo.engine.connection import connect, database_of
from everpost.stores.mongo.engine.replica_sets import can_fail_over, require_replica_set
from tests.failovers.experiment import assert_kept, run
from tests.failovers.mongodb import FAULTS, MongodbCluster
from tests.servers.mongodb import MongodbServer
from tests.volume import FAILOVERS

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux" or MongodbServer.missing() is not None,
        reason="only on Linux, with a mongod to start",
    ),
]


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


async def test_one_member_of_several_is_not_enough(cluster: MongodbCluster) -> None:
    """Reads would go on to come from it when it is the primary no more."""
    for url in cluster.member_urls():
        schema = open_schema(url, timeout=5)
        with pytest.raises(Misconfigured, match="directConnection=true is refused for a set of 3 members"):
            await schema.state()
        await schema.close()


async def test_reads_ask_the_majority_where_there_can_be_a_failover(cluster: MongodbCluster) -> None:
    [url] = cluster.urls(1)
    client = connect(url, timeout=5, pool_size=1, whole_calls=True)
    hello = await require_replica_set(client, url, timeout=5)
    assert can_fail_over(hello)
    for given, level in ((url, "linearizable"), (f"{url}&readConcernLevel=majority", "majority")):
        assert database_of(client, given, can_fail_over=True).read_concern.level == level
    await client.close()
