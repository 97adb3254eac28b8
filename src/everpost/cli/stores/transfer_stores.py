"""The source and target databases of a command that moves a blog."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everpost.errors import Misconfigured
from everpost.settings import Settings
from everpost.stores import find_store, open_store
from everpost.stores.addresses import describe_url
from everpost.stores.port import Store

URL_FORMS = "a URL, env:NAME or file:PATH"
"""The forms of a database argument: see `settings.read_database_url`."""
_CONNECTIONS = 2
"""One for reading, one for writing."""
_IMPORTING = 4
"""Connections for an import, which writes several posts at once."""


@asynccontextmanager
async def open_source(url: str, settings: Settings) -> AsyncIterator[Store]:
    """The store of the source. Misconfigured: it has no blog. Unreachable, SchemaMismatch, Unfinished."""
    store = await _find(url, settings, unfinished=False)
    if store is None:
        raise Misconfigured(f"There is no blog in {describe_url(url)}.")
    async with _closing(store):
        yield store


@asynccontextmanager
async def open_target(url: str, settings: Settings) -> AsyncIterator[Store]:
    """The store of the target, whose schema is created if it is missing. Unreachable, SchemaMismatch."""
    async with _closing(await _open(url, settings, unfinished=True)) as store:
        yield store


@asynccontextmanager
async def inspect_target(url: str, settings: Settings) -> AsyncIterator[Store | None]:
    """The store of the target, or None if it has no schema. Creates nothing. Unreachable, SchemaMismatch."""
    store = await _find(url, settings, unfinished=True)
    if store is None:
        yield None
        return
    async with _closing(store):
        yield store


@asynccontextmanager
async def open_blog(settings: Settings, *, is_dry_run: bool) -> AsyncIterator[Store]:
    """The store in the settings. If it has no blog, one is created; for a dry run, in a temporary database
    instead. Unreachable, SchemaMismatch, Unfinished.
    """
    url = settings.database_url
    with tempfile.TemporaryDirectory() as folder:
        store = await _find(url, settings, unfinished=False) if is_dry_run else None
        if store is None:
            place = f"sqlite:///{folder}/blog.db" if is_dry_run else url
            store = await _open(place, settings, unfinished=False, pool_size=_IMPORTING)
        async with _closing(store):
            yield store


async def _open(url: str, settings: Settings, *, unfinished: bool, pool_size: int = _CONNECTIONS) -> Store:
    return await open_store(
        url, timeout=settings.database_timeout, pool_size=pool_size, unfinished=unfinished
    )


async def _find(url: str, settings: Settings, *, unfinished: bool) -> Store | None:
    return await find_store(
        url, timeout=settings.database_timeout, pool_size=_CONNECTIONS, unfinished=unfinished
    )


@asynccontextmanager
async def _closing(store: Store) -> AsyncIterator[Store]:
    try:
        yield store
    finally:
        await store.close()
