"""The number of round trips per imported post does not depend on the size of the blog."""

import pytest
from devtools.servers.proxy import Proxy

from everpost.stores import open_store
from tests.conftest import TIMEOUT, Engines, offer_key
from tests.contract.transfer.sources import a_source, run_import, source_comment

FEW, MANY = 10, 100
MOST = {"postgresql": 4, "mysql": 3, "mongodb": 3}
"""Round trips for a post with two comments, once statements are prepared and connections open."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    offered = metafunc.config.stash[offer_key].names
    metafunc.parametrize("server_name", [name for name in offered if name != "sqlite"])


async def test_round_trips_per_post_are_constant(engines: Engines, server_name: str) -> None:
    posts = (
        a_source(str(n), source_comment(f"{n}.1"), source_comment(f"{n}.2", f"{n}.1"))
        for n in range(3 * FEW + MANY)
    )
    with Proxy((await engines.empty_blog(server_name)).url) as proxy:
        store = await open_store(proxy.url, timeout=TIMEOUT, pool_size=1)

        async def trips(number: int) -> float:
            """The round trips per post for this number of posts."""
            some, before = [next(posts) for _ in range(number)], proxy.count
            await run_import(store, *some)
            return (proxy.count - before) / number

        try:
            await trips(FEW)
            into_little, of_many, into_much = [await trips(number) for number in (FEW, MANY, FEW)]
        finally:
            await store.close()
    assert max(of_many, into_much) <= into_little <= MOST[server_name]
