"""How many comments a second one post takes from several server processes at once: `python -m bench.writers
[--stores mongodb,postgresql] [--seconds 5]`.

Each process has a store of its own and 16 tasks, each of which adds one comment after the other. All of them
change the same post. The private servers run as their vendors ship them, on a disk.
"""

import argparse
import asyncio
import multiprocessing
import platform
import statistics
import time
from multiprocessing.managers import SyncManager
from multiprocessing.pool import Pool
from threading import Barrier
from typing import NamedTuple

from tests.servers import NAMES, Servers

from bench.blogs import COMMENT_LENGTH, START, make_post
from everpost.domain import clock
from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id
from everpost.errors import Busy
from everpost.stores import open_store
from everpost.stores.port import Store

PROCESSES = (1, 2, 4)
TASKS = 16
TIMEOUT = 5


class Added(NamedTuple):
    """The result of one process: the seconds that each comment took, and how often the store was busy."""

    seconds: list[float]
    busy: int


def add_comments(url: str, post_id: Id, begin: Barrier, duration: float) -> Added:
    return asyncio.run(_add_comments(url, post_id, begin, duration))


async def _add_comments(url: str, post_id: Id, begin: Barrier, duration: float) -> Added:
    store = await open_store(url, timeout=TIMEOUT, pool_size=TASKS)
    seconds: list[float] = []
    busy, end = 0, 0.0

    async def add() -> None:
        nonlocal busy
        while (began := time.time()) < end:
            try:
                await store.comments.add(make_comment(post_id))
            except Busy:
                busy += 1
            else:
                seconds.append(time.time() - began)

    try:
        await asyncio.to_thread(begin.wait)
        end = time.time() + duration
        await asyncio.gather(*(add() for _ in range(TASKS)))
    finally:
        await store.close()
    return Added(seconds, busy)


def make_comment(post_id: Id) -> Comment:
    now = clock.now()
    return Comment(
        id=new_id(),
        post_id=post_id,
        content="z" * COMMENT_LENGTH,
        publication_date=now,
        updated_at=now,
    )


async def publish(url: str) -> tuple[Store, Id]:
    store = await open_store(url, timeout=60, pool_size=1)
    post = make_post("One post", START, comments=0)
    await store.posts.add(post)
    return store, post.id


async def measure(store_name: str, servers: Servers, pool: Pool, manager: SyncManager, seconds: float) -> str:
    """A row of the table. Every comment that was acknowledged is counted by the post."""
    databases = servers.databases(store_name)
    cells = []
    for processes in PROCESSES:
        await databases.create("bench")
        url = databases.url("bench")
        store, post_id = await publish(url)
        calls = [(url, post_id, manager.Barrier(processes), seconds)] * processes
        added = await asyncio.to_thread(pool.starmap, add_comments, calls)
        took = [each for one in added for each in one.seconds]
        busy = sum(one.busy for one in added)
        assert (await store.posts.get(post_id, comments=0)).comment_count >= len(took)
        slowest = statistics.quantiles(took, n=100)[-1]
        cells.append(f"{len(took) / seconds:,.0f}/s, p99 {slowest * 1000:.0f} ms, {busy} busy")
        await store.close()
        await databases.drop("bench")
    await databases.close()
    return f"| {store_name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.writers", description=__doc__)
    parser.add_argument("--stores", default=",".join(NAMES))
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}; {TASKS} tasks in each process\n")
    print(f"| store | {' | '.join(f'{number} processes' for number in PROCESSES)} |")
    print("|---|" + "---|" * len(PROCESSES))
    servers = Servers(durable=True)
    try:
        spawning = multiprocessing.get_context("spawn")
        with spawning.Manager() as manager, spawning.Pool(max(PROCESSES)) as pool:
            for store_name in options.stores.split(","):
                row = measure(store_name, servers, pool, manager, options.seconds)
                print(asyncio.run(row), flush=True)
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
