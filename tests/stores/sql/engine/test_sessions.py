"""The cost of opening a connection to a server, and its settings."""

import pytest
from devtools.servers.proxy import Proxy
from sqlalchemy import literal, select

from everpost.stores.sql.engine import Connections
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
