"""The connection to MongoDB, from a user's URL."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bson import CodecOptions
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidName, PyMongoError

from everpost.errors import Misconfigured
from everpost.stores.addresses import is_this_machine, unverified_warning
from everpost.stores.mongo.engine.errors import misconfigured, unreachable

DEFAULT_DATABASE = "everpost"

Client = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]

# MongoDB cuts a long error message between the bytes of a character, and find_one_and_update, unlike
# insert_one, decodes errors like documents: https://github.com/mongodb/mongo-rust-driver/pull/601
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
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
        named = _options(url)
        _require_secret_password(url, named)
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
        database = client.get_default_database(DEFAULT_DATABASE, codec_options=CODEC)
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


def transport_warning(url: str) -> str | None:
    """One line where the database is not on this machine and the URL lets anyone pass for it."""
    hosts = hosts_in(url)
    named = _options(url)
    is_lax = _is_on(named.get("tlsinsecure")) or _is_on(named.get("tlsallowinvalidcertificates"))
    if _is_on(named.get("tlsallowinvalidhostnames")) and "tlscafile" not in named:
        is_lax = True
    is_here = not _is_srv(url) and is_this_machine([_without_port(each) for each in hosts.split(",")])
    if is_here or (_uses_tls(url, named) and not is_lax):
        return None
    return unverified_warning(hosts, "tls=true (without tlsInsecure or tlsAllowInvalid… options)")


def _require_secret_password(url: str, named: Mapping[str, str]) -> None:
    if named.get("authmechanism", "").upper() == "PLAIN" and not _uses_tls(url, named):
        raise Misconfigured(
            "database_url asks for authMechanism=PLAIN, which sends the password unencrypted: add tls=true"
        )


def _options(url: str) -> Mapping[str, str]:
    """The options of a URL, their names in lower case."""
    return {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}


def _uses_tls(url: str, named: Mapping[str, str]) -> bool:
    return _is_on(named.get("tls", named.get("ssl", "true" if _is_srv(url) else None)))


def _is_srv(url: str) -> bool:
    return url.lower().startswith("mongodb+srv:")


def _is_on(text: str | None) -> bool:
    return text is not None and text.lower() == "true"


def _without_port(host: str) -> str:
    name = unquote(host)
    return name if name.startswith("/") else re.sub(r"(?<=[^:]):\d+$", "", name)
