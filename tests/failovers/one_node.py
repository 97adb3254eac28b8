"""A proxy that connects to one node of a Galera cluster at a time, as HAProxy would."""

import asyncio
import contextlib
from collections.abc import Sequence

import asyncmy
from devtools.servers.private import free_port
from devtools.servers.replicated.galera import GaleraNode

from tests.failovers.harness.relaying import first_end, pump

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
        self._server: asyncio.Server | None = None
        self._checking: asyncio.Task[None] | None = None
        self._relays: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._checking = asyncio.create_task(self._check())

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [*self._relays, *([self._checking] if self._checking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
                for relay in self._relays:
                    relay.cancel()
            await asyncio.sleep(CHECK_EVERY)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self.current.port)
            writers.append(onward)
            await first_end(pump(reader, onward), pump(there, writer))
        except OSError:
            pass  # the node is down
        finally:
            for each in writers:
                each.transport.abort()


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
