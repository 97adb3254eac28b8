"""One child process, which answers one message after another."""

import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, cast
from weakref import finalize

from everpost.services.child_processes.pipes import receive, send


@dataclass(frozen=True, slots=True)
class CutOff:
    """The process ended instead of answering. If `is_certain`, it would do so again."""

    reason: str
    is_certain: bool


class ChildProcess:
    """A Python process that runs the main program of a module with limits (see `worker.serve`).

    Its methods block, and are called by one thread at a time, except `kill` and `close`.
    """

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            (sys.executable, "-P", "-m", module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        self.close = finalize(self, _close, self._process)

    def call(self, message: bytes, seconds: float) -> bytes | CutOff:
        """The answer to this message, which may take this much CPU time. After a CutOff, `is_alive` is
        False.
        """
        try:
            send(self._requests, message, seconds)
            received = receive(self._answers)
        except (OSError, ValueError):  # ValueError: `close` has closed the pipe
            received = None
        return self._cut_off() if received is None else received[0]

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process; the thread that waits for its answer gets a CutOff."""
        self._process.kill()

    def _cut_off(self) -> CutOff:
        status = self._process.wait()
        if status == -getattr(signal, "SIGPROF", 0):
            return CutOff("CPU time", is_certain=True)
        if status in {-signal.SIGABRT, -signal.SIGSEGV}:
            return CutOff("memory", is_certain=True)
        return CutOff(f"the process ended with status {status}", is_certain=False)


def _close(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # the rest of a message that nobody reads
                pipe.close()
    process.wait()
