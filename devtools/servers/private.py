"""A private database server: on a free loopback port, in a temporary folder, gone without a trace."""

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
"""Seconds; a start takes about one, but the machine may be busy."""


class CannotStart(Exception):
    """A server that was asked for does not run; the text says why."""


def free_port() -> int:
    """A loopback port that nothing listens on.

    Below every system's ephemeral ports (Linux: from 32768), so that no outgoing connection takes it
    before the server does, nor while the server is down between a kill and a restart.
    """
    for port in random.sample(range(15_000, 32_000), 1_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotStart("no free port between 15000 and 32000")


def version_of(program: Path) -> str:
    """What this program says of its version; nothing where it, or a library that it needs, is not there."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=START_TIMEOUT, check=False
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


class PrivateServer:
    """One server from `start()` to `stop()`; stopped as well when this process ends in any way.

    In between, `kill()` and `restart()` are what a fault test does to it: data and port stay.
    """

    ready_line: ClassVar[str]
    """What the server says once it takes connections."""
    restart_signal: ClassVar[str]
    """Ends it at once and in order."""
    not_yet_line: ClassVar[str | None] = None
    """What it says when it ends again because the killed server before it is not yet gone altogether."""
    last_signal: ClassVar[str]
    """Ends it as fast as can be with nothing left on the machine; its data is no longer wanted."""

    in_memory: ClassVar[bool] = False
    """Whether it waits for the disk, and cannot be told not to without losing commits when it is killed."""

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        """Whether it runs as its vendor ships it, on a disk, and not as fast as tests want it."""
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
        """What this machine lacks to run such a server; None: nothing."""

    @abstractmethod
    def url(self, database: str = "") -> str:
        """The URL of a database on this server, as a user of Everpost would write it."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """What runs the server."""

    def settle(self) -> None:
        """Wait until it serves, after it takes connections."""

    def start(self) -> Self:
        """Returns once it serves. CannotStart."""
        try:
            self.prepare()
            self._run()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End it and remove its folder. Once is enough, twice does no harm."""
        self._guarded.remove()

    def kill(self) -> None:
        """SIGKILL: no time to write anything down."""
        self._guarded.end("SIGKILL")

    @property
    def pid(self) -> int:
        """Of its process, the last one."""
        return self._guarded.pid

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections, and does nothing."""
        self._guarded.send("SIGSTOP")

    def resume(self) -> None:
        """SIGCONT."""
        self._guarded.send("SIGCONT")

    def restart(self) -> None:
        """Run it again on the same port; ends it first, in order, where it still runs."""
        self._guarded.end(self.restart_signal)
        self._run()

    def _run(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while self.ready_line not in (said := self._run_until_it_serves_or_ends(deadline)):
            if self.not_yet_line is None or self.not_yet_line not in said or time.monotonic() > deadline:
                raise CannotStart(f"{self.command()[0]} does not start: {said[-2000:]}")
        self.settle()

    def _run_until_it_serves_or_ends(self, deadline: float) -> str:
        """What it said until then."""
        self._runs += 1
        log = self.folder / f"log-{self._runs}"
        self._guarded.run(self.command(), log=log, user=self.user, group=self.group)
        while True:
            said = log.read_text(errors="replace")
            if self.ready_line in said or guard.ENDED in said or time.monotonic() > deadline:
                return said
            time.sleep(0.01)


def find_program(name: str, *folders: str | Path) -> Path | None:
    """The program in one of these folders, in PATH, or where system programs live."""
    places = [*folders, os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"]
    found = shutil.which(name, path=os.pathsep.join(str(place) for place in places))
    return Path(found) if found else None


def run_once(command: list[str], server: PrivateServer) -> None:
    """Run a command that prepares a server, as the user who is to run it. CannotStart."""
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
