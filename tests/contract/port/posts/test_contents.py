"""Listing the contents of a database, and erasing them."""

import re
from pathlib import Path

import pytest
from devtools.servers.databases import Databases

from everpost.errors import Unreachable
from everpost.stores import open_schema, open_store
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import comment_on, publish

TIMEOUT = 10.0


def is_file(url: str) -> bool:
    """Whether the file in a SQLite URL exists."""
    return Path(url.removeprefix("sqlite:///")).exists()


async def test_listing_the_contents_of_an_empty_database_creates_nothing(database_url: str) -> None:
    schema = open_schema(database_url, timeout=TIMEOUT)
    assert list(await schema.contents()) == []
    assert not is_file(database_url)
    await schema.close()


async def test_a_blog_that_is_erased_leaves_nothing_behind(database_url: str) -> None:
    store = await open_store(database_url, timeout=TIMEOUT, pool_size=2)
    await comment_on(store, (await publish(store)).id)
    await store.close()
    schema = open_schema(database_url, timeout=TIMEOUT)
    assert "posts" in await schema.contents()
    await schema.erase()
    assert list(await schema.contents()) == []
    assert await schema.state() is SchemaState.EMPTY
    await schema.close()


async def test_the_server_reports_its_version(database_url: str) -> None:
    schema = open_schema(database_url, timeout=TIMEOUT)
    assert re.match(r"(SQLite|PostgreSQL|MySQL|MariaDB|MongoDB) \d+\.\d+", await schema.server())
    await schema.close()


async def test_a_missing_database_is_unreachable(databases: Databases) -> None:
    schema = open_schema(databases.unreachable_url(), timeout=0.5)
    with pytest.raises(Unreachable):
        await schema.contents()
    await schema.close()
