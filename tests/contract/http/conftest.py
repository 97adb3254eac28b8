"""Clients of the whole application, in this process, on every database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import httpx
import pytest

from everpost.app import create_app
from everpost.settings import Settings
from tests.conftest import Engines, offer_key


class Applications:
    """One application for each database, open as long as the test session, and its client."""

    def __init__(self, engines: Engines, names: Sequence[str], opened: AsyncExitStack) -> None:
        self._engines = engines
        self._names = names
        self._opened = opened
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def on_empty_blog(self, name: str) -> httpx.AsyncClient:
        """A client of a blog with nothing in it, on this database."""
        blog = await self._engines.empty_blog(name)
        if name not in self._clients:
            app = create_app(Settings(database_url=blog.url))
            await self._opened.enter_async_context(app.router.lifespan_context(app))
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example")
            self._clients[name] = await self._opened.enter_async_context(client)
        return self._clients[name]

    async def on_empty_blogs(self) -> dict[str, httpx.AsyncClient]:
        """A client on each database that can be had, by its name."""
        return {name: await self.on_empty_blog(name) for name in self._names}


@pytest.fixture(scope="session")
async def applications(engines: Engines, pytestconfig: pytest.Config) -> AsyncIterator[Applications]:
    async with AsyncExitStack() as opened:
        yield Applications(engines, pytestconfig.stash[offer_key].names, opened)


@pytest.fixture
async def client(applications: Applications, store_name: str) -> httpx.AsyncClient:
    """Asks a blog with nothing in it."""
    return await applications.on_empty_blog(store_name)


@pytest.fixture
async def four_clients(applications: Applications) -> dict[str, httpx.AsyncClient]:
    """Asks an empty blog on each database that can be had, by the name of the database."""
    return await applications.on_empty_blogs()
