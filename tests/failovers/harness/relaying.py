"""Relays bytes from one connection to another."""

import asyncio
import contextlib
from collections.abc import Coroutine


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
