"""What the tests run in processes of their own."""

import asyncio

from everpost.stores.sql.schema import SqlSchema


def migrate(url: str) -> int:
    """Migrate a database to the newest revision; how many steps it took."""
    return asyncio.run(_migrate(url))


async def _migrate(url: str) -> int:
    schema = SqlSchema(url, timeout=10)
    try:
        return len(await schema.migrate("head"))
    finally:
        await schema.close()
