"""The stores. Here, and only here, a URL picks one."""

import re
from typing import Literal, TypeAlias

from everpost.errors import Misconfigured, SchemaMismatch, Unfinished
from everpost.stores.addresses import describe_url as describe_url
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
    what = f"The database URL starts with {scheme!r}" if is_url else "This is not a database URL"
    raise Misconfigured(f"{what}. Everpost supports {known}.")


async def open_store(
    url: str,
    *,
    timeout: float,
    pool_size: int,
    unfinished: bool = False,
    sql_engine: SqlEngine = "drivers",
) -> Store:
    """The store at a database URL, connected, its schema current; an empty database gets one. `timeout` is in
    seconds, for a connection and for a busy database. `unfinished` admits a database that holds a part of a
    blog. `sql_engine` selects how SQL statements are run. Misconfigured, Unreachable, SchemaMismatch (older
    or newer: the message says what to do), Unfinished.
    """

    async def create(schema: Schema) -> None:
        if await _is_empty(schema):
            await schema.migrate("head")

    return await _connect(url, timeout, pool_size, create, sql_engine, unfinished=unfinished)


async def find_store(url: str, *, timeout: float, pool_size: int, unfinished: bool = False) -> Store | None:
    """As `open_store`, but None if the database is empty, which stays so."""

    async def require(schema: Schema) -> None:
        if await _is_empty(schema):
            raise _Empty

    try:
        return await _connect(url, timeout, pool_size, require, unfinished=unfinished)
    except _Empty:
        return None


async def _connect(  # noqa: PLR0913 - they are what a store is opened with
    url: str,
    timeout: float,
    pool_size: int,
    prepare: Prepare,
    sql_engine: SqlEngine = "drivers",
    *,
    unfinished: bool,
) -> Store:
    """The store at a URL, after `prepare` was called with its schema, which uses the store's connections."""
    store: Store
    if _is_mongo(url):
        from everpost.stores.mongo.store import MongoStore

        store = await MongoStore.open(url, timeout=timeout, pool_size=pool_size, prepare=prepare)
    else:
        from everpost.stores.sql.store import SqlStore

        store = await SqlStore.open(
            url, timeout=timeout, pool_size=pool_size, engine=sql_engine, prepare=prepare
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
    """One line for whoever starts a server, without a secret, where its database is on another machine
    and anyone in between could pass for it; otherwise None. Misconfigured.
    """
    if _is_mongo(url):
        from everpost.stores.mongo.engine.urls import transport_warning as mongo_warning

        return mongo_warning(url)
    from everpost.stores.sql.engine.urls import address_of

    return address_of(url, timeout=1).warning


def readable_warning(url: str) -> str | None:
    """One line where the database is a file that every user of this machine can read; otherwise None.
    Misconfigured.
    """
    if _is_mongo(url):
        return None
    from everpost.stores.sql.engine.sqlite.files import readable_warning as file_warning
    from everpost.stores.sql.engine.urls import address_of

    address = address_of(url, timeout=1).url
    return file_warning(url, address.database or "") if address.drivername.startswith("sqlite") else None


async def initiate_replica_set(url: str, *, timeout: float) -> str:
    """Turn the MongoDB servers at a URL into a replica set, unless they are one; say what was done.
    Misconfigured, Unreachable.
    """
    if not _is_mongo(url):
        raise Misconfigured("Only MongoDB has replica sets: EVERPOST_DATABASE_URL names another database.")
    from everpost.stores.mongo.engine.replica_sets import initiate

    return await initiate(url, timeout=timeout)


def open_schema(url: str, *, timeout: float) -> Schema:
    """The schema of the database at a URL; nothing is asked of it yet. Misconfigured."""
    if _is_mongo(url):
        from everpost.stores.mongo.schema.migrator import MongoSchema

        return MongoSchema.at(url, timeout=timeout)
    from everpost.stores.sql.schema.schema import SqlSchema

    return SqlSchema.at(url, timeout=timeout)


async def _is_empty(schema: Schema) -> bool:
    """Whether there is no schema yet. SchemaMismatch."""
    state = await schema.state()
    if state is SchemaState.BEHIND:
        raise SchemaMismatch(
            "The database schema is outdated. Back up the database, then run: everpost db upgrade"
        )
    if state is SchemaState.AHEAD:
        raise SchemaMismatch("The database schema is newer than this version of Everpost. Upgrade Everpost.")
    return state is SchemaState.EMPTY
