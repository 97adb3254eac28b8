"""Idle connections, which a firewall may have dropped without a word: after a timeout none is trusted."""

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from pymongo.asynchronous.topology import Topology

    from everpost.stores.mongo.engine.connection import Client

_FOR_EVER = float("-inf")
_clients: "WeakValueDictionary[int, Client]" = WeakValueDictionary()
"""By their `id`: PyMongo takes clients of the same servers for equal."""


def watch(client: "Client") -> None:
    """Let `distrust_idle` look after this client."""
    _clients[id(client)] = client


def distrust_idle(since: float) -> None:
    """Let every client of this process replace connections that nobody has used since this time of
    `time.monotonic`, when it timed out to use one that was as old. PyMongo closes only that one.

    There is no public way: a connection that seems to have been idle for ever is replaced at its next use.
    """
    for client in list(_clients.values()):
        topology: Topology | None = client._topology  # noqa: SLF001
        for server in topology._servers.values() if topology is not None else ():  # noqa: SLF001
            for connection in server.pool.conns:
                if connection.last_checkin_time < since:
                    connection.last_checkin_time = _FOR_EVER
