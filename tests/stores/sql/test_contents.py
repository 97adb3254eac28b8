"""Databases that another application uses."""

import pytest
from sqlalchemy import text

from everpost.stores import open_schema
from everpost.stores.sql.engine import make_engine
from tests.stores.sql.conftest import TIMEOUT

THEIRS = {
    "sqlite": ["CREATE TABLE chest (depth INTEGER)"],
    "postgresql": ["CREATE SCHEMA attic", "CREATE TABLE attic.chest (depth INTEGER)"],
    "mysql": ["CREATE TABLE chest (depth INTEGER)"],
}


@pytest.fixture
async def their_url(empty_url: str, engine_name: str) -> str:
    """The URL of a database with a table, on PostgreSQL in a schema of its own, and with a view."""
    engine = make_engine(empty_url, timeout=TIMEOUT, pool_size=1)
    async with engine.connect() as connection:
        for statement in [*THEIRS[engine_name], "CREATE VIEW moods AS SELECT 1 AS mood"]:
            await connection.execute(text(statement))
    await engine.dispose()
    return empty_url


async def test_tables_and_views_of_others_are_found_and_stay(their_url: str) -> None:
    schema = open_schema(their_url, timeout=TIMEOUT)
    assert await schema.contents() == ["chest", "moods"]
    await schema.migrate("head")
    assert {"chest", "moods", "posts"} <= set(await schema.contents())
    await schema.erase()
    assert await schema.contents() == ["chest", "moods"]
    await schema.close()
