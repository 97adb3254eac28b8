"""Real servers with a blog, an empty blog and a blog whose database is away, and Chromium."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from devtools.browser import find_chromium, running_chromium
from devtools.servers.databases import new_name
from devtools.serving import serving
from playwright.async_api import Browser

from everpost.app import Blog, create_app
from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.settings import Settings
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.browser.content import fill
from tests.browser.languages import add_mirrored
from tests.conftest import POOL_SIZE, TIMEOUT, Engines, offer_key
from tests.contract.http.conftest import LENIENT

EXAMPLE = Path(__file__).parents[2] / "examples" / "newspaper"
SECOND = ("mongodb", "postgresql", "mysql")
"""The other database, in `make test-long`: the first of these that is available."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        others = [name for name in SECOND if name in offered][:1]
        names = ["sqlite", *(pytest.param(name, marks=pytest.mark.long) for name in others)]
        metafunc.parametrize("engine_name", names)


@dataclass(frozen=True)
class Sites:
    """The addresses of blogs: with everything, the same with the example theme, without posts, and without a
    database.
    """

    full: str
    themed: str
    empty: str
    away: str
    store: Store

    async def speak(self, language: str) -> None:
        """Change the language of those with everything, which decides their direction."""
        await self.store.blog.save(BlogChange(updated_at=now(), language=language), match=None)


class Served:
    """Opens the sites on each database lazily, for the whole session."""

    def __init__(self, engines: Engines, folder: Path, opened: AsyncExitStack) -> None:
        self._engines = engines
        self._folder = folder
        self._opened = opened
        self._sites: dict[str, Sites] = {}

    async def on(self, name: str) -> Sites:
        if name not in self._sites:
            full = await self._database(name)
            store = await open_store(full, timeout=TIMEOUT, pool_size=POOL_SIZE)
            self._opened.push_async_callback(store.close)
            await fill(store)
            away = f"sqlite:///{self._folder}/missing/blog.db"
            self._sites[name] = Sites(
                full=await self._serve(full),
                themed=await self._serve(full, theme=EXAMPLE),
                empty=await self._serve(await self._database(name)),
                away=await self._serve(away),
                store=store,
            )
        return self._sites[name]

    async def empty(self, name: str) -> tuple[str, Store, Blog]:
        """A new blog on this database: its address, its store and its application."""
        url = await self._database(name)
        store = await open_store(url, timeout=TIMEOUT, pool_size=POOL_SIZE)
        self._opened.push_async_callback(store.close)
        blog = self._blog(url)
        return await self._opened.enter_async_context(serving(blog)), store, blog

    async def _database(self, name: str) -> str:
        databases, database = self._engines.databases(name), new_name()
        await databases.create(database)
        self._opened.push_async_callback(databases.drop, database)
        return databases.url(database)

    async def _serve(self, database_url: str, theme: Path | None = None) -> str:
        return await self._opened.enter_async_context(serving(self._blog(database_url, theme)))

    def _blog(self, database_url: str, theme: Path | None = None) -> Blog:
        settings = Settings.model_validate({"database_url": database_url, "theme": theme, **LENIENT})
        blog = create_app(settings)
        add_mirrored(blog.state.languages)
        self._opened.push_async_callback(blog.state.lifecycle.close)
        self._opened.callback(blog.state.renderer.close)
        return blog


@pytest.fixture(scope="session")
async def served(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with AsyncExitStack() as opened:
        yield Served(engines, tmp_path_factory.mktemp("away"), opened)


@pytest.fixture
async def sites(served: Served, engine_name: str) -> Sites:
    return await served.on(engine_name)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    try:
        find_chromium()
    except LookupError as error:
        pytest.skip(str(error))
    async with running_chromium() as browser:
        yield browser
