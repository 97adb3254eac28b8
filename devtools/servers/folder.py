"""Temporary folders that are gone when this process is, killed or not; a server may run in one."""

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
    """Somebody ended the process that keeps a folder and its server."""


MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 2**30
"""Bytes that must be free there."""


def _place(*, in_memory: bool) -> Path:
    if in_memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY:
        return MEMORY
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        above = (place, *place.resolve().parents)
        # PostgreSQL refuses to run as root: there it runs as a user who has to reach the folder.
        if os.geteuid() != 0 or all(each.stat().st_mode & stat.S_IXOTH for each in above):
            return place
    raise OSError("no folder for temporary files that every user can reach")


class GuardedFolder:
    """A temporary folder from now until `remove()`, or until this process ends in any way.

    `in_memory` where the machine has enough: for databases that wait for the disk at every commit.
    What a killed process wrote there is as safe as on a disk. `last_signal` ends what runs in it.
    """

    def __init__(self, *, in_memory: bool = False, last_signal: str = "SIGKILL") -> None:
        self.path = Path(tempfile.mkdtemp(prefix="everpost-test-", dir=_place(in_memory=in_memory)))
        self.pid = 0
        """Of the server that was run last."""
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, self.path, last_signal],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, command: list[str], *, log: Path, user: int | None, group: int | None) -> None:
        """Run a server in the folder. It has started when this returns, and may not serve yet."""
        self.pid = self._order(command=command, log=str(log), user=user, group=group)

    def send(self, signal_name: str) -> None:
        """Send the server a signal."""
        self._order(signal=signal_name)

    def end(self, signal_name: str) -> None:
        """Send the server a signal; returns once it has ended."""
        self._order(last_signal=signal_name)

    def remove(self) -> None:
        """End what runs in it and remove it. Twice does no harm."""
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
