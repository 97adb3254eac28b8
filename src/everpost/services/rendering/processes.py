"""Child processes, each of which renders one job after another."""

import asyncio
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import IO, cast
from weakref import finalize

from everpost.services.rendering.messages import Job, Rendered, read_rendered, receive, send, write_job

PROCESSES = 2
"""The number of processes: more than one, so that a hostile text does not block the others."""
MAX_SECONDS = 2.0
_MAX_WAIT = 30.0
"""Seconds after which a process is killed, whether or not the system counts its CPU time."""
_IDLE = 60.0
"""Seconds after which processes without work are ended."""
_LARGE = 200_000
"""Content of more characters than this ends its process afterwards, to release the memory."""
_COMMAND = (sys.executable, "-P", "-m", "everpost.services.rendering.worker")


def seconds_for(characters: int) -> float:
    """The limit of CPU time for content of this length: ten times what ordinary content takes."""
    return min(MAX_SECONDS, 0.3 + characters / 100_000)


@dataclass(frozen=True, slots=True)
class NotRendered:
    """The content was not rendered. If `is_certain`, another attempt would fail, too."""

    reason: str
    is_certain: bool


class RenderingProcess:
    """A child process. Its methods block, and are called by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        self.close = finalize(self, _close, self._process)

    def render(self, job: Job, seconds: float) -> Rendered | NotRendered:
        """Render the content. After a NotRendered whose process has ended, `is_alive` is False."""
        try:
            send(self._requests, write_job(job, seconds))
            answer = receive(self._answers)
        except OSError:
            answer = None
        if answer is None:
            return self._cut_off()
        rendered = read_rendered(answer, job)
        return NotRendered(rendered, is_certain=True) if isinstance(rendered, str) else rendered

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process; the thread that waits for its answer gets a NotRendered."""
        self._process.kill()

    def _cut_off(self) -> NotRendered:
        status = self._process.wait()
        if status == -getattr(signal, "SIGPROF", 0):
            return NotRendered("CPU time", is_certain=True)
        if status in {-signal.SIGABRT, -signal.SIGSEGV}:
            return NotRendered("memory", is_certain=True)
        return NotRendered(f"the process ended with status {status}", is_certain=False)


class RenderingProcesses:
    """A pool of processes, which are started when they are needed."""

    def __init__(self, most: int = PROCESSES) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="rendering")
        self._places = asyncio.Semaphore(most)
        self._idle: list[RenderingProcess] = []
        self._rest: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def render(self, job: Job, seconds: float) -> Rendered | NotRendered:
        """Render the content in one of the processes. Raises OSError if none can be started."""
        async with self._places:
            self._is_closed = False
            loop = asyncio.get_running_loop()
            process = self._take()
            if process is None:
                process = await loop.run_in_executor(self._threads, RenderingProcess)
            deadline = loop.call_later(_MAX_WAIT, process.kill)
            try:
                return await loop.run_in_executor(self._threads, partial(process.render, job, seconds))
            finally:
                deadline.cancel()
                self._give_back(process, keep=len(job.content) < _LARGE)

    def close(self) -> None:
        """End idle processes now, and busy ones after their jobs. The next job starts a new one."""
        self._is_closed = True
        if self._rest is not None:
            self._rest.cancel()
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> RenderingProcess | None:
        return next((process for process in iter(self._pop, None) if process.is_alive), None)

    def _pop(self) -> RenderingProcess | None:
        return self._idle.pop() if self._idle else None

    def _give_back(self, process: RenderingProcess, *, keep: bool) -> None:
        if self._is_closed or not keep or not process.is_alive:
            process.close()
            return
        self._idle.append(process)
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(_IDLE, self.close)


def _close(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
