"""A pool of child processes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

from everpost.services.child_processes.process import ChildProcess

MAX_WAIT = 30.0
"""Seconds after which a process is killed, whether or not the system counts its CPU time."""
_IDLE = 60.0
"""Seconds after which processes without work are ended."""
Process = TypeVar("Process", bound=ChildProcess)
Result = TypeVar("Result")


class ProcessPool(Generic[Process]):
    """Child processes of one kind. They are started when they are needed, end after a minute without work,
    and are replaced when they are cut off.
    """

    def __init__(
        self, start: Callable[[], Process], *, name: str, most: int, max_wait: float = MAX_WAIT
    ) -> None:
        """`most`: the number of processes. `max_wait`: seconds until a busy process is killed."""
        self._start = start
        self._max_wait = max_wait
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._places = asyncio.Semaphore(most)
        self._idle: list[Process] = []
        self._rest: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def run(self, job: Callable[[Process], Result], *, keep: bool = True) -> Result:
        """Do a job with one of the processes. Without `keep`, the process ends afterwards, to release its
        memory. If the caller is cancelled, the process is killed. Raises OSError if none can be started.
        """
        async with self._places:
            self._is_closed = False
            loop = asyncio.get_running_loop()
            process = self._take()
            if process is None:
                process = await loop.run_in_executor(self._threads, self._start)
            deadline = loop.call_later(self._max_wait, process.kill)
            try:
                return await loop.run_in_executor(self._threads, partial(job, process))
            except asyncio.CancelledError:
                process.kill()
                keep = False
                raise
            finally:
                deadline.cancel()
                self._give_back(process, keep=keep)

    def close(self) -> None:
        """End idle processes now, and busy ones after their jobs. The next job starts a new one."""
        self._is_closed = True
        if self._rest is not None:
            self._rest.cancel()
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Process | None:
        return next((process for process in iter(self._pop, None) if process.is_alive), None)

    def _pop(self) -> Process | None:
        return self._idle.pop() if self._idle else None

    def _give_back(self, process: Process, *, keep: bool) -> None:
        if self._is_closed or not keep or not process.is_alive:
            process.close()
            return
        self._idle.append(process)
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(_IDLE, self.close)
