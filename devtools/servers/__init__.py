"""Database servers for the tests: real ones, either private to a test run or the developer's own."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from devtools.servers.databases import Databases, MongodbDatabases, MysqlDatabases, PostgresqlDatabases
from devtools.servers.mongodb import MongodbServer
from devtools.servers.mysql import MysqlServer
from devtools.servers.postgresql import PostgresqlServer
from devtools.servers.private import PrivateServer
from devtools.servers.secured import ACCESSES
from devtools.servers.sqlite import SqliteDatabases

SERVERS: dict[str, type[PrivateServer]] = {
    "postgresql": PostgresqlServer,
    "mysql": MysqlServer,
    "mongodb": MongodbServer,
}
NAMES = ("sqlite", *SERVERS)


def own_url(name: str) -> str | None:
    """The URL of the developer's own server: `EVERPOST_TEST_POSTGRESQL_URL` and the like."""
    return os.environ.get(f"EVERPOST_TEST_{name.upper()}_URL")


@dataclass(frozen=True)
class Offer:
    """The databases that the tests run on, and why the others are not available."""

    names: tuple[str, ...]
    secured: tuple[str, ...]
    """The databases whose server supports TLS."""
    missing: dict[str, str]


def find_offer() -> Offer:
    """The databases that `EVERPOST_TEST_DATABASES` names, or all that are available on this machine.

    Raises LookupError, with the reason, if a named one is not available.
    """
    named = os.environ.get("EVERPOST_TEST_DATABASES")
    wanted = tuple(name.strip() for name in named.split(",")) if named else NAMES
    if unknown := [name for name in wanted if name not in NAMES]:
        raise LookupError(
            f"EVERPOST_TEST_DATABASES names {unknown[0]!r}; available names: {', '.join(NAMES)}"
        )
    with ThreadPoolExecutor() as at_once:
        reasons = dict(zip(wanted, at_once.map(_missing, wanted), strict=True))
        names = tuple(name for name in wanted if reasons[name] is None)
        private = tuple(name for name in names if name in SERVERS and not own_url(name))
        reasons_secured = dict(zip(private, at_once.map(_missing_secured, private), strict=True))
    missing = {name: reason for name, reason in reasons.items() if reason}
    missing |= {f"{name} with TLS": reason for name, reason in reasons_secured.items() if reason}
    if named and missing:
        raise LookupError(f"EVERPOST_TEST_DATABASES requires {'; '.join(map(': '.join, missing.items()))}")
    return Offer(names, tuple(name for name in private if reasons_secured[name] is None), missing)


def _missing(name: str) -> str | None:
    return None if name == "sqlite" or own_url(name) else SERVERS[name].missing()


def _missing_secured(name: str) -> str | None:
    return ACCESSES[name].server.missing()


class Servers:
    """The servers of one test run. Each starts lazily, on first use; thread-safe.

    `durable` servers have their vendors' default settings and store data on a disk, so that acknowledged
    writes survive a power failure. Tests do not need that.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._running: dict[str, PrivateServer] = {}
        self._locks = {name: Lock() for name in SERVERS}

    def url(self, name: str) -> str:
        """The URL of the server. Raises CannotStart."""
        if url := own_url(name):
            return url
        with self._locks[name]:
            if name not in self._running:
                self._running[name] = SERVERS[name](durable=self._durable).start()
            return self._running[name].url()

    def databases(self, name: str) -> Databases:
        """The databases of this server, for one event loop. Raises CannotStart."""
        return open_databases(name, "" if name == "sqlite" else self.url(name), durable=self._durable)

    def stop(self) -> None:
        """Stop them all, at once."""
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(PrivateServer.stop, self._running.values()))
        self._running.clear()


def open_databases(name: str, server_url: str, *, durable: bool = False) -> Databases:
    """The databases of a server. For SQLite, `server_url` is ignored; `durable` ones are on a disk."""
    match name:
        case "sqlite":
            return SqliteDatabases(durable=durable)
        case "postgresql":
            return PostgresqlDatabases(server_url)
        case "mysql":
            return MysqlDatabases(server_url)
        case "mongodb":
            return MongodbDatabases(server_url)
        case _:
            raise LookupError(name)
