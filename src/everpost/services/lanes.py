"""Locks by name, with bounded queues."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everpost.errors import Busy

MOST_WAITING = 50
"""In one lane."""


class Lanes:
    """A lock for each name, kept while it is held or awaited."""

    def __init__(self) -> None:
        self._lanes: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of this name, first come, first served. Busy: too many wait for it already."""
        lock, inside = self._lanes.get(name, (asyncio.Lock(), 0))
        if inside > MOST_WAITING:
            raise Busy("Too many requests from your address are waiting. Try again.")
        self._lanes[name] = (lock, inside + 1)
        try:
            async with lock:
                yield
        finally:
            _, inside = self._lanes[name]
            if inside == 1:
                del self._lanes[name]
            else:
                self._lanes[name] = (lock, inside - 1)
