"""A network partition between servers that connect through proxies."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from devtools.servers.private import PrivateServer, free_port

from tests.failovers.harness.relaying import Proxy, first_end, pump

MINORITY = "minority"
"""Clients whose first message contains this are on the side of an isolated server, if clients are split."""


@dataclass(eq=False)
class _Link:
    """A connection through a proxy; `origin`: the server that opened it, None for a client."""

    target: int
    origin: int | None = None
    is_of_minority: bool = False
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Partition:
    """A proxy in front of each server, at `ports`. Requires Linux: the origin is read from /proc."""

    def __init__(self, servers: Sequence[PrivateServer]) -> None:
        self.ports = [free_port() for _ in servers]
        self._servers = servers
        self._proxies = [Proxy(port, partial(self._relay, target)) for target, port in enumerate(self.ports)]
        self._links: set[_Link] = set()
        self._isolated: int | None = None
        self._splits_clients = False

    async def start(self) -> None:
        for proxy in self._proxies:
            await proxy.start()

    async def stop(self) -> None:
        for proxy in self._proxies:
            await proxy.stop()

    def isolate(self, server: PrivateServer, *, splits_clients: bool = False) -> None:
        """Cut every connection between this server and the others, and refuse new ones. Clients reach all
        servers, or with `splits_clients` either this one or the others.
        """
        self._isolated, self._splits_clients = self._servers.index(server), splits_clients
        for link in [link for link in self._links if self._is_cut(link)]:
            link.cut()

    def heal(self) -> None:
        self._isolated = None

    def _is_cut(self, link: _Link) -> bool:
        if self._isolated is None or (link.origin is None and not self._splits_clients):
            return False
        is_inside = link.is_of_minority or link.origin == self._isolated
        return is_inside != (link.target == self._isolated)

    async def _relay(self, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer, own = writer.get_extra_info("peername")[1], writer.get_extra_info("sockname")[1]
        link = _Link(target, writers=[writer])
        self._links.add(link)
        try:
            link.origin = await asyncio.to_thread(self._owner_of, peer, own)
            first = await reader.read(65_536)
            link.is_of_minority = link.origin is None and MINORITY.encode() in first
            if self._is_cut(link):
                return
            there, onward = await asyncio.open_connection("127.0.0.1", self._servers[target].port)
            link.writers.append(onward)
            if not self._is_cut(link):
                onward.write(first)
                await first_end(pump(reader, onward), pump(there, writer))
        except OSError:
            pass  # the server is down
        finally:
            self._links.discard(link)
            link.cut()

    def _owner_of(self, local_port: int, remote_port: int) -> int | None:
        """The server that has the socket with these ports."""
        inode = _inode_of(local_port, remote_port)
        for number, server in enumerate(self._servers):
            if inode is not None and inode in _sockets_of(server):
                return number
        return None


def _inode_of(local_port: int, remote_port: int) -> str | None:
    """https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt"""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{local_port:04X}") and fields[2].endswith(f":{remote_port:04X}"):
            return f"socket:[{fields[9]}]"
    return None


def _sockets_of(server: PrivateServer) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(descriptor.readlink()))
    return found
