"""How many comments per second one post takes from several server processes: `python -m bench.writers
[--stores mongodb,postgresql] [--seconds 5]`.

Each process has its own store and 16 tasks, each of which adds one comment after the other. All of them
change the same post. The private servers have their vendors' default settings, and store data on a disk.
"""

import argparse
import asyncio
import multiprocessing
import time
from multiprocessing.managers import SyncManager
from multiprocessing.pool import Pool
from threading import Barrier
from typing import NamedTuple

from devtools.servers import Servers

from bench.comments import new_comment
from bench.pages import row, table
from bench.servers import add_stores, available_stores, durable_servers, fresh, open_databases
from everpost.benchmark.blog import Size, make_records, post_id
from everpost.benchmark.loader import load
from everpost.benchmark.machine import describe_machine
from everpost.benchmark.results import Figures
from everpost.domain.people.tokens import new_secret
from everpost.errors import Busy
from everpost.stores import open_store

PROCESSES = (1, 2, 4)
TASKS = 16
TIMEOUT = 5
POST = post_id(0)


class Added(NamedTuple):
    """The result of one process: the seconds that each comment took, and how often the store was busy."""

    seconds: list[float]
    busy: int


def add_comments(url: str, begin: Barrier, duration: float) -> Added:
    return asyncio.run(_add_comments(url, begin, duration))


async def _add_comments(url: str, begin: Barrier, duration: float) -> Added:
    store = await open_store(url, timeout=TIMEOUT, pool_size=TASKS)
    seconds: list[float] = []
    busy, end = 0, 0.0

    async def add() -> None:
        nonlocal busy
        while (began := time.time()) < end:
            try:
                await store.comments.add(new_comment(POST))
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


async def measure(store_name: str, servers: Servers, pool: Pool, manager: SyncManager, seconds: float) -> str:
    """Measure, and return a row of the table."""
    cells = [store_name]
    async with open_databases(servers, store_name) as databases:
        for processes in PROCESSES:
            async with fresh(databases, "bench") as url:
                await load(url, make_records(Size(1, 0), new_secret()), timeout=60)
                calls = [(url, manager.Barrier(processes), seconds)] * processes
                added = await asyncio.to_thread(pool.starmap, add_comments, calls)
                took = [each for one in added for each in one.seconds]
                await require_counted(url, len(took))
            figures = Figures.of(took, within=seconds)
            busy = sum(one.busy for one in added)
            cells.append(f"{figures.rate:,.0f}/s, p99 {figures.p99:.0f} ms, {busy} busy")
    return row(cells)


async def require_counted(url: str, acknowledged: int) -> None:
    """Check that the post counts every acknowledged comment."""
    store = await open_store(url, timeout=60, pool_size=1)
    try:
        assert (await store.posts.get(POST, comments=0)).comment_count >= acknowledged
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.writers", description=__doc__)
    add_stores(parser)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    print(f"{describe_machine()['machine']}; {TASKS} tasks in each process\n")
    print(table(["store", *(f"{number} processes" for number in PROCESSES)]), end="")
    spawning = multiprocessing.get_context("spawn")
    with durable_servers() as servers, spawning.Manager() as manager, spawning.Pool(max(PROCESSES)) as pool:
        for store_name in options.stores or available_stores():
            measured = asyncio.run(measure(store_name, servers, pool, manager, options.seconds))
            print(measured, end="", flush=True)


if __name__ == "__main__":
    main()
