"""Empty databases for a measurement, which are empty again afterwards."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from everpost.errors import Misconfigured, Occupied
from everpost.stores import open_schema
from everpost.stores.addresses import describe_url
from everpost.stores.schema import Schema

Say = Callable[[str], None]
"""Prints a line of progress."""

_MAX_LISTED = 5
"""Tables or collections that an error about a database that is not empty lists."""


def unique_names(urls: Sequence[str]) -> list[str]:
    """The names of the databases in reports, numbered where two would be the same. Raises Misconfigured if a
    URL is given twice.
    """
    if len(set(urls)) < len(urls):
        raise Misconfigured("The same database is given twice: give each only once.")
    shown = [describe_url(url) for url in urls]
    seen: Counter[str] = Counter()
    names = []
    for name in shown:
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if shown.count(name) > 1 else name)
    return names


async def require_empty(url: str, name: str, *, timeout: float) -> None:
    """Raise Occupied if the database contains anything; also Unreachable, Misconfigured."""
    try:
        async with _schema_of(url, timeout) as schema:
            found = await schema.contents()
    except Misconfigured as error:
        raise Misconfigured(f"{name}: {error.message}") from None
    if found:
        more = " and others" if len(found) > _MAX_LISTED else ""
        raise Occupied(
            f"{name} is not empty: it has {', '.join(found[:_MAX_LISTED])}{more}. Nothing was changed. "
            "everpost bench needs an empty database, and leaves it empty."
        )


async def describe_server(url: str, *, timeout: float) -> str:
    """The database server at a URL, with its version. Raises Unreachable."""
    async with _schema_of(url, timeout) as schema:
        return await schema.server()


@asynccontextmanager
async def temporary_schema(url: str, name: str, say: Say, *, timeout: float) -> AsyncIterator[str]:
    """Creates the schema in an empty database, and yields the server with its version. Removes everything at
    the end, also after an error; if that fails, `say` prints what to do. Raises Occupied if another process
    has created the schema in the meantime.
    """
    async with AsyncExitStack() as resources:
        async with _schema_of(url, timeout) as schema:
            migration = asyncio.ensure_future(schema.migrate("head"))
            try:
                await asyncio.shield(migration)
            finally:  # also when cancelled, find out whether this process created the schema
                if await migration:
                    resources.push_async_callback(_clean_up, url, name, say, timeout)
            if not migration.result():
                raise Occupied(
                    f"{name} is in use: another process has just created a blog there, "
                    "or another of the URLs is the same database."
                )
            server = await schema.server()
        yield server


async def _clean_up(url: str, name: str, say: Say, timeout: float) -> None:
    say(f"Cleaning up {name}")
    try:
        async with _schema_of(url, timeout) as schema:
            await schema.erase()
    except BaseException:
        say(
            f"{name} could not be cleaned up: it still contains the generated blog. To remove it, run "
            "everpost db downgrade base --allow-data-loss with this database in EVERPOST_DATABASE_URL."
        )
        raise


@asynccontextmanager
async def _schema_of(url: str, timeout: float) -> AsyncIterator[Schema]:
    schema = open_schema(url, timeout=timeout)
    try:
        yield schema
    finally:
        await schema.close()
