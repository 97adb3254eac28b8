"""How fast a blog moves: `python -m bench.transfers [--posts 2000] [--comments 20] [--pictures 100]`.

A blog of this size is copied between all pairs of stores, exported from each store to an archive, and
imported from it: with the commands that users run, each in its own process. Rows per second counts the posts,
comments and users in the target when the command ends, after it has read them back and compared them; memory
is the peak RSS of the process. A blog with pictures moves in the same way: `bench.pictures`. WordPress
exports, a small one and one ten times as large, are imported in the same way.

Each result is compared with the baseline of `bench.bulk_loads`, measured in the same run: how long the
drivers alone take to read the source's rows once and to load as many of the target's. *Times* is how many
times as long the command takes; *at a second* is the same if reading 42,000 rows counted as a second.

The private servers have their vendors' default settings, and store data on a disk.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from devtools.servers import Servers
from devtools.servers.databases import Databases

from bench import bulk_loads, pictures
from bench.commands import Measured, run
from bench.pages import row, table
from bench.servers import add_stores, available_stores, durable_servers, fresh, open_databases
from bench.wordpress_exports import write_export
from everpost.benchmark.blog import Size, make_records
from everpost.benchmark.loader import load
from everpost.benchmark.machine import describe_machine
from everpost.domain.people.tokens import new_secret

READ_AT = 42_000
"""Rows that are taken to be read in a second, for the second of the two ratios."""


@dataclass(frozen=True)
class Yardstick:
    """How long the driver of a store takes to read a blog, and to load it."""

    reading: float
    loading: float


async def make_source(databases: Databases, url: str, size: Size) -> Yardstick:
    """Create the blog at a URL, and measure the baseline of its store. The rows are in a separate process:
    the memory of a process counts for those that it starts.
    """
    async with fresh(databases, "bench_yardstick") as target_url:
        await run("db", "upgrade", database_url=target_url)
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            return await loop.run_in_executor(process, _make_source, url, target_url, size)


def _make_source(url: str, target_url: str, size: Size) -> Yardstick:
    async def make() -> Yardstick:
        await load(url, make_records(size, new_secret()), timeout=60)
        tables, reading = await bulk_loads.read(url)
        return Yardstick(reading, await bulk_loads.load(target_url, tables))

    return asyncio.run(make())


async def measure(servers: Servers, names: Sequence[str], size: Size) -> None:
    """Use every store as a source: fill it, copy it to each of the others, export it, import the archive."""
    rows = size.records
    async with AsyncExitStack() as filled:
        every = {name: await filled.enter_async_context(open_databases(servers, name)) for name in names}
        folder = filled.enter_context(tempfile.TemporaryDirectory())
        urls = {name: await filled.enter_async_context(fresh(every[name], "bench_source")) for name in names}
        sticks = {}
        for name, url in urls.items():
            sticks[name] = await make_source(every[name], url, size)
            print(f"{name}: read in {sticks[name].reading:.2f} s, loaded in {sticks[name].loading:.2f} s")
        figures = ("seconds", "rows a second", "times", "at a second", "peak memory, MB")
        print(f"\n{table(['from', 'to', *figures], words=2)}", end="")
        for source in names:
            for target in (name for name in names if name != source):
                async with fresh(every[target], "bench_target") as target_url:
                    measured = await run("copy", urls[source], target_url)
                report(source, target, rows, measured, sticks[source].reading, sticks[target].loading)
            archive = f"{folder}/{source}.jsonl"
            report(source, "archive", rows, await run("export", archive, database_url=urls[source]))
            async with fresh(every[source], "bench_target") as target_url:
                measured = await run("import", archive, database_url=target_url)
            report("archive", source, rows, measured, 0, sticks[source].loading)


def report(  # noqa: PLR0913, PLR0917 - they are the columns
    source: str, target: str, rows: int, measured: Measured, reading: float = 0, loading: float | None = None
) -> None:
    """A row of the table."""
    seconds = measured.seconds
    times = "" if loading is None else f"{seconds / (reading + loading):.1f}"
    at_a_second = "" if loading is None else f"{seconds / (rows / READ_AT + loading):.1f}"
    cells = (
        source,
        target,
        f"{seconds:.1f}",
        f"{rows / seconds:,.0f}",
        times,
        at_a_second,
        f"{measured.megabytes:.0f}",
    )
    print(row(cells), end="", flush=True)


async def measure_import(servers: Servers, name: str, posts: int, comments: int) -> None:
    """Import a WordPress export into a store, and one with ten times as many posts."""
    figures = ("items", "seconds", "items a second", "peak memory, MB")
    print(f"\n{table(['export', 'to', *figures], words=2)}", end="")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "wordpress.xml")
        async with open_databases(servers, name) as databases:
            for size in (posts, 10 * posts):
                write_export(path, posts=size, comments=comments, length=5_000)
                items = size * (1 + comments)
                async with fresh(databases, "bench_import") as url:
                    measured = await run("import", str(path), "--from", "wordpress", database_url=url)
                rate, memory = f"{items / measured.seconds:,.0f}", f"{measured.megabytes:.0f}"
                cells = (f"{size:,} posts", name, f"{items:,}", f"{measured.seconds:.1f}", rate, memory)
                print(row(cells), end="", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.transfers", description=__doc__)
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--comments", type=int, default=20, help="under each post")
    parser.add_argument("--pictures", type=int, default=100, help="in the blog with pictures")
    add_stores(parser)
    parser.add_argument("--exported", type=int, default=1_000, help="posts in the smaller export")
    options = parser.parse_args()
    names = options.stores or available_stores()
    machine = describe_machine()["machine"]
    print(f"{machine}; {options.posts:,} posts with {options.comments} comments each\n")
    with durable_servers() as servers:
        if options.posts:
            asyncio.run(measure(servers, names, Size(options.posts, options.comments)))
        if options.pictures:
            asyncio.run(pictures.measure(servers, names, options.pictures))
        if options.exported:
            asyncio.run(measure_import(servers, names[0], options.exported, options.comments))


if __name__ == "__main__":
    main()
