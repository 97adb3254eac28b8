"""Programs that serve HTTP, each in its own process; their CPU time and memory come from /proc (Linux)."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from devtools.servers.private import CannotStart, free_port

PATIENCE = 30.0
"""Seconds within which a program serves, or ends."""
GONE = (FileNotFoundError, ProcessLookupError)
"""What /proc answers about a thread that has ended."""
_SHOWN = 4_000
"""Bytes of what it printed."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
ENDING = 5.0
"""Seconds between the end of a program's connections and its own, at most: it may write a core dump."""
QUIET = 0.03
"""Seconds; a program that took no CPU time for so long waits for a request."""


class DoesNotServe(CannotStart):
    """A program does not serve; the message contains its output."""


class Program:
    """A program that serves on a free loopback port, for the duration of the `with` statement.

    `{port}` in the command stands for the port; `ready` is a path that answers as soon as it serves.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, ready: str) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", *(part.format(port=port) for part in command)]
        self._environment = environment
        self._name = command[0]
        self._ready = ready
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the program runs
        self._start()

    def __enter__(self) -> Self:
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop()
        self._said.close()

    def has_crashed(self) -> bool:
        """Whether it was ended by a signal that nobody sent. Its connections close before it counts as ended,
        so a program that is about to end is waited for.
        """
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING)
        return (self._process.returncode or 0) < 0

    def restart(self) -> None:
        """Start it again, on the same port and database. Raises DoesNotServe."""
        self._stop()
        self._start()
        self._wait_until_it_answers()

    def said(self) -> str:
        """The end of its output."""
        file = self._said.fileno()
        size = os.fstat(file).st_size
        return os.pread(file, _SHOWN, max(0, size - _SHOWN)).decode(errors="replace")

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far, to 10 ms."""
        return sum(_cpu_ticks(process) for process in _tree(self._process.pid)) / _TICKS

    def megabytes(self) -> float:
        """The resident memory of its largest process, which is the one that serves."""
        return max(map(_resident_pages, _tree(self._process.pid))) * _PAGE / 2**20

    def wait_until_quiet(self) -> None:
        """Return once it is idle. Raises DoesNotServe."""
        deadline = time.monotonic() + PATIENCE
        before, now = -1.0, self.cpu_seconds()
        while now > before or any(map(_wants_to_run, _tree(self._process.pid))):
            if time.monotonic() > deadline:
                raise DoesNotServe(f"{self._name} goes on working though nobody asks it for anything.")
            time.sleep(QUIET)
            before, now = now, self.cpu_seconds()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise DoesNotServe(f"{self._name} does not serve:\n{self.said()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return not httpx.get(self.address + self._ready, timeout=PATIENCE, verify=False).is_error
        return False

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            env=os.environ | self._environment,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)


def _tree(pid: int) -> Iterator[int]:
    """The process and all its descendants."""
    yield pid
    for place in _threads(pid):
        with suppress(*GONE):
            for child in (place / "children").read_text().split():
                yield from _tree(int(child))


def _threads(pid: int) -> Sequence[Path]:
    """The folders in /proc of the threads of a process; each may have disappeared by the time it is read."""
    with suppress(*GONE):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return ()


def _cpu_ticks(pid: int) -> int:
    """Fields 14 and 15 of proc_pid_stat(5)."""
    fields = _stat(Path(f"/proc/{pid}"))
    return int(fields[11]) + int(fields[12])


def _wants_to_run(pid: int) -> bool:
    """Whether one of its threads is running, or could run if a processor were free: field 3."""
    for thread in _threads(pid):
        with suppress(*GONE):
            if _stat(thread)[0] == "R":
                return True
    return False


def _stat(place: Path) -> Sequence[str]:
    """The fields from the third on: those after the name, which may contain any character."""
    return (place / "stat").read_text().rpartition(")")[2].split()


def _resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
