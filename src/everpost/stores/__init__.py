"""Opens stores: the only module that selects a store by its URL."""

import re
from typing import Literal, TypeAlias

from everpost.errors import Misconfigured, SchemaMismatch, Unfinished
from everpost.stores.addresses import describe_url as describe_url
from everpost.stores.places import open_place
from everpost.stores.port import Store
from everpost.stores.schema import Prepare, Schema, SchemaState

SqlEngine: TypeAlias = Literal["drivers", "reference"]
SQL_SCHEMES = frozenset({"sqlite", "postgresql", "postgres", "mysql", "mariadb"})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}")
MONGO_SCHEMES = frozenset({"mongodb", "mongodb+srv"})


class _Empty(Exception):
    """The database has no schema yet."""


def _is_mongo(url: str) -> bool:
    scheme = url.partition("://")[0].lower()
    if scheme in MONGO_SCHEMES:
        return True
    if scheme.partition("+")[0] in SQL_SCHEMES:
        return False
    known = ", ".join(f"{name}://" for name in ("sqlite", "postgresql", "mysql", "mariadb", "mongodb"))
    is_url = "://" in url and _SCHEME.fullmatch(scheme)  # or it may be a secret
    fault = f"The database URL starts with {scheme!r}" if is_url else "This is not a database URL"
    raise Misconfigured(f"{fault}. Everpost supports {known}.")


async def open_store(  # noqa: PLR0913 - these are the options of a store
    url: str,
    *,
    timeout: float,
    pool_size: int,
    unfinished: bool = False,
    media_url: str = "",
    sql_engine: SqlEngine = "drivers",
) -> Store:
    """Connect to the store at a database URL, and create the schema if the database is empty. `timeout`, in
    seconds, applies to connecting and to a busy database. `unfinished` accepts a database that holds part of
    a blog. `media_url` is the place for the bytes of files (see `open_place`); empty: the database.
    `sql_engine` selects how SQL statements are run. Raises Misconfigured, Unreachable, SchemaMismatch (older
    or newer: the message says what to do), Unfinished.
    """

    async def create(schema: Schema) -> None:
        if await _is_empty(schema):
            await schema.migrate("head")

    return await _connect(url, timeout, pool_size, create, media_url, sql_engine, unfinished=unfinished)


async def find_store(
    url: str, *, timeout: float, pool_size: int, unfinished: bool = False, media_url: str = ""
) -> Store | None:
    """As `open_store`, but returns None if the database is empty, and leaves it empty."""

    async def require(schema: Schema) -> None:
        if await _is_empty(schema):
            raise _Empty

    try:
        return await _connect(url, timeout, pool_size, require, media_url, unfinished=unfinished)
    except _Empty:
        return None


async def _connect(  # noqa: PLR0913, PLR0917 - as above
    url: str,
    timeout: float,
    pool_size: int,
    prepare: Prepare,
    media_url: str,
    sql_engine: SqlEngine = "drivers",
    *,
    unfinished: bool,
) -> Store:
    """Open the store at a URL, and call `prepare` with its schema, which uses the store's connections."""
    place = await open_place(media_url, timeout=timeout) if media_url else None
    store: Store
    if _is_mongo(url):
        from everpost.stores.mongo.store import MongoStore

        store = await MongoStore.open(url, timeout=timeout, pool_size=pool_size, prepare=prepare, place=place)
    else:
        from everpost.stores.sql.store import SqlStore

        store = await SqlStore.open(
            url, timeout=timeout, pool_size=pool_size, engine=sql_engine, prepare=prepare, place=place
        )
    try:
        if not unfinished:
            await _require_whole(store)
    except BaseException:
        await store.close()
        raise
    return store


async def _require_whole(store: Store) -> None:
    transfer = await store.records.transfer()
    if transfer is not None and not transfer.is_finished:
        raise Unfinished(
            "The database holds part of a blog: a copy or an import into it was interrupted. "
            "Run the same everpost copy or everpost import command again to resume it."
        )


def transport_warning(url: str) -> str | None:
    """A one-line warning, without secrets, if the database is on another machine and its identity is not
    verified; otherwise None. Raises Misconfigured.
    """
    if _is_mongo(url):
        from everpost.stores.mongo.engine.urls import transport_warning as mongo_warning

        return mongo_warning(url)
    from everpost.stores.sql.engine.urls import address_of

    return address_of(url, timeout=1).warning


def readable_warning(url: str) -> str | None:
    """A one-line warning if the database is a file that every user of this machine can read; otherwise None.
    Raises Misconfigured.
    """
    if _is_mongo(url):
        return None
    from everpost.stores.sql.engine.sqlite.files import readable_warning as file_warning
    from everpost.stores.sql.engine.urls import address_of

    address = address_of(url, timeout=1).url
    return file_warning(url, address.database or "") if address.drivername.startswith("sqlite") else None


async def initiate_replica_set(url: str, *, timeout: float) -> str:
    """Turn the MongoDB servers at a URL into a replica set, unless they are one, and return a message about
    what was done. Raises Misconfigured, Unreachable.
    """
    if not _is_mongo(url):
        raise Misconfigured("Only MongoDB has replica sets: EVERPOST_DATABASE_URL names another database.")
    from everpost.stores.mongo.engine.replica_sets import initiate

    return await initiate(url, timeout=timeout)


def open_schema(url: str, *, timeout: float) -> Schema:
    """The schema of the database at a URL. Does not connect yet. Raises Misconfigured."""
    if _is_mongo(url):
        from everpost.stores.mongo.schema.migrator import MongoSchema

        return MongoSchema.at(url, timeout=timeout)
    from everpost.stores.sql.schema.schema import SqlSchema

    return SqlSchema.at(url, timeout=timeout)


async def _is_empty(schema: Schema) -> bool:
    """Whether there is no schema yet. Raises SchemaMismatch."""
    state = await schema.state()
    if state is SchemaState.BEHIND:
        raise SchemaMismatch(
            "The database schema is outdated. Back up the database, then run: everpost db upgrade"
        )
    if state is SchemaState.AHEAD:
        raise SchemaMismatch("The database schema is newer than this version of Everpost. Upgrade Everpost.")
    return state is SchemaState.EMPTY
