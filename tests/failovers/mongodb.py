"""A MongoDB replica set of three whose primary fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from devtools.servers.databases import new_name
from devtools.servers.mongodb import MongodbServer
from devtools.servers.private import START_TIMEOUT
from devtools.servers.replicated.replica_set import ELECTION, MongodbReplicaSet
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import PyMongoError

from tests.failovers.harness.experiment import POOL_SIZE
from tests.failovers.harness.partition import MINORITY, Partition

MONITORS = 2
"""Additional connections, with which PyMongo monitors each member."""
TIMEOUT = 5_000
"""Milliseconds for each call of the plain client: Everpost's default."""
LONG_ELECTION = 30_000
"""Milliseconds: long enough for a round, during which a deposed primary considers itself the primary."""

FAULTS = ("the primary is killed", "the primary stops for a while", "the primary steps down", "a partition")


class MongodbCluster:
    """The `Cluster`. Members and clients connect through proxies."""

    name = "mongodb"
    most_connections = POOL_SIZE + MONITORS

    def __init__(self, *, election: int = ELECTION) -> None:
        self._set = MongodbReplicaSet(election=election)
        self._partition = Partition(self._set.members)
        self._set.hosts = [f"127.0.0.1:{port}" for port in self._partition.ports]
        self._plain: AsyncMongoClient[dict[str, Any]] | None = None

    async def start(self) -> None:
        await self._partition.start()
        await asyncio.to_thread(self._set.start)
        self._plain = AsyncMongoClient(
            self._set.url(),
            w="majority",
            journal=True,
            timeoutMS=TIMEOUT,
            serverSelectionTimeoutMS=TIMEOUT,
        )

    async def stop(self) -> None:
        if self._plain is not None:
            await self._plain.close()
        await asyncio.to_thread(self._set.stop)
        await self._partition.stop()

    def urls(self, servers: int) -> list[str]:
        """The URLs of a new blog. The second server is on the side of a primary that is deposed."""
        self.most_connections = servers * (POOL_SIZE + MONITORS)
        url = self._set.url(new_name())
        return [url, f"{url}&appName=everpost-{MINORITY}"][:servers]

    def member_urls(self) -> list[str]:
        return [f"{member.url('blog')}?directConnection=true" for member in self._set.members]

    async def write(self) -> None:
        assert self._plain is not None
        await self._plain["plain"]["writes"].insert_one({})

    async def connections(self) -> int:
        return max([await asyncio.to_thread(_connections_to, member) for member in self._set.members])

    async def until_whole(self) -> None:
        await asyncio.to_thread(self._set.wait_until_whole)

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        primary = await self._primary()
        match name:
            case "the primary is killed":
                await asyncio.to_thread(primary.kill)
                yield
                await asyncio.to_thread(primary.restart)
            case "the primary stops for a while":
                primary.pause()
                yield
                primary.resume()
            case "the primary steps down":
                with suppress(PyMongoError):
                    await asyncio.to_thread(_step_down, primary)
                yield
            case "a partition":
                self._partition.isolate(primary)
                yield
                self._partition.heal()
            case "the primary is deposed without knowing it":
                self._partition.isolate(primary, splits_clients=True)
                await asyncio.to_thread(self._set.replace_primary, primary)
                yield
                self._partition.heal()
            case "the others stop":
                others = [member for member in self._set.members if member is not primary]
                for member in others:
                    member.pause()
                yield
                for member in others:
                    member.resume()
            case _:
                raise LookupError(name)

    async def _primary(self) -> MongodbServer:
        async with asyncio.timeout(START_TIMEOUT):
            while True:
                with suppress(LookupError):
                    return await asyncio.to_thread(self._set.primary)
                await asyncio.sleep(0.05)


def _step_down(member: MongodbServer) -> None:
    client: MongoClient[dict[str, Any]]
    with MongoClient(member.url(), directConnection=True) as client:
        client.admin.command("replSetStepDown", 5)


def _connections_to(member: MongodbServer) -> int:
    """The number of Everpost's connections to this member; 0 if it does not answer."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(
        member.url(), directConnection=True, serverSelectionTimeoutMS=500, socketTimeoutMS=500
    ) as client:
        stages: list[dict[str, Any]] = [
            {"$currentOp": {"allUsers": True, "idleConnections": True, "idleSessions": False}},
            {"$match": {"appName": {"$regex": "^everpost"}}},
        ]
        try:
            return len(client.admin.aggregate(stages).to_list())
        except PyMongoError:
            return 0
