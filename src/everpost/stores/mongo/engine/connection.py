"""Connecting to MongoDB by URL."""

from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from bson import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidName

from everpost.stores.mongo.engine.urls import UNREADABLE, misconfigured, options_in, require_safe_options

if TYPE_CHECKING:
    from pymongo.asynchronous.topology import Topology

DEFAULT_DATABASE = "everpost"
MAX_IDLE = 60_000
"""Milliseconds after which an idle connection is replaced: less than the time after which firewalls and load
balancers drop idle connections silently.
"""

Client = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]

_CONCERNS: Mapping[str, Any] = {
    "readPreference": "primary",
    "readConcernLevel": "majority",
    "w": "majority",
    "journal": True,
}
"""Options that override the URL: writes do not depend on stale reads, reads return only data that the
majority has acknowledged, and the majority acknowledges writes after journaling them. Transactions inherit
these.
"""
# MongoDB cuts a long error message between the bytes of a character, and find_one_and_update, unlike
# insert_one, decodes errors like documents: https://github.com/mongodb/mongo-rust-driver/pull/601
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, unicode_decode_error_handler="replace"
)


_FOR_EVER = float("-inf")
_clients: WeakValueDictionary[int, Client] = WeakValueDictionary()
"""By `id`, because PyMongo's clients of the same servers compare equal."""


def connect(url: str, *, timeout: float, pool_size: int, whole_calls: bool) -> Client:
    """A client that has not connected yet. The URL's `maxPoolSize` takes precedence over `pool_size`; its
    timeouts limit single calls of the driver, within the deadline of a request.

    `whole_calls`: `timeout`, in seconds, limits each call as a whole, including retries; otherwise only
    server selection and connecting. Raises Misconfigured, also if an option would break a guarantee.
    """
    milliseconds = max(1, int(timeout * 1000))
    defaults: dict[str, object] = {
        "appname": "everpost",
        "maxPoolSize": pool_size,
        "maxIdleTimeMS": MAX_IDLE,
        "serverSelectionTimeoutMS": milliseconds,
        "connectTimeoutMS": milliseconds,
        "timeoutMS": milliseconds,
    }
    try:
        require_safe_options(url)
        named = options_in(url)
        options: dict[str, Any] = {
            name: value for name, value in defaults.items() if name.lower() not in named
        }
        if not whole_calls:
            options["timeoutMS"] = None
        client: Client = AsyncMongoClient(url, **options, **_CONCERNS)
    except (*UNREADABLE, InvalidName) as error:
        raise misconfigured() from error
    _clients[id(client)] = client
    return client


def database_of(client: Client) -> Database:
    """The database that the URL names. Raises Misconfigured."""
    try:
        return client.get_default_database(DEFAULT_DATABASE, codec_options=CODEC)
    except (ConfigurationError, InvalidName) as error:
        raise misconfigured() from error


def distrust_idle(since: float) -> None:
    """Make every client of this process replace connections that have been idle since before this time of
    `time.monotonic`. Called after such a connection timed out: a firewall may have dropped all of them
    silently, and PyMongo closes only the one that failed.

    There is no public API for this, so the connections are marked as idle forever; PyMongo replaces them at
    their next use.
    """
    for client in list(_clients.values()):
        topology: Topology | None = client._topology  # noqa: SLF001
        for server in topology._servers.values() if topology is not None else ():  # noqa: SLF001
            for connection in server.pool.conns:
                if connection.last_checkin_time < since:
                    connection.last_checkin_time = _FOR_EVER
