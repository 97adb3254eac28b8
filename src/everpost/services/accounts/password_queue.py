"""A bounded priority queue in front of the threads that hash passwords."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from everpost.errors import Busy

MOST_WAITING = 50
"""In each of the two queues. The last one waits for a few seconds."""

Result = TypeVar("Result")


class PasswordQueue:
    """Runs work in a few threads. Clients on known networks go first, so that no number of other clients
    delays users who log in from a network that they have used before.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._free = threads
        self._users: deque[asyncio.Future[None]] = deque()
        self._strangers: deque[asyncio.Future[None]] = deque()

    async def run(self, work: Callable[[], Result], *, is_stranger: bool = False) -> Result:
        """Run the work in a thread and return its result. Raises Busy if the queue is full."""
        await self._take(self._strangers if is_stranger else self._users)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._release()

    async def _take(self, line: deque[asyncio.Future[None]]) -> None:
        if self._free:
            self._free -= 1
            return
        if len(line) >= MOST_WAITING:
            raise Busy("The server is busy checking passwords. Try again.")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in line:
                line.remove(turn)
            elif not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        """Pass the thread to the next in the queue, or mark it as free."""
        for line in (self._users, self._strangers):
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
