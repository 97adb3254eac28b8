"""Temporary folders that are removed when this process ends, even if killed; a server can run in one."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from devtools.servers import guard


class GuardIsGone(Exception):
    """The guard process of a folder and its server has been ended."""


MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 2**30
"""Bytes that must be free in memory."""


def _place(*, in_memory: bool) -> Path:
    if in_memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY:
        return MEMORY
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        above = (place, *place.resolve().parents)
        # PostgreSQL refuses to run as root: then it runs as another user, who needs access to the folder.
        if os.geteuid() != 0 or all(each.stat().st_mode & stat.S_IXOTH for each in above):
            return place
    raise OSError("no folder for temporary files that every user can reach")


class GuardedFolder:
    """A temporary folder that exists until `remove()`, or until this process ends in any way.

    `in_memory`: in memory if the machine has enough, for databases that flush at every commit. Data survives
    a killed server there too. `last_signal`: the signal that ends the server.
    """

    def __init__(self, *, in_memory: bool = False, last_signal: str = "SIGKILL") -> None:
        self.path = Path(tempfile.mkdtemp(prefix="everpost-test-", dir=_place(in_memory=in_memory)))
        self.pid = 0
        """The process id of the latest server."""
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, self.path, last_signal],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, command: list[str], *, log: Path, user: int | None, group: int | None) -> None:
        """Start a server in the folder. It may not accept connections yet when this returns."""
        self.pid = self._order(command=command, log=str(log), user=user, group=group)

    def send(self, signal_name: str) -> None:
        """Send the server a signal."""
        self._order(signal=signal_name)

    def end(self, signal_name: str) -> None:
        """Send the server a signal, and wait until it has ended."""
        self._order(last_signal=signal_name)

    def remove(self) -> None:
        """End the server, and remove the folder. Idempotent."""
        if self._guard.returncode is None:
            self._guard.communicate()

    def _order(self, **order: object) -> int:
        assert self._guard.stdin is not None
        assert self._guard.stdout is not None
        self._guard.stdin.write(json.dumps(order) + "\n")
        self._guard.stdin.flush()
        answer = self._guard.stdout.readline()
        if not answer:
            raise GuardIsGone
        return int(answer)
