"""Database accounts with the privileges that docs/databases.md recommends for serving."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import MongoClient

from everpost.stores.sql.engine import make_engine

NAME = "blog_serving"

_STATEMENTS: Mapping[str, Sequence[str]] = {
    "postgresql": (
        f"CREATE ROLE {NAME} LOGIN PASSWORD '{{password}}'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {NAME}",
    ),
    "mysql": (
        f"CREATE USER {NAME} IDENTIFIED BY '{{password}}'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON blog.* TO {NAME}",
    ),
}


async def add_serving_account(kind: str, url: str, password: str) -> None:
    """Add the account, as the owner of the database, whose URL this is."""
    if kind == "mongodb":
        await asyncio.to_thread(_add_to_mongodb, url, password)
        return
    engine = make_engine(url, timeout=10, pool_size=1)
    async with engine.connect() as connection:
        for statement in _STATEMENTS[kind]:
            await connection.exec_driver_sql(statement.format(password=password))
    await engine.dispose()


def _add_to_mongodb(url: str, password: str) -> None:
    client: MongoClient[dict[str, Any]]
    with MongoClient(url) as client:
        rights = [{"role": "readWrite", "db": "blog"}]
        client.admin.command("createUser", NAME, pwd=password, roles=rights)
