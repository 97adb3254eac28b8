"""A blog on PostgreSQL with a synchronous standby, when either of the two fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from devtools.servers.replicated.postgresql_pair import ReplicatedPostgresql

from everpost.domain.ids import new_id
from tests.failovers.harness.experiment import assert_kept, run
from tests.failovers.harness.machine import where_it_can_run
from tests.failovers.postgresql import FAULTS, PostgresqlCluster
from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog
from tests.volume import FAILOVERS

pytestmark = [pytest.mark.long, where_it_can_run(ReplicatedPostgresql)]


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[PostgresqlCluster]:
    cluster = PostgresqlCluster()
    await cluster.start()
    yield cluster
    await cluster.stop()


@pytest.mark.parametrize("fault", FAULTS)
async def test_promises_are_kept_through_failovers(
    cluster: PostgresqlCluster, fault: str, tmp_path: Path
) -> None:
    assert_kept(await run(cluster, fault, tmp_path, rounds=FAILOVERS), cluster)


async def test_a_repeated_request_is_acknowledged_only_when_the_standby_has_the_write(
    cluster: PostgresqlCluster, tmp_path: Path
) -> None:
    """After a restart of the primary without the standby, writes that waited for the standby are visible."""
    pair = cluster.pair
    settings = {"EVERPOST_DATABASE_TIMEOUT": "1"}
    with ServedBlog(cluster.urls(1)[0], tmp_path, settings=settings) as blog:
        post = {"id": new_id(), "title": "Kept", "content": "", "comment_policy": "open"}
        comment = {"id": new_id(), "content": "Kept"}
        other = {"id": new_id(), "title": "Other", "content": "", "comment_policy": "open"}

        def send(path: str, body: dict[str, str]) -> int:
            return blog.client.post(path, json=body, headers=AS_ADMIN).status_code

        def send_all() -> list[int]:
            return [send("/posts", post), send(f"/posts/{other['id']}/comments", comment)]

        def send_until_acknowledged() -> None:
            deadline = time.monotonic() + PATIENCE
            while send_all() != [200, 200]:
                assert time.monotonic() < deadline

        assert await asyncio.to_thread(send, "/posts", other) == 201
        await asyncio.to_thread(pair.standby.kill)
        assert await asyncio.to_thread(send_all) == [503, 503]
        await asyncio.to_thread(pair.primary.restart)
        for _ in range(3):
            assert await asyncio.to_thread(send_all) == [503, 503]
        await asyncio.to_thread(pair.standby.restart)
        await asyncio.to_thread(send_until_acknowledged)
        await asyncio.to_thread(pair.primary.kill)
        await asyncio.to_thread(pair.promote)
        await asyncio.to_thread(send_until_acknowledged)
        await asyncio.to_thread(pair.replace_standby)
