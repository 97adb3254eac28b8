"""A network partition between servers that connect through proxies. Clients reach all servers."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.servers.private import PrivateServer, free_port

from tests.failovers.harness.relaying import first_end, pump


@dataclass(eq=False)
class _Link:
    """A connection through a proxy; `origin`: the server that opened it, None for a client."""

    origin: int | None
    target: int
    writers: Sequence[asyncio.StreamWriter]

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Partition:
    """A proxy in front of each server, at `ports`. Requires Linux: the origin is read from /proc."""

    def __init__(self, servers: Sequence[PrivateServer]) -> None:
        self.ports = [free_port() for _ in servers]
        self._servers = servers
        self._proxies: list[asyncio.Server] = []
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._isolated: int | None = None

    async def start(self) -> None:
        for target, port in enumerate(self.ports):

            def accept(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int = target
            ) -> None:
                task = asyncio.create_task(self._relay(reader, writer, target))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

            self._proxies.append(await asyncio.start_server(accept, "127.0.0.1", port))

    async def stop(self) -> None:
        for proxy in self._proxies:
            proxy.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def isolate(self, server: PrivateServer) -> None:
        """Cut every connection between this server and the others, and refuse new ones."""
        self._isolated = self._servers.index(server)
        for link in [link for link in self._links if self._is_cut(link)]:
            link.cut()

    def heal(self) -> None:
        self._isolated = None

    def _is_cut(self, link: _Link) -> bool:
        is_between_servers = self._isolated is not None and link.origin is not None
        return is_between_servers and (link.origin == self._isolated) != (link.target == self._isolated)

    def _accept(self, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._relay(reader, writer, target))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
        peer, own = writer.get_extra_info("peername")[1], writer.get_extra_info("sockname")[1]
        link = _Link(None, target, [writer])
        try:
            link.origin = await asyncio.to_thread(self._owner_of, peer, own)
            if self._is_cut(link):
                return
            there, onward = await asyncio.open_connection("127.0.0.1", self._servers[target].port)
            link.writers = (writer, onward)
            self._links.add(link)
            if not self._is_cut(link):
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
