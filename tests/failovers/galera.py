"""A Galera cluster of three. Each Everpost server uses a proxy that connects to one node at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncmy
from devtools.servers import open_databases
from devtools.servers.databases import new_name
from devtools.servers.replicated.galera import SIZE, GaleraCluster, GaleraNode

from tests.failovers.harness.experiment import POOL_SIZE
from tests.failovers.one_node import CHECK_EVERY, OneNode, ask, is_synced, view_of

TIMEOUT = 5.0
"""Seconds for each call of the plain client: Everpost's default."""
KILLERS = 1
"""Additional connections, through which Everpost ends abandoned statements."""
PLAIN = "plain"
MOST_RUNS = 10

FAULTS = ("the node in use is killed", "the node in use stops for a while", "the majority is killed")


class GaleraOfThree:
    """The `Cluster`."""

    name = "galera"
    most_connections = POOL_SIZE + KILLERS

    def __init__(self) -> None:
        self.cluster = GaleraCluster()
        first, second, third = self.cluster.nodes
        self._proxies = [OneNode([first, second, third]), OneNode([second, third, first])]
        self._plain: asyncmy.Connection | None = None
        self._empty: list[str] = []
        self._in_use: list[str] = []

    async def start(self) -> None:
        await asyncio.to_thread(self.cluster.start)
        databases = open_databases("mysql", self.cluster.nodes[0].url())
        self._empty = [new_name() for _ in range(MOST_RUNS)]
        for name in (PLAIN, *self._empty):
            await databases.create(name)
        await databases.close()
        await ask(self.cluster.nodes[0], f"CREATE TABLE {PLAIN}.writes (number SERIAL)")
        for proxy in self._proxies:
            await proxy.start()

    async def stop(self) -> None:
        if self._plain is not None:
            self._plain.close()
        for proxy in self._proxies:
            await proxy.stop()
        await asyncio.to_thread(self.cluster.stop)

    def urls(self, servers: int) -> list[str]:
        """The URLs of a new blog. Each server uses another node, as long as that one is available."""
        self._in_use.append(self._empty.pop())
        self.most_connections = servers * (POOL_SIZE + KILLERS)
        for proxy in self._proxies:
            proxy.prefer_first()
        return [
            f"mysql://root@127.0.0.1:{proxy.port}/{self._in_use[-1]}" for proxy in self._proxies[:servers]
        ]

    async def write(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT):
                if self._plain is None:
                    port = self._proxies[0].port
                    self._plain = await asyncmy.connect(
                        host="127.0.0.1", port=port, user="root", database=PLAIN, autocommit=True
                    )
                async with self._plain.cursor() as cursor:
                    await cursor.execute("INSERT INTO writes VALUES ()")
        except Exception:
            if self._plain is not None:
                self._plain.close()
            self._plain = None
            raise

    async def connections(self) -> int:
        question = f"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{self._in_use[-1]}'"
        counts = await asyncio.gather(
            *(ask(node, question) for node in self.cluster.nodes), return_exceptions=True
        )
        return max((count for count in counts if isinstance(count, int)), default=0)

    async def until_whole(self) -> None:
        """Waits also for nodes that were paused: they keep the old view of the cluster for a while."""
        while True:
            views = await asyncio.gather(*map(view_of, self.cluster.nodes))
            if all(await asyncio.gather(*map(is_synced, self.cluster.nodes))) and views == [views[0]] * SIZE:
                return
            await asyncio.sleep(CHECK_EVERY)

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        node = self._proxies[0].current
        match name:
            case "the node in use is killed":
                await asyncio.to_thread(node.kill)
                yield
                await asyncio.to_thread(node.restart)
            case "the node in use stops for a while":
                node.pause()
                yield
                node.resume()
            case "the majority is killed":
                others = [each for each in self.cluster.nodes if each is not node]
                await asyncio.gather(*(asyncio.to_thread(other.kill) for other in others))
                await self._until_cut_off(node)
                # as an operator does after making sure that the other nodes are down
                await ask(node, "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'")
                yield
                for other in others:
                    await asyncio.to_thread(other.restart)
            case "two nodes are written to":
                yield
            case _:
                raise LookupError(name)

    async def _until_cut_off(self, node: GaleraNode) -> None:
        """Wait until a node has noticed that it is alone, and refuses queries."""
        while True:
            if await ask(node, "SHOW STATUS LIKE 'wsrep_cluster_status'") == "non-Primary":
                return
            await asyncio.sleep(CHECK_EVERY)
