"""The files of an SQLite database that a server has open."""

import asyncio
import sys
from pathlib import Path

from everpost.stores import open_store
from tests.contract.port.examples import publish

TIMEOUT = 30.0
COUNT = """
import sqlite3, sys
((count,),) = sqlite3.connect(sys.argv[1]).execute("SELECT COUNT(*) FROM posts")
print(count)
"""


async def test_a_second_store_in_the_process_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Otherwise another process, such as a command, deletes the files that the first one writes to."""
    path = tmp_path / "blog.db"
    first = await open_store(f"sqlite:///{path}", timeout=TIMEOUT, pool_size=1)
    await publish(first)
    second = await open_store(f"sqlite:///{path}", timeout=TIMEOUT, pool_size=1)
    await second.close()
    assert await counted_by_another_process(path) == 1
    assert path.with_name("blog.db-wal").exists()
    await publish(first)
    assert await counted_by_another_process(path) == 2
    await first.close()


async def counted_by_another_process(path: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COUNT, str(path), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return int(printed)
