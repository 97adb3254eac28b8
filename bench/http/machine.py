"""On what a run was made: the machine and the versions, and nothing that tells whose they are."""

import os
import subprocess
from collections.abc import Sequence
from importlib.metadata import version

from bench.http.driving import find_wrk
from bench.http.operations import EVERPOST
from bench.http.subjects import Subject
from everpost.benchmark.machine import describe_machine
from everpost.stores import open_schema

_PACKAGES = (
    *("fastapi", "granian", "uvicorn", "uvloop", "pydantic", "sqlalchemy"),
    *("aiosqlite", "asyncpg", "asyncmy", "pymongo"),
)


def machine() -> str:
    """The processor, how many of it, and the memory."""
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{describe_machine()['machine']}, {gibibytes:.0f} GiB of memory"


async def versions(subjects: Sequence[Subject]) -> str:
    """Of Python, the packages, the databases of Everpost among these subjects, and the load generator."""
    packages = [f"{name} {version(name)}" for name in _PACKAGES]
    servers = {each.store: await _server(each.url) for each in subjects if each.kind == EVERPOST}
    return ", ".join([describe_machine()["Python"], *packages, *servers.values(), _load_generator()])


async def _server(url: str) -> str:
    schema = open_schema(url, timeout=60)
    try:
        return await schema.server()
    finally:
        await schema.close()


def _load_generator() -> str:
    """`wrk -v` prints its version, then how it is used, and ends as if that were an error."""
    said = subprocess.run([find_wrk(), "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])
