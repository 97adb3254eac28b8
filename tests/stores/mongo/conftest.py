"""MongoDB as a replica set and as a single server; both must do."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from everpost.stores import open_schema
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.store import MongoStore
from tests.conftest import Engines, offer_key
from tests.servers.databases import new_name
from tests.servers.mongodb import MongodbServer
from tests.stores.mongo.blog import TIMEOUT, Database

SINGLE_SERVER = "a single server"
TIGHT = Limits(
    nested=8, nested_bytes=3_000, kept=4, kept_bytes=1_000, gone=2, copied_at_once=3, stale_after=0
)
"""Threads settle all the time, a part at a time, and every run is taken for dead by the next one."""


class SingleServer(MongodbServer):
    """A server that is no replica set: it has no transactions and retries no write."""

    def command(self) -> list[str]:
        command = super().command()
        name = command.index("--replSet")
        return command[:name] + command[name + 2 :]

    def settle(self) -> None:
        pass


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    del collection_path
    return None if "mongodb" in config.stash[offer_key].names else True


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "takes_long: on one deployment only, a single server if there is one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "deployment" in metafunc.fixturenames:
        deployments = ["the server offered"]
        if MongodbServer.missing() is None:
            deployments.append(SINGLE_SERVER)
        takes_long = metafunc.definition.get_closest_marker("takes_long") is not None
        metafunc.parametrize("deployment", deployments[-1:] if takes_long else deployments)


@pytest.fixture(scope="session")
def single_server() -> Iterator[SingleServer]:
    server = SingleServer().start()
    yield server
    server.stop()


@pytest.fixture
async def empty_url(deployment: str, engines: Engines, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of a database in which there is nothing."""
    name = new_name()
    if deployment == SINGLE_SERVER:
        url = request.getfixturevalue("single_server").url(name)
    else:
        url = engines.databases("mongodb").url(name)
    yield url
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(url) as client:
        await client.drop_database(name)


@pytest.fixture
async def url(empty_url: str) -> str:
    """The URL of a database whose schema is made."""
    schema = open_schema(empty_url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()
    return empty_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """What is in the database, past the store."""
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(url, tz_aware=True) as client:
        yield client.get_default_database()


@pytest.fixture
async def store(url: str) -> AsyncIterator[MongoStore]:
    """A store whose threads settle all the time."""
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=5, limits=TIGHT)
    yield store
    await store.close()


@pytest.fixture
async def other_store(url: str) -> AsyncIterator[MongoStore]:
    """Another process's store on the same database, as it were."""
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=5, limits=TIGHT)
    yield store
    await store.close()
