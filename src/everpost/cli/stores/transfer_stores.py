"""The source and target databases of a command that moves a blog."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from everpost.cli.stores.transport_warnings import warn_if_unverified
from everpost.errors import Misconfigured
from everpost.settings import Settings
from everpost.stores import find_store, open_store
from everpost.stores.addresses import describe_url
from everpost.stores.port import Store

URL_FORMS = "a URL, env:NAME or file:PATH"
"""The forms of a database argument: see `settings.read_database_url`."""
SETTING = "EVERPOST_DATABASE_URL"
_CONNECTIONS = 2
"""One for reading, one for writing."""
_IMPORTING = 4
"""Connections for an import, which writes several posts at once."""


@asynccontextmanager
async def open_source(
    url: str, settings: Settings, name: str = SETTING, *, media_url: str = ""
) -> AsyncIterator[Store]:
    """The store of the source. `name` is the argument or setting that contains the URL. The bytes of files
    are at `media_url`; empty: in the database. Raises Misconfigured if the URL is invalid, or there is no
    blog; Unreachable, SchemaMismatch, Unfinished.
    """
    with _naming(name):
        warn_if_unverified(url)
        store = await _find(url, settings, media_url, unfinished=False)
    if store is None:
        raise Misconfigured(f"There is no blog in {describe_url(url)}.")
    async with _closing(store):
        yield store


@asynccontextmanager
async def open_target(
    url: str, settings: Settings, name: str = SETTING, *, media_url: str = ""
) -> AsyncIterator[Store]:
    """The store of the target, whose schema is created if it is missing. Raises Misconfigured, Unreachable,
    SchemaMismatch.
    """
    with _naming(name):
        warn_if_unverified(url)
        store = await _open(url, settings, media_url, unfinished=True)
    async with _closing(store):
        yield store


@asynccontextmanager
async def inspect_target(
    url: str, settings: Settings, name: str = SETTING, *, media_url: str = ""
) -> AsyncIterator[Store | None]:
    """The store of the target, or None if it has no schema. Creates nothing. Raises as `open_target`."""
    with _naming(name):
        warn_if_unverified(url)
        store = await _find(url, settings, media_url, unfinished=True)
    if store is None:
        yield None
        return
    async with _closing(store):
        yield store


@asynccontextmanager
async def open_blog(settings: Settings, *, is_dry_run: bool) -> AsyncIterator[Store]:
    """The store in the settings. If it has no blog, one is created; for a dry run, in a temporary database
    instead. Raises Unreachable, SchemaMismatch, Unfinished.
    """
    url = settings.database_url
    warn_if_unverified(url)
    with tempfile.TemporaryDirectory() as folder:
        store = await _find(url, settings, settings.media_url, unfinished=False) if is_dry_run else None
        if store is None:
            place, media_url = (
                (f"sqlite:///{folder}/blog.db", "") if is_dry_run else (url, settings.media_url)
            )
            store = await _open(place, settings, media_url, unfinished=False, pool_size=_IMPORTING)
        async with _closing(store):
            yield store


async def _open(
    url: str, settings: Settings, media_url: str, *, unfinished: bool, pool_size: int = _CONNECTIONS
) -> Store:
    return await open_store(
        url,
        timeout=settings.database_timeout,
        pool_size=pool_size,
        unfinished=unfinished,
        media_url=media_url,
    )


async def _find(url: str, settings: Settings, media_url: str, *, unfinished: bool) -> Store | None:
    return await find_store(
        url,
        timeout=settings.database_timeout,
        pool_size=_CONNECTIONS,
        unfinished=unfinished,
        media_url=media_url,
    )


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say which argument or setting is at fault if a database cannot be opened with it."""
    try:
        yield
    except Misconfigured as error:
        raise Misconfigured(f"{name}: {error.message}") from None


@asynccontextmanager
async def _closing(store: Store) -> AsyncIterator[Store]:
    try:
        yield store
    finally:
        await store.close()
