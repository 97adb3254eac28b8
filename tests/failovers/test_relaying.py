"""The proxies of the clusters close every connection that they accept."""

import asyncio

from devtools.servers.private import free_port

from tests.failovers.harness.relaying import Proxy


async def test_a_connection_whose_relay_is_cancelled_before_it_starts_is_closed() -> None:
    """Otherwise it stays open until the garbage collector warns about it."""
    proxy = ClosedAtOnce(free_port(), _relay_nothing)
    await proxy.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    await proxy.stop()


class ClosedAtOnce(Proxy):
    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._accept(reader, writer)
        self.close_connections()


async def _relay_nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    raise AssertionError("the relay must not have started")
