"""Measuring commands of Everpost, each in its own process."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """The figures of one command."""

    seconds: float
    megabytes: float


async def run(*arguments: str, database_url: str | None = None) -> Measured:
    """Run `everpost` with these arguments; it must succeed."""
    return await asyncio.to_thread(_run, arguments, database_url)


def _run(arguments: Sequence[str], database_url: str | None) -> Measured:
    environment = os.environ | ({} if database_url is None else {"EVERPOST_DATABASE_URL": database_url})
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "everpost", *arguments],
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)],
        )
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status) != 0:
            said.seek(0)
            sys.exit(f"everpost {arguments[0]} failed:\n{said.read().decode()}")
    return Measured(seconds, usage.ru_maxrss / 1024)
