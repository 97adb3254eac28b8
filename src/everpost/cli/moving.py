"""The databases between which a blog moves, opened for one command."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everpost.errors import Misconfigured
from everpost.settings import Settings
from everpost.stores import open_schema, open_store
from everpost.stores.addresses import describe_url
from everpost.stores.port import Store
from everpost.stores.schema import SchemaState

URL_FORMS = "a URL, env:NAME or file:PATH"
"""How an argument names a database: see `settings.read_database_url`."""
_CONNECTIONS = 2
"""One reads while the other writes."""


@asynccontextmanager
async def open_source(url: str, settings: Settings) -> AsyncIterator[Store]:
    """A blog to be read. Misconfigured: there is none. Unreachable, SchemaMismatch, Unfinished."""
    if await _is_without_schema(url, settings):
        raise Misconfigured(f"There is no blog in {describe_url(url)}.")
    async with _opened(url, settings, unfinished=False) as store:
        yield store


@asynccontextmanager
async def open_target(url: str, settings: Settings) -> AsyncIterator[Store]:
    """Where a blog moves; the schema is made where there is none. Unreachable, SchemaMismatch."""
    async with _opened(url, settings, unfinished=True) as store:
        yield store


@asynccontextmanager
async def look_at_target(url: str, settings: Settings) -> AsyncIterator[Store | None]:
    """Where a blog could move; None where there is no schema, and that stays so. As for `open_target`."""
    if await _is_without_schema(url, settings):
        yield None
        return
    async with _opened(url, settings, unfinished=True) as store:
        yield store


@asynccontextmanager
async def open_blog(settings: Settings, *, is_dry_run: bool) -> AsyncIterator[Store]:
    """The blog of the settings, made where there is none; for a dry run an empty one elsewhere stands in
    for it there. Unreachable, SchemaMismatch, Unfinished.
    """
    url = settings.database_url
    with tempfile.TemporaryDirectory() as folder:
        if is_dry_run and await _is_without_schema(url, settings):
            url = f"sqlite:///{folder}/blog.db"
        async with _opened(url, settings, unfinished=False) as store:
            yield store


@asynccontextmanager
async def _opened(url: str, settings: Settings, *, unfinished: bool) -> AsyncIterator[Store]:
    store = await open_store(
        url, timeout=settings.database_timeout, pool_size=_CONNECTIONS, unfinished=unfinished
    )
    try:
        yield store
    finally:
        await store.close()


async def _is_without_schema(url: str, settings: Settings) -> bool:
    schema = open_schema(url, timeout=settings.database_timeout)
    try:
        return await schema.state() is SchemaState.EMPTY
    finally:
        await schema.close()
