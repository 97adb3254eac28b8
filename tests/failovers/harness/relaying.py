"""Proxies that relay bytes from one connection to another."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine

Relay = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


class Proxy:
    """Accepts connections on a loopback port, and relays each in a task of its own."""

    def __init__(self, port: int, relay: Relay) -> None:
        self.port = port
        self._relay = relay
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        self.close_connections()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close_connections(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._relay(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Not in the task: one that is cancelled before it starts reaches no `finally`.
        task.add_done_callback(lambda _: writer.transport.abort())


async def first_end(*pumps: Coroutine[None, None, None]) -> None:
    """Wait until the first of these ends, and cancel the others."""
    tasks = [asyncio.create_task(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Relay data until the end, or until either connection breaks."""
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
