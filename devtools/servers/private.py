"""A private database server, on a free loopback port and in a temporary folder, which leaves no trace."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import time
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from devtools.servers import guard
from devtools.servers.folder import GuardedFolder

START_TIMEOUT = 60.0
"""Seconds. A start takes about one, but longer on a busy machine."""


class CannotStart(Exception):
    """A server cannot be started; the message says why."""


def free_port() -> int:
    """A loopback port on which nothing listens.

    It is below the ephemeral ports of all systems (on Linux from 32768), so that no outgoing connection gets
    it before the server starts, or while the server is down for a restart.
    """
    for port in random.sample(range(15_000, 32_000), 1_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotStart("no free port between 15000 and 32000")


def version_of(program: Path) -> str:
    """The output of `--version`; empty if the program, or a library that it needs, is missing."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=START_TIMEOUT, check=False
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


class PrivateServer:
    """A server that runs from `start()` to `stop()`, or until this process ends in any way.

    Fault tests use `kill()` and `restart()` in between, which keep its data and port.
    """

    ready_line: ClassVar[str]
    """The log message of a server that accepts connections."""
    restart_signal: ClassVar[str]
    """The signal for an immediate, orderly shutdown."""
    not_yet_line: ClassVar[str | None] = None
    """The log message of a server that fails to start because a killed one has not fully ended yet."""
    last_signal: ClassVar[str]
    """The signal for the fastest end that leaves nothing behind, when the data is no longer needed."""

    in_memory: ClassVar[bool] = False
    """Whether it flushes to the disk in a way that cannot be disabled without losing commits on SIGKILL."""

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        """Whether it has its vendor's settings and stores data on a disk; otherwise tuned for tests."""
        self.port = free_port()
        self.user: int | None = None
        self.group: int | None = None
        self._runs = 0
        in_memory = self.in_memory and not durable
        self._guarded = GuardedFolder(in_memory=in_memory, last_signal=self.last_signal)
        self.folder = self._guarded.path

    @classmethod
    @abstractmethod
    def missing(cls) -> str | None:
        """What is missing on this machine to run such a server; None: nothing."""

    @abstractmethod
    def url(self, database: str = "") -> str:
        """The URL of a database on this server, as it would be in `EVERPOST_DATABASE_URL`."""

    @abstractmethod
    def prepare(self) -> None:
        """Create the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs the server."""

    def wait_until_ready(self) -> None:
        """Wait until it is ready for use, after it accepts connections."""

    def start(self) -> Self:
        """Start the server, and wait until it is ready for use. Raises CannotStart."""
        try:
            self.prepare()
            self._run()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server, and remove its folder. Idempotent."""
        self._guarded.remove()

    def kill(self) -> None:
        """Send SIGKILL: the server cannot write anything."""
        self._guarded.end("SIGKILL")

    @property
    def pid(self) -> int:
        """The id of its latest process."""
        return self._guarded.pid

    def pause(self) -> None:
        """Send SIGSTOP: the server keeps its connections, but does nothing."""
        self._guarded.send("SIGSTOP")

    def resume(self) -> None:
        """Send SIGCONT."""
        self._guarded.send("SIGCONT")

    def restart(self) -> None:
        """Start it again on the same port, after an orderly shutdown if it is running."""
        self._guarded.end(self.restart_signal)
        self._run()

    def _run(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while self.ready_line not in (said := self._run_until_it_serves_or_ends(deadline)):
            if self.not_yet_line is None or self.not_yet_line not in said or time.monotonic() > deadline:
                raise CannotStart(f"{self.command()[0]} does not start: {said[-2000:]}")
        self.wait_until_ready()

    def _run_until_it_serves_or_ends(self, deadline: float) -> str:
        """Run it until it accepts connections or ends. Returns its output."""
        self._runs += 1
        log = self.folder / f"log-{self._runs}"
        self._guarded.run(self.command(), log=log, user=self.user, group=self.group)
        while True:
            said = log.read_text(errors="replace")
            if self.ready_line in said or guard.ENDED in said or time.monotonic() > deadline:
                return said
            time.sleep(0.01)


def find_program(name: str, *folders: str | Path) -> Path | None:
    """The program in one of these folders, in PATH or in the folders for system programs."""
    places = [*folders, os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"]
    found = shutil.which(name, path=os.pathsep.join(str(place) for place in places))
    return Path(found) if found else None


def run_once(command: list[str], server: PrivateServer) -> None:
    """Run a command that prepares a server, as the user who will run it. Raises CannotStart."""
    done = subprocess.run(
        command,
        cwd=server.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_TIMEOUT,
        user=server.user,
        group=server.group,
        extra_groups=None if server.user is None else [],
    )
    if done.returncode != 0:
        raise CannotStart(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
