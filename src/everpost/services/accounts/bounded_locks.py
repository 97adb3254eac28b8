"""Locks by name, with bounded queues."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everpost.errors import Busy

MOST_WAITING = 50
"""Per lock."""


class BoundedLocks:
    """A lock with a bounded queue for each name, kept while it is held or awaited."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lock with this name, first come, first served. Raises Busy if its queue is full."""
        lock, inside = self._locks.get(name, (asyncio.Lock(), 0))
        if inside > MOST_WAITING:
            raise Busy("Too many requests from your address are waiting. Try again later.")
        self._locks[name] = (lock, inside + 1)
        try:
            async with lock:
                yield
        finally:
            _, inside = self._locks[name]
            if inside == 1:
                del self._locks[name]
            else:
                self._locks[name] = (lock, inside - 1)
