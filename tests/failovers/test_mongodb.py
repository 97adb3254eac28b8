"""A blog on a MongoDB replica set whose primary fails in different ways."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
