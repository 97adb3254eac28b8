"""The connection to MongoDB, from a user's URL."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bson import CodecOptions
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidName, PyMongoError

from everpost.stores.mongo.errors import misconfigured, unreachable

DEFAULT_DATABASE = "everpost"

Client = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]

# MongoDB cuts a long error message between the bytes of a character, and find_one_and_update, unlike
# insert_one, decodes errors like documents: https://github.com/mongodb/mongo-rust-driver/pull/601
_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, unicode_decode_error_handler="replace"
)


def connect(url: str, *, timeout: float, pool_size: int, whole_calls: bool) -> Client:
    """A client that has not connected yet. What the URL's own options say goes before what is given.

    `whole_calls`: a call as a whole, retries included, ends after `timeout` seconds; otherwise only
    the search for a server does. Misconfigured.
    """
    milliseconds = max(1, int(timeout * 1000))
    options: dict[str, object] = {
        "appname": "everpost",
        "maxPoolSize": pool_size,
        "serverSelectionTimeoutMS": milliseconds,
        "connectTimeoutMS": milliseconds,
    }
    if whole_calls:
        options["timeoutMS"] = milliseconds
    try:
        named = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
        given: Mapping[str, Any] = {
            name: value for name, value in options.items() if name.lower() not in named
        }
        return AsyncMongoClient(url, **given)
    except (ConfigurationError, InvalidName, ValueError, TypeError) as error:
        raise misconfigured() from error


def database_of(client: Client) -> Database:
    """The database that the URL names. Reads go to the primary: what a write decides on must not be
    old. Writes are acknowledged by the majority, from the journal, unless the URL says otherwise.
    """
    try:
        database = client.get_default_database(DEFAULT_DATABASE, codec_options=_CODEC)
    except (ConfigurationError, InvalidName) as error:
        raise misconfigured() from error
    concern = client.write_concern
    if concern.is_server_default:
        concern = WriteConcern(w="majority", j=True)
    return database.with_options(read_preference=ReadPreference.PRIMARY, write_concern=concern)


async def require_answer(client: Client, url: str) -> None:
    """Unreachable where no server answers, or where it refuses who asks."""
    try:
        await client.admin.command("ping")
    except PyMongoError as error:
        raise unreachable(error, hosts_in(url)) from error


def hosts_in(url: str) -> str:
    """The hosts that a URL names, without who asks there."""
    return urlsplit(url).netloc.rpartition("@")[2]
