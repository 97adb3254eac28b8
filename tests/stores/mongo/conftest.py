"""MongoDB databases, and stores on them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from devtools.servers.databases import Databases, new_name
from pymongo import AsyncMongoClient

from everpost.stores import open_schema
from everpost.stores.mongo.store import MongoStore
from tests.conftest import Engines, offer_key
from tests.stores.mongo.blog import TIMEOUT, Database


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    del collection_path
    return None if "mongodb" in config.stash[offer_key].names else True


class Pool:
    """Databases with a schema, which are emptied before each test."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self._names: dict[str, str] = {}

    async def empty_blog(self, role: str) -> str:
        """The URL of the database for this role, emptied."""
        if role not in self._names:
            name = self._names[role] = new_name()
            await self.databases.create(name)
            await make_schema(self.databases.url(name))
            await self.databases.remember(name)
        await self.databases.empty(self._names[role])
        return self.databases.url(self._names[role])

    async def close(self) -> None:
        for name in self._names.values():
            await self.databases.drop(name)


async def make_schema(url: str) -> None:
    schema = open_schema(url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()


@pytest.fixture(scope="session")
async def pool(engines: Engines) -> AsyncIterator[Pool]:
    pool = Pool(engines.databases("mongodb"))
    yield pool
    await pool.close()


@pytest.fixture
async def empty_url(pool: Pool) -> AsyncIterator[str]:
    """The URL of a database without any collections."""
    name = new_name()
    yield pool.databases.url(name)
    await pool.databases.drop(name)


@pytest.fixture
async def made_url(empty_url: str) -> str:
    """The URL of the same database, after the migrations."""
    await make_schema(empty_url)
    return empty_url


@pytest.fixture
async def emptied_url(pool: Pool) -> str:
    return await pool.empty_blog("source")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with an empty blog."""
    has_its_own = request.node.get_closest_marker("own_database") is not None
    url: str = request.getfixturevalue("made_url" if has_its_own else "emptied_url")
    return url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """The database of the store, accessed directly."""
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(url, tz_aware=True) as client:
        yield client.get_default_database()


@pytest.fixture
async def store(url: str) -> AsyncIterator[MongoStore]:
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=5)
    yield store
    await store.close()


@pytest.fixture
async def other_store(url: str) -> AsyncIterator[MongoStore]:
    """A second store on the same database, like that of another process."""
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=5)
    yield store
    await store.close()
