"""Databases of the SQL engines that can be had here."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest
from devtools.servers.databases import new_name
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.stores import open_schema
from everpost.stores.sql.engine import Connections, make_engine
from everpost.stores.sql.store import SqlStore
from tests.conftest import Engines, offer_key

TIMEOUT = 10.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        without = {"mongodb", "sqlite"} if "on_a_server" in metafunc.fixturenames else {"mongodb"}
        metafunc.parametrize("engine_name", [name for name in offered if name not in without])


async def answer(connections: Connections, question: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows that the database gives, as it is now."""
    async with connections.snapshot() as transaction:
        rows = (await transaction.execute(text(question))).rows
    return cast("Sequence[Row[*tuple[Any, ...]]]", rows)


EXPLAIN = {
    "sqlite": "EXPLAIN QUERY PLAN",
    "postgresql": "EXPLAIN (FORMAT JSON)",
    "mysql": "EXPLAIN FORMAT=JSON",
}


async def plan_of(
    engine_name: str, statement: str, connection: AsyncConnection
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What the engine says of how it would carry out a statement."""
    if engine_name == "mysql":
        # MySQL speaks of plans as MariaDB does where it is told to; what says so is a comment to MariaDB.
        await connection.exec_driver_sql("SET @said = 0 /*!80300 , explain_json_format_version = 1 */")
    return (await connection.exec_driver_sql(f"{EXPLAIN[engine_name]} {statement}")).all()


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
async def made_url(empty_url: str) -> str:
    """The URL of the same database, whose schema is made."""
    schema = open_schema(empty_url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()
    return empty_url


@pytest.fixture
async def emptied_url(engine_name: str, engines: Engines) -> str:
    return (await engines.empty_blog(engine_name)).url


@pytest.fixture
def url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """The URL of a database with an empty blog."""
    del engine_name  # says only that a test runs once on each
    has_its_own = request.node.get_closest_marker("own_database") is not None
    url: str = request.getfixturevalue("made_url" if has_its_own else "emptied_url")
    return url


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
    """Connections past the store, which take any SQL and give its rows."""
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=3, engine="reference")
    yield connections
    await connections.close()


@pytest.fixture
async def alchemy(url: str) -> AsyncIterator[AsyncEngine]:
    """SQLAlchemy's own way to the database."""
    engine = make_engine(url, timeout=TIMEOUT, pool_size=1)
    yield engine
    await engine.dispose()
