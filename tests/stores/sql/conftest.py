"""Databases of the SQL engines that can be had here."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.stores import open_schema
from everpost.stores.sql.connections import Connections
from everpost.stores.sql.engine import make_engine
from everpost.stores.sql.store import SqlStore
from tests.conftest import Engines, offer_key
from tests.servers.databases import new_name

TIMEOUT = 10.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        without = {"mongodb", "sqlite"} if "on_a_server" in metafunc.fixturenames else {"mongodb"}
        metafunc.parametrize("engine_name", [name for name in offered if name not in without])


async def answer(connections: Connections, question: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows that the database gives, in a transaction of its own."""

    async def work(connection: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
        return (await connection.execute(text(question))).all()

    return await connections.transact(work)


@pytest.fixture
def on_a_server() -> None:
    """For tests of what SQLite, which is no server, cannot meet with."""


@pytest.fixture
async def empty_url(engine_name: str, engines: Engines) -> AsyncIterator[str]:
    """The URL of a database in which there is nothing."""
    databases = engines.databases(engine_name)
    name = new_name()
    await databases.create(name)
    yield databases.url(name)
    await databases.drop(name)


@pytest.fixture
async def url(empty_url: str) -> str:
    """The URL of a database whose schema is made."""
    schema = open_schema(empty_url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()
    return empty_url


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url, timeout=TIMEOUT, pool_size=5)
    yield store
    await store.close()


@pytest.fixture
async def impatient(url: str) -> AsyncIterator[SqlStore]:
    """A store with one connection, which waits for two seconds."""
    store = await SqlStore.open(url, timeout=2, pool_size=1)
    yield store
    await store.close()


@pytest.fixture
async def aside(url: str) -> AsyncIterator[Connections]:
    """Connections past the store."""
    connections = Connections(make_engine(url, timeout=TIMEOUT, pool_size=3), timeout=TIMEOUT)
    yield connections
    await connections.close()
