"""Databases that stop answering: requests get 503 in time, and normal answers as soon as the database
recovers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx
import pytest
from devtools.servers.proxy import Proxy

from everpost.app import create_api
from everpost.settings import Settings
from tests.conftest import offer_key
from tests.contract.http.conftest import LENIENT, Applications
from tests.contract.http.people import headers_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

TIMEOUT = 1.0
LATEST = 15 * TIMEOUT
"""Seconds within which every answer must arrive, on a very busy machine. The database never answers."""
POOL_SIZE = 3
GARBAGE = {
    "postgresql": b"S\0\0\0\x08\0\0\0\0",
    "mysql": b"\x10\0\0\0\x0a8.0.30\0",
    "mongodb": b"\0" * 16,
}


class Site(NamedTuple):
    """An application that reaches its database through a proxy, and a post."""

    client: httpx.AsyncClient
    proxy: Proxy
    post: str

    async def ask(self, method: str, path: str = "", **body: object) -> int:
        """The status of a request."""
        headers = headers_of("author")
        answer = await self.client.request(method, path or self.post, json=body or None, headers=headers)
        if answer.status_code == 503:
            assert answer.headers["retry-after"] == "1"
        return answer.status_code

    async def ask_all(self) -> set[int]:
        """The statuses of many concurrent requests: some are batched, some wait for a connection."""
        asked = [
            *(self.ask("GET") for _ in range(5)),
            *(self.ask("GET", "/posts") for _ in range(3)),
            *(self.ask("GET", "/tags") for _ in range(2)),
            *(self.ask("POST", f"{self.post}/comments", content="One more.") for _ in range(5)),
            *(self.ask("POST", "/posts", title="One more", content="Text.") for _ in range(3)),
            *(self.ask("PATCH", title="Another") for _ in range(10)),
        ]
        return set(await asyncio.gather(*asked))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        metafunc.parametrize("server_name", [name for name in offered if name != "sqlite"])


@pytest.fixture
async def site(applications: Applications, server_name: str) -> AsyncIterator[Site]:
    settings = {"database_timeout": TIMEOUT, "database_pool_size": POOL_SIZE, "cache_megabytes": 0}
    async with AsyncExitStack() as opened:
        proxy = opened.enter_context(Proxy((await applications.empty_blog(server_name)).url))
        app = create_api(Settings.model_validate({"database_url": proxy.url, **LENIENT, **settings}))
        await opened.enter_async_context(app.router.lifespan_context(app))
        transport, base = httpx.ASGITransport(app), "http://blog.example"
        client = await opened.enter_async_context(httpx.AsyncClient(transport=transport, base_url=base))
        content = {"title": "A post", "content": "Text."}
        made = await client.post("/posts", json=content, headers=headers_of("author"))
        site = Site(client, proxy, made.headers["location"])
        assert await site.ask_all() <= {200, 201}
        yield site
        proxy.recover()


async def test_requests_to_a_silent_database_are_answered_in_time(site: Site) -> None:
    loop = asyncio.get_running_loop()
    site.proxy.block()
    for _ in range(2):  # over the connections there were, and over new ones
        began = loop.time()
        assert await site.ask_all() == {503}
        assert loop.time() - began < LATEST
    site.proxy.recover()
    while await site.ask("GET") == 503:
        pass
    assert await site.ask_all() <= {200, 201}


async def test_connections_that_were_silently_dropped_cost_few_answers(site: Site, server_name: str) -> None:
    """One request fails; with PyMongo, one for each connection."""
    site.proxy.forget_connections()
    for _ in range(POOL_SIZE if server_name == "mongodb" else 1):
        assert await site.ask("GET") in (200, 503)
    assert await site.ask("GET") == 200
    assert await site.ask_all() <= {200, 201}


@pytest.mark.parametrize("says", ["nothing", "garbage"])
async def test_a_server_that_hangs_up_is_answered_503(site: Site, server_name: str, says: str) -> None:
    site.proxy.hang_up(GARBAGE[server_name] if says == "garbage" else b"")
    for _ in range(3):
        assert await site.ask_all() == {503}
    site.proxy.recover()
    assert await site.ask("GET") == 200
    assert await site.ask_all() <= {200, 201}
