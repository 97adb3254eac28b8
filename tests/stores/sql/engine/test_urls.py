"""Parsing of database URLs: the driver and its options."""

import ssl

import pytest

from everpost.errors import Misconfigured
from everpost.stores.sql.engine.servers.postgresql_login import connect
from everpost.stores.sql.engine.servers.tls import Tls
from everpost.stores.sql.engine.urls import address_of

PASSWORD = "p@ss/w:rd%"
QUOTED = "p%40ss%2Fw%3Ard%25"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///everpost.db", "everpost.db"),
        ("sqlite:///data/blog.db", "data/blog.db"),
        ("sqlite:////var/lib/blog.db", "/var/lib/blog.db"),
        ("SQLite:///everpost.db", "everpost.db"),
        ("sqlite+aiosqlite:///everpost.db", "everpost.db"),
        ("sqlite+pysqlite:///everpost.db", "everpost.db"),
    ],
)
def test_an_sqlite_url_names_a_file(url: str, path: str) -> None:
    address = address_of(url, timeout=3)
    assert (address.url.drivername, address.url.database) == ("sqlite+aiosqlite", path)
    assert address.connect_args == {"timeout": 3}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite://:memory:",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///file:blog?mode=memory&cache=shared&uri=true",
        "sqlite:///file::memory:?uri=true",
    ],
)
def test_an_sqlite_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="would be lost"):
        address_of(url, timeout=3)


@pytest.mark.parametrize(
    ("url", "dsn", "user", "database"),
    [
        ("postgresql://u:{}@h:5433/d", "postgresql://h:5433/?", "u", "d"),
        ("postgres://u:{}@h/d", "postgresql://h/?", "u", "d"),
        ("postgresql+asyncpg://u:{}@h/d", "postgresql://h/?", "u", "d"),
        ("postgresql+psycopg://u:{}@h/d", "postgresql://h/?", "u", "d"),
        ("postgresql+psycopg2://u:{}@h/d", "postgresql://h/?", "u", "d"),
        ("postgresql://a%40b:{}@h/my%20blog", "postgresql://h/?", "a@b", "my blog"),
        ("postgresql://u:{}@[::1]:5432/d", "postgresql://[::1]:5432/?", "u", "d"),
        ("postgresql://u:{}@h1:1,h2:2/d", "postgresql://h1:1,h2:2/?", "u", "d"),
        ("postgresql://u:{}@h/d?sslmode=require", "postgresql://h/?sslmode=require", "u", "d"),
        ("postgresql+asyncpg://u:{}@h/d?ssl=require", "postgresql://h/?sslmode=require", "u", "d"),
        ("postgresql://u:{}@/d?host=/run/pg", "postgresql:///?host=%2Frun%2Fpg", "u", "d"),
        ("postgresql://u:{}@h/d?application_name=blog", "postgresql://h/?application_name=blog", "u", "d"),
        ("postgresql://u:{}@h/d?connect_timeout=9&channel_binding=prefer", "postgresql://h/?", "u", "d"),
    ],
)
def test_a_postgresql_url_is_read_by_asyncpg_as_libpq_would(
    url: str, dsn: str, user: str, database: str
) -> None:
    address = address_of(url.format(QUOTED), timeout=3)
    assert address.url.drivername == "postgresql+asyncpg"
    assert address.connect_args == {
        "dsn": dsn,
        "user": user,
        "password": PASSWORD,
        "database": database,
        "timeout": 3,
        "async_creator_fn": connect,
    }


def test_the_environment_completes_a_postgresql_url() -> None:
    connect_args = address_of("postgresql://", timeout=3).connect_args
    assert connect_args == {"dsn": "postgresql:///?", "timeout": 3, "async_creator_fn": connect}


def test_prepared_statements_can_be_disabled_for_a_pooler() -> None:
    url = "postgresql://h/d?prepared_statement_cache_size=0&statement_cache_size=0"
    connect_args = address_of(url, timeout=3).connect_args
    assert connect_args["prepared_statement_cache_size"] == 0
    assert connect_args["statement_cache_size"] == 0


@pytest.mark.parametrize(
    "scheme",
    ["mysql", "mariadb", "mysql+asyncmy", "mysql+aiomysql", "mysql+pymysql", "mysql+mysqldb",
     "mariadb+asyncmy", "mariadb+mariadbconnector"],
)  # fmt: skip
def test_a_mysql_url_leads_to_asyncmy(scheme: str) -> None:
    address = address_of(f"{scheme}://u:{QUOTED}@h:3307/d?charset=utf8", timeout=3)
    url = address.url
    assert url.drivername == "mysql+asyncmy"
    assert (url.username, url.password, url.host, url.port, url.database) == ("u", PASSWORD, "h", 3307, "d")
    assert {name: address.connect_args[name] for name in ("charset", "connect_timeout", "is_local")} == {
        "charset": "utf8mb4",
        "connect_timeout": 3,
        "is_local": False,
    }


def test_a_mysql_url_can_name_a_socket() -> None:
    address = address_of("mysql://u@localhost/d?unix_socket=/run/mysqld/mysqld.sock", timeout=3)
    assert address.connect_args["unix_socket"] == "/run/mysqld/mysqld.sock"


@pytest.mark.parametrize(
    ("options", "verify", "check_hostname"),
    [
        ("ssl-mode=REQUIRED", ssl.CERT_NONE, False),
        ("sslmode=require", ssl.CERT_NONE, False),
        ("ssl=true", ssl.CERT_NONE, False),
        ("ssl_mode=VERIFY_CA", ssl.CERT_REQUIRED, False),
        ("ssl_verify_cert=true", ssl.CERT_REQUIRED, False),
        ("ssl-mode=VERIFY_IDENTITY", ssl.CERT_REQUIRED, True),
        ("ssl_verify_cert=true&ssl_verify_identity=true", ssl.CERT_REQUIRED, True),
        ("ssl_check_hostname=true", ssl.CERT_REQUIRED, True),
        ("ssl_ca={ca}", ssl.CERT_REQUIRED, True),
        ("ssl-ca={ca}&ssl-mode=VERIFY_CA", ssl.CERT_REQUIRED, False),
        ("ssl_ca={ca}&ssl_check_hostname=false", ssl.CERT_REQUIRED, False),
    ],
)
def test_a_mysql_url_asks_for_tls(options: str, verify: ssl.VerifyMode, check_hostname: bool) -> None:
    authorities = ssl.get_default_verify_paths().openssl_cafile
    options = options.format(ca=authorities)
    tls = tls_of(f"mysql://u@h/d?{options}")
    assert tls.context is not None
    assert (tls.context.verify_mode, tls.context.check_hostname) == (verify, check_hostname)
    assert not tls.is_optional


@pytest.mark.parametrize("options", ["", "ssl-mode=PREFERRED", "sslmode=prefer"])
def test_tls_to_a_remote_mysql_server_is_preferred(options: str) -> None:
    tls = tls_of(f"mysql://u@h/d?{options}")
    assert tls.context is not None
    assert (tls.context.verify_mode, tls.is_optional) == (ssl.CERT_NONE, True)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u@h/d?ssl-mode=DISABLED",
        "mysql://u@h/d?ssl=false",
        "mysql://u@localhost/d",
        "mysql://u@127.0.0.1:3306/d",
        "mysql://u@[::1]:3306/d",
        "mysql://u@h/d?unix_socket=/run/mysqld.sock",
    ],
)
def test_a_mysql_url_does_without_tls(url: str) -> None:
    assert tls_of(url).context is None


def tls_of(url: str) -> Tls:
    tls = address_of(url, timeout=3).connect_args["tls"]
    assert isinstance(tls, Tls)
    return tls


@pytest.mark.parametrize(
    "url",
    [
        "oracle://u:secret@h/d",
        "postgresql:secret",
        "sqlite://everpost.db",
        "sqlite:///everpost.db?timeout=3",
        "sqlite+pysqlcipher:///everpost.db",
        "postgresql+unknown://u:secret@h/d",
        "postgresql://u:sec/ret@h/d",
        "postgresql://u:sec?ret@h/d",
        "postgresql://u:sec#ret@h/d",
        "postgresql://u:12?sec=ret@h/d",
        "postgresql://u:secret@h:port/d",
        "postgresql://u:secret@h/d?sslmode",
        "postgresql://u:secret@h/d?channel_binding=require",
        "postgresql://u:secret@h/d?prepared_statement_cache_size=some",
        "mysql://u:sec/ret@h/d",
        "mysql://u:secret@h:99999/d",
        "mysql://u:secret@h1,h2/d",
        "mysql://u:secret@h/",
        "mysql://u:secret@h/d?unheard-of=1",
        "mysql://u:secret@h/d?ssl-mode=secret",
        "mysql://u:secret@h/d?ssl=perhaps",
        "mysql://u:secret@h/d?ssl_ca=/no/such/file.pem",
    ],
)
def test_an_unusable_url_is_refused_without_revealing_a_secret(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        address_of(url, timeout=3)
    assert "sec" not in refused.value.message
    assert "ret" not in refused.value.message
