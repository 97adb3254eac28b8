"""The cost of opening a connection to a server, and its settings."""

import asyncio

import pytest
from devtools.servers.proxy import Proxy
from sqlalchemy import func, literal, select, text

from everpost.stores.sql.engine import Connections
from everpost.stores.sql.engine.connections import EngineName
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import comment_on, publish, read_post
from tests.stores.sql.conftest import TIMEOUT, answer

pytestmark = pytest.mark.usefixtures("on_a_server")

ROUND_TRIPS = {"postgresql": 4, "mysql": 2}
"""Round trips of a new connection, without its first statement. On MySQL these are the login and all
settings.
"""
SETTING = {
    "postgresql": ("SHOW default_transaction_isolation", {"read committed"}),
    # A Galera node answers only once it has applied the writes that other nodes acknowledged.
    "mysql": ("SHOW SESSION VARIABLES WHERE variable_name = 'wsrep_sync_wait'", {"1"}),
}


async def test_a_connection_is_made_in_few_round_trips(engine_name: str, url: str) -> None:
    with Proxy(url) as proxy:
        connections = await Connections.open(proxy.url, timeout=TIMEOUT, pool_size=1)
        one = select(literal(1))
        counts = []
        for _ in range(3):
            before = proxy.count
            await connections.fetch(one, {})
            counts.append(proxy.count - before)
        assert counts[0] - counts[1] <= ROUND_TRIPS[engine_name] + 1  # the statement may have to be prepared
        assert counts[1:] == [1, 1]
        await connections.close()


async def test_every_session_has_its_settings(engine_name: str, raw_connections: Connections) -> None:
    statement, expected = SETTING[engine_name]
    assert {row[-1] for row in await answer(raw_connections, statement)} <= expected


DEFAULTS = {
    "postgresql": {
        "default_transaction_isolation": ("serializable", "read committed"),
        "default_transaction_read_only": ("on", "off"),
        "statement_timeout": ("20s", "0"),
        "lock_timeout": ("20s", "0"),
        "idle_in_transaction_session_timeout": ("20s", "0"),
    },
    "mysql": {},  # has no settings of a database or a user
}
"""Settings of a database for its sessions, and what they are in Everpost's."""


@pytest.mark.own_database
@pytest.mark.parametrize("engine", ["drivers", "reference"])
async def test_settings_of_the_database_change_no_answer(
    engine_name: str, url: str, raw_connections: Connections, engine: EngineName
) -> None:
    database = url.rpartition("/")[2]
    for name, (given, _) in DEFAULTS[engine_name].items():
        await raw_connections.change(text(f"ALTER DATABASE {database} SET {name} = '{given}'"), {})
    store = await SqlStore.open(url, timeout=TIMEOUT, pool_size=3, engine=engine)
    post = await publish(store)
    await asyncio.gather(*(comment_on(store, post.id) for _ in range(20)))
    assert (await read_post(store, post.id)).comment_count == 20
    for name, (_, expected) in DEFAULTS[engine_name].items():
        rows = await store._connections.fetch(select(func.current_setting(name)), {})
        assert [tuple(row) for row in rows] == [(expected,)]
    await store.close()
