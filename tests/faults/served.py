"""`everpost serve` as users run it: in a separate process, on its own port."""

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

from everpost.app import API
from everpost.domain.people.tokens import new_secret

ADMIN_TOKEN = new_secret()
AS_ADMIN = {"authorization": f"Bearer {ADMIN_TOKEN}"}
PATIENCE = 60.0
"""Seconds after which a test fails that waits for something, long enough for a busy machine."""
NO_TLS = False
"""For HTTPX's `verify`: reading all certificates of the machine takes as long as hundreds of requests."""


class ServedBlog:
    """A running Everpost, which is killed at the end of the `with` if it is still running. The paths that its
    client requests are those of the API.
    """

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
        self.api = f"{self.address}{API}"
        self.client = httpx.Client(base_url=self.api, timeout=PATIENCE, verify=NO_TLS)
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
        """Whether it still accepts connections."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def terminate(self) -> None:
        """Ask it to stop, as an operating system or a container does."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it and its workers immediately."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def kill_parent(self) -> None:
        """Kill only the process that started the workers."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def said(self) -> str:
        """Its output so far."""
        self._log.flush()
        return Path(self._log.name).read_text()
