"""Clients of the whole application, in this process, on every database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import httpx
import pytest
from devtools.servers.databases import new_name
from fastapi import FastAPI

from everpost.app import create_api
from everpost.settings import Settings
from everpost.stores import open_store
from tests.conftest import POOL_SIZE, TIMEOUT, Blog, Engines, offer_key
from tests.contract.http.people import add_people, headers_of

UNLIMITED = 1_000_000
LENIENT = {
    "guest_comments_per_address": UNLIMITED,
    "guest_comments_per_post": UNLIMITED,
    "failed_logins_per_hour": UNLIMITED,
    "failed_logins_per_account": UNLIMITED,
}
STRICT = {
    "failed_logins_per_hour": 2,
    "guest_comments_per_address": 3,
    "guest_comments_per_post": 2,
    "guest_links": 1,
    "proxies": 1,
}


class Applications:
    """One application for each database, and one with strict limits, each on a blog with the people of these
    tests. They stay open for the whole test session. Their clients send requests as the admin by default.
    """

    def __init__(self, engines: Engines, names: Sequence[str], opened: AsyncExitStack) -> None:
        self._engines = engines
        self._names = names
        self._opened = opened
        self._blogs: dict[str, Blog] = {}
        self._clients: dict[tuple[str, bool], httpx.AsyncClient] = {}
        self._apps: dict[tuple[str, bool], FastAPI] = {}

    async def on_empty_blog(self, name: str, *, strict: bool = False) -> httpx.AsyncClient:
        """A client of a blog on this database that contains only its people."""
        blog = await self.empty_blog(name)
        if (name, strict) not in self._clients:
            app = create_api(
                Settings.model_validate({"database_url": blog.url, **(STRICT if strict else LENIENT)})
            )
            self._apps[name, strict] = app
            self._clients[name, strict] = await self._open_client(app)
        return self._clients[name, strict]

    async def on_empty_blogs(self) -> dict[str, httpx.AsyncClient]:
        """A client for each available database, by name."""
        return {name: await self.on_empty_blog(name) for name in self._names}

    def app(self, name: str) -> FastAPI:
        """The application behind the client of this database."""
        return self._apps[name, False]

    async def blog(self, name: str) -> Blog:
        """The blog itself, with what it contains now."""
        if name not in self._blogs:
            self._blogs[name] = await self._make_blog(name)
        return self._blogs[name]

    async def empty_blog(self, name: str) -> Blog:
        """The blog itself, without a client."""
        blog = await self.blog(name)
        for app in self._apps.values():
            await app.state.resized_copies.finish()
        await blog.databases.empty(blog.name)
        return blog

    async def _make_blog(self, name: str) -> Blog:
        databases, database = self._engines.databases(name), new_name()
        await databases.create(database)
        self._opened.push_async_callback(databases.drop, database)
        store = await open_store(databases.url(database), timeout=TIMEOUT, pool_size=POOL_SIZE)
        self._opened.push_async_callback(store.close)
        await add_people(store)
        await databases.remember(database)
        return Blog(database, databases, store)

    async def _open_client(self, app: FastAPI) -> httpx.AsyncClient:
        await self._opened.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://blog.example", headers=headers_of("admin")
        )
        return await self._opened.enter_async_context(client)


@pytest.fixture(scope="session")
async def applications(engines: Engines, pytestconfig: pytest.Config) -> AsyncIterator[Applications]:
    async with AsyncExitStack() as opened:
        yield Applications(engines, pytestconfig.stash[offer_key].names, opened)


@pytest.fixture
async def client(applications: Applications, store_name: str) -> httpx.AsyncClient:
    """A client, as the admin, of a blog that contains only its people."""
    return await applications.on_empty_blog(store_name)


@pytest.fixture
async def four_clients(applications: Applications) -> dict[str, httpx.AsyncClient]:
    """Such a client for each available database, by name."""
    return await applications.on_empty_blogs()


@pytest.fixture
async def strict_client(applications: Applications, store_name: str) -> httpx.AsyncClient:
    """A client of an application with strict limits."""
    return await applications.on_empty_blog(store_name, strict=True)
