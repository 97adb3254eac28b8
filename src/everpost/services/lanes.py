"""Turns: one at a time for each who asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everpost.errors import Busy

MOST_WAITING = 50
"""In one lane."""


class Lanes:
    """A lane for each name, for as long as somebody is in it."""

    def __init__(self) -> None:
        self._lanes: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for those who came before under this name. Busy: too many of them wait already."""
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
