"""Parses database URLs in their common forms, for the one driver that Everpost uses for each engine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from sqlalchemy import URL

from everpost.errors import Misconfigured
from everpost.stores.addresses import is_this_machine, unverified_warning
from everpost.stores.sql.engine.servers.mysql_login import connect as connect_to_mysql
from everpost.stores.sql.engine.servers.postgresql_login import connect as connect_to_postgresql
from everpost.stores.sql.engine.servers.tls import tls_of

_DRIVERS = {
    "sqlite": ("aiosqlite", "pysqlite"),
    "postgresql": ("asyncpg", "psycopg", "psycopg2", "psycopg2cffi", "psycopg_async", "pg8000"),
    "mysql": ("asyncmy", "aiomysql", "mysqldb", "pymysql", "mysqlconnector", "mariadbconnector"),
}
"""The driver in use, then the drivers it replaces: they are not asynchronous, or not better."""
_ALIASES = {"postgres": "postgresql", "mariadb": "mysql"}

_LIBPQ_HARMLESS = frozenset(
    {"connect_timeout", "client_encoding", "keepalives", "keepalives_idle", "keepalives_interval",
     "keepalives_count", "sslcompression", "sslsni", "fallback_application_name", "tcp_user_timeout"}
)  # fmt: skip

_HOST = r"(\[[0-9a-fA-F:.%]+\]|[^\s:\[\],]*)(:\d{1,5})?"
_HOSTS = re.compile(f"{_HOST}(,{_HOST})*")


@dataclass(frozen=True, slots=True)
class Address:
    """The connection arguments for SQLAlchemy."""

    url: URL
    connect_args: Mapping[str, object]
    warning: str | None = None
    """A warning about the connection, for the operator of the server."""


@dataclass(frozen=True, slots=True)
class _Parts:
    user: str | None
    password: str | None
    hosts: str
    database: str | None
    options: dict[str, str]


def address_of(url: str, *, timeout: float) -> Address:
    """Parse a database URL; connecting takes at most `timeout` seconds. The name of another driver is
    replaced with the driver in use. Raises Misconfigured.
    """
    scheme, separator, rest = url.partition("://")
    name, _, driver = scheme.lower().partition("+")
    engine = _ALIASES.get(name, name)
    if engine not in _DRIVERS or not separator:
        raise Misconfigured("The database URL does not start with sqlite://, postgresql:// or mysql://")
    if driver and driver not in _DRIVERS[engine]:
        raise Misconfigured(
            f"The database URL names the driver {driver!r}; Everpost uses {_DRIVERS[engine][0]}"
        )
    if engine == "sqlite":
        return _sqlite(rest, timeout)
    parts = _split(rest)
    return _postgresql(parts, timeout) if engine == "postgresql" else _mysql(parts, timeout)


def _sqlite(rest: str, timeout: float) -> Address:
    path, _, query = rest.partition("?")
    if path in {"", "/"} or ":memory:" in path or "mode=memory" in query:
        raise Misconfigured(
            "The database URL must name a file, as in sqlite:///everpost.db: an in-memory one would be lost"
        )
    if query or path.startswith("/file:"):
        raise Misconfigured("The database URL must have only a path, and no options, after sqlite:///")
    if not path.startswith("/"):
        raise Misconfigured("The database URL needs three slashes before a path: sqlite:///everpost.db")
    return Address(URL.create("sqlite+aiosqlite", database=path[1:]), {"timeout": timeout})


def _split(rest: str) -> _Parts:
    """A password may contain an unescaped "@"."""
    try:
        parts = urlsplit("//" + rest)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _unreadable() from None
    credentials, at, hosts = parts.netloc.rpartition("@")
    misplaced = not at and "@" in parts.query
    if misplaced or parts.fragment or "@" in parts.path or not _HOSTS.fullmatch(hosts):
        raise _unreadable()
    user, colon, password = credentials.partition(":")
    return _Parts(
        user=unquote(user) or None,
        password=unquote(password) if colon else None,
        hosts=hosts,
        database=unquote(parts.path.removeprefix("/")) or None,
        options=options,
    )


def _unreadable() -> Misconfigured:
    return Misconfigured(
        "The database URL cannot be read: in a user name or a password, "
        "write / as %2F, ? as %3F, # as %23, % as %25 and @ as %40"
    )


def _postgresql(parts: _Parts, timeout: float) -> Address:
    """asyncpg parses libpq's URIs: several hosts, sockets, sslmode, server settings.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    """
    options = {name: value for name, value in parts.options.items() if name not in _LIBPQ_HARMLESS}
    for name in ("channel_binding", "gssencmode"):
        if options.pop(name, "prefer") == "require":
            raise Misconfigured(
                f"The database URL asks for {name}=require, which asyncpg does not support: leave it out; "
                "sslmode=verify-full also verifies the server's identity"
            )
    connect_args: dict[str, object] = {"timeout": timeout, "async_creator_fn": connect_to_postgresql}
    for name in ("prepared_statement_cache_size", "statement_cache_size"):
        if name in options:
            connect_args[name] = _whole_number(name, options.pop(name))
    if "ssl" in options:  # SQLAlchemy's name for it
        options.setdefault("sslmode", options.pop("ssl"))
    known = {"user": parts.user, "password": parts.password, "database": parts.database}
    connect_args |= {name: value for name, value in known.items() if value is not None}
    connect_args["dsn"] = f"postgresql://{parts.hosts}/?{urlencode(options)}"
    return Address(URL.create("postgresql+asyncpg"), connect_args, _postgresql_warning(parts.hosts, options))


def _postgresql_warning(hosts: str, options: Mapping[str, str]) -> str | None:
    named = options.get("host") or hosts
    is_remote = not is_this_machine(list(map(_without_port, named.split(","))))
    mode = options.get("sslmode")
    authorities = options.get("sslrootcert", "")
    is_verified = mode == "verify-full" or (mode == "verify-ca" and authorities not in {"", "system"})
    if is_verified or not (is_remote or "service" in options):
        return None
    return unverified_warning(named or "the service of that name", "sslmode=verify-full&sslrootcert=FILE")


def _without_port(host: str) -> str:
    is_bare_ipv6 = host.count(":") > 1 and not host.startswith("[")
    return host if is_bare_ipv6 else re.sub(r":\d+$", "", host)


def _whole_number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise Misconfigured(f"The database URL: {name} must be a whole number")
    return int(text)


def _mysql(parts: _Parts, timeout: float) -> Address:
    """The options of MySQL's own clients, of PyMySQL and of hosting services."""
    options = {name.lower().replace("-", "_"): value for name, value in parts.options.items()}
    for name in ("charset", "connect_timeout", "use_unicode", "autocommit"):
        options.pop(name, None)  # utf8mb4, and options that Everpost always sets
    connect_args: dict[str, object] = {"charset": "utf8mb4", "connect_timeout": timeout}
    if "unix_socket" in options:
        connect_args["unix_socket"] = options.pop("unix_socket")
    is_local = "unix_socket" in connect_args or is_this_machine([_without_port(parts.hosts)])
    tls = tls_of(options, is_local=is_local)
    connect_args |= {"async_creator_fn": connect_to_mysql, "tls": tls, "is_local": is_local}
    if options:
        raise Misconfigured(f"The database URL has an unsupported option: {min(options)!r}")
    if "," in parts.hosts:
        raise Misconfigured("The database URL names several hosts; MySQL's driver accepts only one")
    if parts.database is None:
        raise Misconfigured("The database URL names no database: mysql://user:password@host:3306/database")
    try:
        host = urlsplit(f"//{parts.hosts}")
        address = (host.hostname, host.port, parts.database)
    except ValueError:
        raise _unreadable() from None
    url = URL.create("mysql+asyncmy", parts.user or "root", parts.password, *address)
    is_safe = is_local or tls.is_verified
    warning = None if is_safe else unverified_warning(parts.hosts, "ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE")
    return Address(url, connect_args, warning)
