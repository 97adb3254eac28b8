"""A thousand pictures move through all databases and an archive, byte for byte, whenever they are killed."""

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from devtools.servers.databases import new_name

from everpost.domain.records import Batch
from everpost.stores import open_store
from tests.conftest import TIMEOUT, Engines, offer_key
from tests.faults.test_memory import MEASURE, MOST
from tests.unit.transfer.files import file_of

SMALLEST, LARGEST = 1_000, 20_000_000
"""Bytes."""
PICTURES = 1_000
KILLS = 2
"""For each of the five ways: ten."""
ATTEMPTS = 10
"""A process that ends before it is killed is started again, at most this many times."""


def contents() -> Iterator[bytes]:
    """Pictures from the smallest size to the largest. Few of them are large."""
    for number in range(PICTURES):
        size = SMALLEST * (LARGEST / SMALLEST) ** ((number / (PICTURES - 1)) ** 32)
        yield random.Random(number).randbytes(round(size))


async def parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1_000_000):
        yield content[start : start + 1_000_000]


async def write_pictures(url: str) -> None:
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    files = []
    for number, content in enumerate(contents()):
        file = file_of(content, f"picture-{number}.jpg")
        await store.media_bytes.put(file.digest, parts(content), size=file.size)
        files.append(file)
    await store.records.write(Batch(kept=files))
    await store.close()


async def digests_of(url: str) -> dict[str, str]:
    """The keys of all bytes of a blog, with their actual digests."""
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    found: dict[str, str] = {}
    while page := await store.media_bytes.page(after=max(found, default="")):
        for stored in page:
            digest = sha256()
            async for part in store.media_bytes.read(stored.key):
                digest.update(part)
            found[stored.key] = digest.hexdigest()
    await store.close()
    return found


@dataclass(frozen=True)
class Move:
    """A command that moves a blog."""

    arguments: tuple[str, ...]
    database_url: str = ""

    async def run(self) -> int:
        """Run it to the end; return the peak memory in megabytes."""
        command = [sys.executable, "-c", MEASURE, *self.arguments]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, env=self._environment)
        said = (await process.communicate())[0].decode()
        assert process.returncode == 0, said
        return int(said.rpartition("memory:")[2])

    async def is_killed_after(self, seconds: float) -> bool:
        """Kill it after this time. Returns whether it was still running."""
        command = [sys.executable, "-m", "everpost", *self.arguments]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=DEVNULL, stderr=DEVNULL, env=self._environment
        )
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.kill()
        return await process.wait() == -signal.SIGKILL

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"EVERPOST_DATABASE_URL": self.database_url}


async def kill_and_resume(move: Move, seconds: float) -> int:
    """Kill a move at random moments, within about this time, and run it to the end. Returns the number of
    kills.
    """
    killed = 0
    for _attempt in range(ATTEMPTS):
        killed += await move.is_killed_after(random.uniform(seconds / 10, seconds))
        if killed == KILLS:
            break
        seconds *= 0.8
    assert await move.run() < MOST
    return killed


@pytest.mark.long
async def test_pictures_that_move_through_everything_are_unchanged(
    engines: Engines, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    names = pytestconfig.stash[offer_key].names
    async with AsyncExitStack() as made:
        urls = []
        for name in [names[0], *names, names[0]]:
            databases, database = engines.databases(name), new_name()
            await databases.create(database)
            made.push_async_callback(databases.drop, database)
            urls.append(databases.url(database))
        await write_pictures(urls[0])
        expected = {digest: digest for digest in (sha256(content).hexdigest() for content in contents())}
        began = time.monotonic()
        assert await Move(("copy", urls[0], urls[1])).run() < MOST
        usual = time.monotonic() - began
        kills = 0
        for source, target in pairwise(urls[1:-1]):
            kills += await kill_and_resume(Move(("copy", source, target)), usual)
            assert await digests_of(target) == expected
        first, again = str(tmp_path / "first.jsonl.zst"), str(tmp_path / "again.jsonl.zst")
        kills += await kill_and_resume(Move(("export", "--overwrite", first), urls[-2]), usual)
        kills += await kill_and_resume(Move(("import", first), urls[-1]), usual)
        assert await digests_of(urls[-1]) == expected
        assert await Move(("export", again), urls[0]).run() < MOST
    assert await asyncio.to_thread(Path(again).read_bytes) == await asyncio.to_thread(Path(first).read_bytes)
    assert kills >= 2 * KILLS
