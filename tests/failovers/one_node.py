"""A proxy that connects to one node of a Galera cluster at a time, as HAProxy would."""

import asyncio
import contextlib
from collections.abc import Sequence

import asyncmy
from devtools.servers.private import free_port
from devtools.servers.replicated.galera import GaleraNode

from tests.failovers.harness.relaying import Proxy, first_end, pump

CHECK_EVERY = 0.2
CHECK_TIMEOUT = 1.0
"""Seconds."""
GIVE_UP_AFTER = 3
"""The number of consecutive failed checks after which a node counts as down."""


class OneNode:
    """Connects to the first of the nodes. Once a node is no longer synced, its connections are closed, and
    new ones go to another node.
    """

    def __init__(self, nodes: Sequence[GaleraNode]) -> None:
        self.port = free_port()
        self.current = nodes[0]
        self._nodes = nodes
        self._proxy = Proxy(self.port, self._relay)
        self._checking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._proxy.start()
        self._checking = asyncio.create_task(self._check())

    async def stop(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)
        await self._proxy.stop()

    def prefer_first(self) -> None:
        """Connect to the first node from now on, which is synced."""
        self.current = self._nodes[0]

    async def _check(self) -> None:
        failed = 0
        while True:
            checks = await asyncio.gather(*map(is_synced, self._nodes))
            synced = [node for node, passed in zip(self._nodes, checks, strict=True) if passed]
            failed = 0 if self.current in synced else failed + 1
            if failed >= GIVE_UP_AFTER and synced:
                self.current = synced[0]
                self._proxy.close_connections()
            await asyncio.sleep(CHECK_EVERY)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # the node is down
            there, onward = await asyncio.open_connection("127.0.0.1", self.current.port)
            try:
                await first_end(pump(reader, onward), pump(there, writer))
            finally:
                onward.transport.abort()


async def is_synced(node: GaleraNode) -> bool:
    """Whether the node is part of the cluster and up to date."""
    with contextlib.suppress(Exception):
        return await ask(node, "SHOW STATUS LIKE 'wsrep_local_state_comment'") == "Synced"
    return False


async def view_of(node: GaleraNode) -> object:
    """The id of the node's view of the cluster, which changes when a node joins or leaves."""
    with contextlib.suppress(Exception):
        return await ask(node, "SHOW STATUS LIKE 'wsrep_cluster_conf_id'")
    return None


async def ask(node: GaleraNode, statement: str) -> object:
    """The last column of the first row of a node's answer; None if there is none."""
    async with asyncio.timeout(CHECK_TIMEOUT):
        connection = await asyncmy.connect(host="127.0.0.1", port=node.port, user="root", autocommit=True)
        try:
            async with connection.cursor() as cursor:
                await cursor.execute(statement)
                row = await cursor.fetchone()
                return row[-1] if row else None
        finally:
            connection.close()
