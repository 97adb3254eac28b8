"""Idle connections, which a firewall may have dropped silently: after a timeout, none is trusted."""

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from pymongo.asynchronous.topology import Topology

    from everpost.stores.mongo.engine.connection import Client

_FOR_EVER = float("-inf")
_clients: "WeakValueDictionary[int, Client]" = WeakValueDictionary()
"""By `id`, because PyMongo's clients of the same servers compare equal."""


def watch(client: "Client") -> None:
    """Register this client for `distrust_idle`."""
    _clients[id(client)] = client


def distrust_idle(since: float) -> None:
    """Make every client of this process replace connections unused since this time of `time.monotonic`, after
    a connection as old timed out. PyMongo closes only that one.

    There is no public API for this: a connection that seems to have been idle forever is replaced at its next
    use.
    """
    for client in list(_clients.values()):
        topology: Topology | None = client._topology  # noqa: SLF001
        for server in topology._servers.values() if topology is not None else ():  # noqa: SLF001
            for connection in server.pool.conns:
                if connection.last_checkin_time < since:
                    connection.last_checkin_time = _FOR_EVER
