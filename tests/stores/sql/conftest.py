"""Databases of the SQL engines that are installed here."""

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
    """Return the rows of a query against the current state of the database."""
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
    """Return the plan of the engine for a statement."""
    if engine_name == "mysql":
        # MySQL can describe plans in MariaDB's format; MariaDB treats the option as a comment.
        await connection.exec_driver_sql("SET @said = 0 /*!80300 , explain_json_format_version = 1 */")
    return (await connection.exec_driver_sql(f"{EXPLAIN[engine_name]} {statement}")).all()


@pytest.fixture
def on_a_server() -> None:
    """For tests of situations that do not occur with SQLite, which has no server."""


@pytest.fixture
async def empty_url(engine_name: str, engines: Engines) -> AsyncIterator[str]:
    """The URL of an empty database."""
    databases = engines.databases(engine_name)
    name = new_name()
    await databases.create(name)
    yield databases.url(name)
    await databases.drop(name)


@pytest.fixture
async def made_url(empty_url: str) -> str:
    """The URL of the same database, with the current schema."""
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
    del engine_name  # it only parametrizes the tests
    has_its_own = request.node.get_closest_marker("own_database") is not None
    url: str = request.getfixturevalue("made_url" if has_its_own else "emptied_url")
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url, timeout=TIMEOUT, pool_size=5)
    yield store
    await store.close()


@pytest.fixture
async def short_timeout_store(url: str) -> AsyncIterator[SqlStore]:
    """A store with one connection and a timeout of two seconds."""
    store = await SqlStore.open(url, timeout=2, pool_size=1)
    yield store
    await store.close()


@pytest.fixture
async def raw_connections(url: str) -> AsyncIterator[Connections]:
    """Connections that bypass the store, for any SQL."""
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=3, engine="reference")
    yield connections
    await connections.close()


@pytest.fixture
async def alchemy(url: str) -> AsyncIterator[AsyncEngine]:
    """A SQLAlchemy engine on the database."""
    engine = make_engine(url, timeout=TIMEOUT, pool_size=1)
    yield engine
    await engine.dispose()
