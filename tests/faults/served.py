"""`everpost serve` as users run it: a process of its own, on a port of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpx
from devtools.servers.private import free_port

from everpost.domain.people.tokens import new_secret

ADMIN_TOKEN = new_secret()
AS_ADMIN = {"authorization": f"Bearer {ADMIN_TOKEN}"}
PATIENCE = 30.0
"""Seconds within which what must happen happens, on a machine that has other things to do."""
NO_TLS = False
"""For HTTPX's `verify`: to read all certificates of the machine takes as long as a few hundred requests."""


class ServedBlog:
    """A running Everpost; killed at the end of the `with` where it still runs."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        *,
        workers: int = 1,
        admin_token: str | None = ADMIN_TOKEN,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.address, timeout=PATIENCE, verify=NO_TLS)
        self._log = (folder / f"everpost-{self.port}.log").open("w+")
        given = {} if admin_token is None else {"EVERPOST_ADMIN_TOKEN": admin_token}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "everpost", "serve", "--port", str(self.port), "--workers", str(workers)],
            env=os.environ | {"EVERPOST_DATABASE_URL": database_url} | given | dict(settings),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE
        while "Everpost is listening" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.kill()
        self.client.close()
        self._log.close()

    def listens(self) -> bool:
        """Whether it still takes connections."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def terminate(self) -> None:
        """Ask it to stop, as an operating system or a container does."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and its workers with no time to do anything."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def kill_parent(self) -> None:
        """End the process that started the workers, and nothing else."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def said(self) -> str:
        """All that it printed so far."""
        self._log.flush()
        return Path(self._log.name).read_text()
