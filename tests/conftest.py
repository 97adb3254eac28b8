"""Shared fixtures: databases on real servers, and stores on them.

A test that takes `store`, `store_name`, `blog_url` or `database_url` runs once on each database.
"""

import atexit
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import structlog
from argon2 import PasswordHasher
from devtools import browser
from devtools.servers import Offer, Servers, find_offer, open_databases
from devtools.servers.broker import Broker, ask
from devtools.servers.databases import Databases, new_name
from hypothesis import HealthCheck, settings

from everpost.domain.clock import EARLIEST, HORIZON
from everpost.services.accounts import passwords
from everpost.services.maintenance import task as maintenance_task
from everpost.stores import SqlEngine, open_store
from everpost.stores.port import Store
from tests import environment
from tests.differential import open_differential
from tests.fuzzing import pytest_runtest_call  # noqa: F401 - a hook
from tests.volume import FUZZ, examples

environment.strip(os.environ)

TIMEOUT = 30.0
POOL_SIZE = 5
REFERENCE, DIFFERENTIAL = "-reference", "-differential"
"""Suffixes of a database's name, for a store over the reference engine, or over both engines, compared."""
COMPARED = {"tests.contract.port.comments.test_comments", "tests.contract.port.posts.test_posts"}
"""The tests that compare both engines in `make test`; in `make test-long`, all tests at the port do."""
A_DAY = 24 * 60 * 60

# No deadline for an example: two workers and three servers share two cores. Examples are the same each time,
# so that no change fails for an unrelated reason. `make fuzz` draws new ones.
settings.register_profile(
    "everpost",
    deadline=None,
    derandomize=not FUZZ,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("everpost")

offer_key = pytest.StashKey[Offer]()
servers_key = pytest.StashKey[Servers]()
broker_key = pytest.StashKey[Broker]()


class WorkerNode(Protocol):
    """A worker as pytest-xdist shows it to the process that starts it."""

    config: pytest.Config
    workerinput: dict[str, object]


# As `everpost serve` writes them: what structlog does by itself takes a second for each traceback.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "careful_passwords: they are hashed as for users")
    config.addinivalue_line("markers", "own_database: a new one, where others get one that was emptied")
    config.addinivalue_line("markers", "long_but_on(*names): long, but on the databases of these names")
    if hasattr(config, "workerinput"):
        names, secured = config.workerinput["databases"], config.workerinput["secured"]
        config.stash[offer_key] = Offer(tuple(names), tuple(secured), {})
        gc.disable()  # until all is collected: what a process imports stays
        atexit.register(gc.freeze)  # or the interpreter looks through all of it before it ends
        return
    try:
        config.stash[offer_key] = find_offer()
        if browser.is_required():
            browser.find_chromium()
    except LookupError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[servers_key] = Servers()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerNode) -> None:
    """Pass the state of this process to a worker of pytest-xdist."""
    stash = node.config.stash
    if broker_key not in stash:
        stash[broker_key] = Broker(stash[servers_key])
    node.workerinput["databases"] = stash[offer_key].names
    node.workerinput["secured"] = stash[offer_key].secured
    node.workerinput["broker"] = stash[broker_key].port


def pytest_collection_finish() -> None:
    """Freeze imported and collected objects, and collect garbage less often: scanning them again and again
    would take more than a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if broker_key in config.stash:
        config.stash[broker_key].close()
    if servers_key in config.stash:
        config.stash[servers_key].stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name, reason in config.stash[offer_key].missing.items():
        terminalreporter.write_line(f"Not tested on {name}: {reason}")
    try:
        browser.find_chromium()
    except LookupError as error:
        terminalreporter.write_line(f"Not tested in a browser: {error}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_name" in metafunc.fixturenames:
        short = metafunc.definition.get_closest_marker("long_but_on")
        offered = metafunc.config.stash[offer_key].names
        names = [
            name if short is None or name in short.args else pytest.param(name, marks=pytest.mark.long)
            for name in offered
        ]
        if metafunc.module.__name__.startswith("tests.contract.port."):
            sql = [name for name in offered if name != "mongodb"]
            others = [name + suffix for suffix in (REFERENCE, DIFFERENTIAL) for name in sql]
            is_short = metafunc.module.__name__ in COMPARED
            names += [
                name
                if is_short and name.endswith(DIFFERENTIAL)
                else pytest.param(name, marks=pytest.mark.long)
                for name in others
            ]
        metafunc.parametrize("store_name", names)


@dataclass(frozen=True)
class Blog:
    """A database with a schema, and its store; emptied for each test."""

    name: str
    databases: Databases
    store: Store

    @property
    def url(self) -> str:
        return self.databases.url(self.name)


class Engines:
    """The databases of each engine, and one blog on each, for this process. Opened lazily."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._databases: dict[str, Databases] = {}
        self._blogs: dict[str, Blog] = {}
        self._open = AsyncExitStack()

    def databases(self, name: str) -> Databases:
        name = name.removesuffix(REFERENCE).removesuffix(DIFFERENTIAL)
        if name not in self._databases:
            self._databases[name] = open_databases(name, "" if name == "sqlite" else self._server_url(name))
            self._open.push_async_callback(self._databases[name].close)
        return self._databases[name]

    async def empty_blog(self, name: str) -> Blog:
        if name not in self._blogs:
            self._blogs[name] = await self._make_blog(name)
        blog = self._blogs[name]
        await blog.databases.empty(blog.name)
        return blog

    async def close(self) -> None:
        await self._open.aclose()

    async def _make_blog(self, name: str) -> Blog:
        databases = self.databases(name)
        database = new_name()
        await databases.create(database)
        self._open.push_async_callback(databases.drop, database)
        url = databases.url(database)
        if name.endswith(DIFFERENTIAL):
            await (await open_store(url, timeout=TIMEOUT, pool_size=1)).close()
            store: Store = await open_differential(url, timeout=TIMEOUT, pool_size=POOL_SIZE)
        else:
            engine: SqlEngine = "reference" if name.endswith(REFERENCE) else "drivers"
            store = await open_store(url, timeout=TIMEOUT, pool_size=POOL_SIZE, sql_engine=engine)
        self._open.push_async_callback(store.close)
        await databases.remember(database)
        return Blog(database, databases, store)

    def _server_url(self, name: str) -> str:
        if hasattr(self._config, "workerinput"):
            return ask(self._config.workerinput["broker"], name)
        return self._config.stash[servers_key].url(name)


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at a low cost, except in tests of the hashing."""
    if request.node.get_closest_marker("careful_passwords") is None:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._dummy_hash.cache_clear()


@pytest.fixture(autouse=True)
def fresh_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reset the horizon, because a test may stop the clock at an earlier time than others."""
    monkeypatch.setattr(HORIZON, "_seen", EARLIEST)


@pytest.fixture(scope="session")
async def engines(pytestconfig: pytest.Config) -> AsyncIterator[Engines]:
    engines = Engines(pytestconfig)
    with pytest.MonkeyPatch.context() as patch:
        # An application that is shared by many tests must not write to their databases on its own: its event
        # loop may pause while it holds SQLite's lock, when a test has a loop of its own.
        patch.setattr(maintenance_task, "INTERVAL", A_DAY)
        yield engines
        await engines.close()


@pytest.fixture
async def blog(engines: Engines, store_name: str) -> Blog:
    """An empty blog, and how to reach it."""
    return await engines.empty_blog(store_name)


@pytest.fixture
def store(blog: Blog) -> Store:
    """An empty store."""
    return blog.store


@pytest.fixture
def blog_url(blog: Blog) -> str:
    """The URL of the database of `store`."""
    return blog.url


@pytest.fixture
async def databases(engines: Engines, store_name: str) -> Databases:
    """The databases on the server of `store`."""
    return engines.databases(store_name)


@pytest.fixture
async def make_database(databases: Databases) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """A function that creates fresh databases without a schema, and returns their URLs."""
    async with AsyncExitStack() as made:

        async def make() -> str:
            name = new_name()
            await databases.create(name)
            made.push_async_callback(databases.drop, name)
            return databases.url(name)

        yield make


@pytest.fixture
async def database_url(make_database: Callable[[], Awaitable[str]]) -> str:
    """The URL of a fresh database without a schema."""
    return await make_database()


@pytest.fixture(scope="session")
async def empty_blog_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with an empty blog, for tests that each take a copy."""
    file = tmp_path_factory.mktemp("empty") / "blog.db"
    await (await open_store(f"sqlite:///{file}", timeout=TIMEOUT, pool_size=1)).close()
    return file


@pytest.fixture
async def four_stores(engines: Engines, pytestconfig: pytest.Config) -> dict[str, Store]:
    """An empty store on each available database, by name."""
    names = pytestconfig.stash[offer_key].names
    return {name: (await engines.empty_blog(name)).store for name in names}
