"""The database servers that the tests run on: real ones, private to a test run, or the user's own."""

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
    """The URL of a server of the user's own, `EVERPOST_TEST_POSTGRESQL_URL` and its like."""
    return os.environ.get(f"EVERPOST_TEST_{name.upper()}_URL")


@dataclass(frozen=True)
class Offer:
    """Which databases the tests run on, and why not on the others."""

    names: tuple[str, ...]
    secured: tuple[str, ...]
    """Those of which there is a server that knows TLS."""
    missing: dict[str, str]


def find_offer() -> Offer:
    """What `EVERPOST_TEST_DATABASES` names, else whatever can be had here.

    LookupError, with the reason, where something that is named there cannot be had.
    """
    named = os.environ.get("EVERPOST_TEST_DATABASES")
    wanted = tuple(name.strip() for name in named.split(",")) if named else NAMES
    if unknown := [name for name in wanted if name not in NAMES]:
        raise LookupError(f"EVERPOST_TEST_DATABASES names {unknown[0]!r}; there is {', '.join(NAMES)}")
    with ThreadPoolExecutor() as at_once:
        reasons = dict(zip(wanted, at_once.map(_missing, wanted), strict=True))
        names = tuple(name for name in wanted if reasons[name] is None)
        private = tuple(name for name in names if name in SERVERS and not own_url(name))
        reasons_secured = dict(zip(private, at_once.map(_missing_secured, private), strict=True))
    missing = {name: reason for name, reason in reasons.items() if reason}
    missing |= {f"{name} with TLS": reason for name, reason in reasons_secured.items() if reason}
    if named and missing:
        raise LookupError(f"EVERPOST_TEST_DATABASES asks for {'; '.join(map(': '.join, missing.items()))}")
    return Offer(names, tuple(name for name in private if reasons_secured[name] is None), missing)


def _missing(name: str) -> str | None:
    return None if name == "sqlite" or own_url(name) else SERVERS[name].missing()


def _missing_secured(name: str) -> str | None:
    return ACCESSES[name].server.missing()


class Servers:
    """The servers of one test run. Each starts when it is first asked for; any thread may ask.

    `durable` servers run as their vendors ship them, on a disk: what is acknowledged survives a machine
    that loses power, which no test does to one.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._running: dict[str, PrivateServer] = {}
        self._locks = {name: Lock() for name in SERVERS}

    def url(self, name: str) -> str:
        """The URL of the server. CannotStart."""
        if url := own_url(name):
            return url
        with self._locks[name]:
            if name not in self._running:
                self._running[name] = SERVERS[name](durable=self._durable).start()
            return self._running[name].url()

    def databases(self, name: str) -> Databases:
        """The databases of this server, for one event loop. CannotStart."""
        return open_databases(name, "" if name == "sqlite" else self.url(name), durable=self._durable)

    def stop(self) -> None:
        """Stop them all, at once."""
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(PrivateServer.stop, self._running.values()))
        self._running.clear()


def open_databases(name: str, server_url: str, *, durable: bool = False) -> Databases:
    """The databases of a server; to SQLite `server_url` means nothing, and `durable`: on a disk."""
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
