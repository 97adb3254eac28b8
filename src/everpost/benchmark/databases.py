"""Databases that are lent for a measurement, and given back as empty as they were."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from everpost.errors import Misconfigured, Occupied
from everpost.stores import open_schema
from everpost.stores.addresses import describe_url
from everpost.stores.schema import Schema

Say = Callable[[str], None]
"""Takes a line for the person who waits."""

_NAMED = 5
"""How many things that are in the way are named."""


def name_all(urls: Sequence[str]) -> list[str]:
    """What each database is called; those that would be called the same get a number. Misconfigured: a URL
    is there twice.
    """
    if len(set(urls)) < len(urls):
        raise Misconfigured("The same database is named twice: name each once.")
    shown = [describe_url(url) for url in urls]
    seen: Counter[str] = Counter()
    names = []
    for name in shown:
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if shown.count(name) > 1 else name)
    return names


async def require_empty(url: str, name: str, *, timeout: float) -> None:
    """Occupied: something is in the database, whosever it is. Unreachable, Misconfigured."""
    try:
        async with _schema_of(url, timeout) as schema:
            found = await schema.contents()
    except Misconfigured as error:
        raise Misconfigured(f"{name}: {error.message}") from None
    if found:
        more = " and others" if len(found) > _NAMED else ""
        raise Occupied(
            f"{name} is not empty: it has {', '.join(found[:_NAMED])}{more}. Nothing was changed. "
            "everpost bench takes a database with nothing in it, and leaves it so."
        )


async def describe_server(url: str, *, timeout: float) -> str:
    """The database server at a URL, with its version. Unreachable."""
    async with _schema_of(url, timeout) as schema:
        return await schema.server()


@asynccontextmanager
async def borrowed(url: str, name: str, say: Say, *, timeout: float) -> AsyncIterator[str]:
    """An empty database, made ready for a blog; gives what keeps it, with its version. At the end nothing is
    left of it, whatever happened; where that fails, `say` takes what is to be done. Occupied: somebody
    else has made it ready meanwhile.
    """
    async with AsyncExitStack() as lent:
        async with _schema_of(url, timeout) as schema:
            making = asyncio.ensure_future(schema.migrate("head"))
            try:
                await asyncio.shield(making)
            finally:  # whoever is told to stop meanwhile has to know whether the schema is theirs
                if await making:
                    lent.push_async_callback(_give_back, url, name, say, timeout)
            if not making.result():
                raise Occupied(
                    f"{name} is in use: somebody made a blog there just now, "
                    "or another of the URLs is the same database."
                )
            server = await schema.server()
        yield server


async def _give_back(url: str, name: str, say: Say, timeout: float) -> None:
    say(f"Cleaning up {name}")
    try:
        async with _schema_of(url, timeout) as schema:
            await schema.erase()
    except BaseException:
        say(
            f"{name} could not be cleaned up: the blog that was measured is still there. To remove it, run "
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
