"""Idle connections that a firewall dropped cost one timeout in total, not one each."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from devtools.servers.proxy import Proxy

from everpost.errors import Busy
from everpost.stores import deadlines, open_store
from everpost.stores.port import Store
from tests.contract.port.examples import publish, read_post

TIMEOUT = 1.0
CONNECTIONS = 4


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    with Proxy(url) as proxy:
        yield proxy


@pytest.fixture
async def distant(proxy: Proxy) -> AsyncIterator[Store]:
    """A store that connects through the proxy, and has some idle connections."""
    store = await open_store(proxy.url, timeout=TIMEOUT, pool_size=CONNECTIONS)
    await asyncio.gather(*(store.ping() for _ in range(CONNECTIONS)))
    yield store
    await store.close()


async def test_one_call_fails_and_the_next_ones_get_new_connections(proxy: Proxy, distant: Store) -> None:
    post = await publish(distant)
    proxy.forget_connections()
    failures = 0
    for _ in range(2 * CONNECTIONS):
        try:
            assert await read_post(distant, post.id) == post
        except Busy:
            failures += 1
    assert failures <= 1


async def test_a_request_past_its_deadline_sends_no_more_queries(proxy: Proxy, distant: Store) -> None:
    post = await publish(distant)
    proxy.forget_connections()
    with deadlines.limited(TIMEOUT / 2):
        with pytest.raises(Busy):
            await read_post(distant, post.id)
        for _ in range(2):
            with pytest.raises(Busy):
                await distant.posts.find(post.id, comments=0)
    assert await read_post(distant, post.id) == post
