"""Sharing of compiled statements between stores."""

from sqlalchemy import Dialect

from everpost.stores import open_store
from everpost.stores.sql.engine import make_engine
from everpost.stores.sql.engine.statements import statement_cache_for
from everpost.stores.sql.store import SqlStore
from tests.stores.sql.conftest import TIMEOUT


def dialect_for(scheme: str, *version: int, is_mariadb: bool = False) -> Dialect:
    """The dialect, as after connecting to a server of this kind and version."""
    dialect = make_engine(f"{scheme}://host.example/blog", timeout=TIMEOUT, pool_size=1).dialect
    dialect.server_version_info = version
    if scheme == "mysql":
        vars(dialect)["is_mariadb"] = is_mariadb
    return dialect


async def test_two_stores_on_one_server_share_compiled_statements(store: SqlStore, url: str) -> None:
    other = await open_store(url, timeout=TIMEOUT, pool_size=1)
    assert isinstance(other, SqlStore)
    databases = [each._connections._database for each in (store, other)]
    assert databases[0]._statements is databases[1]._statements  # type: ignore[attr-defined]
    assert store._connections.dialect.server_version_info is not None
    await other.close()


def test_servers_of_another_kind_or_version_share_nothing() -> None:
    dialects = [
        dialect_for("postgresql", 1, 1),
        dialect_for("postgresql", 1, 2),
        dialect_for("mysql", 1, 1),
        dialect_for("mysql", 1, 1, is_mariadb=True),
    ]
    assert len({id(statement_cache_for(dialect)) for dialect in dialects}) == len(dialects)
    assert statement_cache_for(dialect_for("postgresql", 1, 1)) is statement_cache_for(dialects[0])
