"""How fast a blog moves: `python -m bench.transfers [--posts 2000] [--comments 20] [--stores sqlite,mysql]`.

A blog of this many posts and comments is copied in every direction between the stores, and through an
archive out of each and into each: with the commands that users run, each in a process of its own. A row a
second is a post, a comment or a user that is there when the command has ended, its reading back and
comparing included; memory is the most that the process held (its peak RSS). An export of WordPress, a small
one and one that is ten times as large, is imported likewise.

Beside each stands the yardstick of `bench.bulk_loads`, measured in the same run: how long the drivers
alone take to read the source's rows once and to load as many of the target's. *Times* is how many times as
long the command takes; *at a second* is the same where reading 42,000 rows counts as a second.

The private servers run as their vendors ship them, on a disk.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from tests.servers import NAMES, Servers
from tests.servers.databases import Databases

from bench import bulk_loads
from bench.blogs import START
from bench.wordpress_exports import write_export
from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post
from everpost.domain.records import Batch, Record
from everpost.domain.users import Author, Role, User
from everpost.stores import open_store

AT_ONCE = 2_000
"""Records in a batch while the blog is made."""
READ_AT = 42_000
"""Rows that are taken to be read in a second, for the second of the two ratios."""


@dataclass(frozen=True)
class Measured:
    """What one command took."""

    seconds: float
    megabytes: float


def make_records(posts: int, comments: int) -> Iterator[Record]:
    """A user, and posts of 1,000 characters with comments of 200 under each, a quarter of them replies."""
    user = User(
        id=new_id(),
        name="Ann Author",
        email="ann@blog.example",
        role=Role.AUTHOR,
        created_at=START,
        updated_at=START,
    )
    author = Author(id=user.id, name="")
    yield user
    for number in range(posts):
        moment = START + timedelta(hours=number)
        post_id = new_id()
        yield Post(
            id=post_id,
            title=f"Post {number}",
            content="x" * 1_000,
            publication_date=moment,
            updated_at=moment,
            slug=f"post-{number}",
            tags=("a tag", f"tag {number % 100}"),
            author=author,
            version=1 + comments,
            comment_count=comments,
        )
        yield from _thread(post_id, moment, comments)


def _thread(post_id: Id, moment: datetime, comments: int) -> Iterator[Comment]:
    names = [new_id() for _ in range(comments)]
    for number, name in enumerate(names):
        said_at = moment + timedelta(minutes=number)
        is_reply, is_answered = number % 4 == 3, number % 4 == 2 and number + 1 < comments
        yield Comment(
            id=name,
            post_id=post_id,
            content="y" * 200,
            publication_date=said_at,
            updated_at=said_at,
            guest_name="Gus Guest",
            parent_id=names[number - 1] if is_reply else None,
            depth=int(is_reply),
            reply_count=int(is_answered),
        )


async def fill(url: str, posts: int, comments: int) -> None:
    """Make the blog in an empty database."""
    store = await open_store(url, timeout=60, pool_size=2)
    try:
        records = make_records(posts, comments)
        while batch := list(islice(records, AT_ONCE)):
            await store.records.write(Batch(kept=batch))
    finally:
        await store.close()


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


@asynccontextmanager
async def fresh(databases: Databases, name: str) -> AsyncIterator[str]:
    """The URL of a database in which nothing is."""
    await databases.create(name)
    try:
        yield databases.url(name)
    finally:
        await databases.drop(name)


@dataclass(frozen=True)
class Yardstick:
    """How long the driver of a store takes to read a blog, and to load it."""

    reading: float
    loading: float


async def make_source(databases: Databases, url: str, posts: int, comments: int) -> Yardstick:
    """Make the blog at a URL, and measure the yardstick of its store. A process of its own holds the rows:
    what a process takes counts for those that it starts.
    """
    async with fresh(databases, "bench_yardstick") as target_url:
        await run("db", "upgrade", database_url=target_url)
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            return await loop.run_in_executor(process, _make_source, url, target_url, posts, comments)


def _make_source(url: str, target_url: str, posts: int, comments: int) -> Yardstick:
    async def make() -> Yardstick:
        await fill(url, posts, comments)
        tables, reading = await bulk_loads.read(url)
        return Yardstick(reading, await bulk_loads.load(target_url, tables))

    return asyncio.run(make())


async def measure(servers: Servers, names: Sequence[str], posts: int, comments: int) -> None:
    """Every store as a source: filled, copied to each of the others, exported, and imported again."""
    rows = 1 + posts + posts * comments
    every = {name: servers.databases(name) for name in names}
    async with AsyncExitStack() as filled:
        folder = filled.enter_context(tempfile.TemporaryDirectory())
        urls = {name: await filled.enter_async_context(fresh(every[name], "bench_source")) for name in names}
        sticks = {}
        for name, url in urls.items():
            sticks[name] = await make_source(every[name], url, posts, comments)
            print(f"{name}: read in {sticks[name].reading:.2f} s, loaded in {sticks[name].loading:.2f} s")
        print("\n| from | to | seconds | rows a second | times | at a second | peak memory, MB |")
        print("|---|---|---|---|---|---|---|")
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
    for databases in every.values():
        await databases.close()


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
    print(f"| {' | '.join(cells)} |", flush=True)


async def measure_import(servers: Servers, name: str, posts: int, comments: int) -> None:
    """An export of WordPress into a store, and one with ten times as many posts."""
    databases = servers.databases(name)
    print("\n| export | to | items | seconds | items a second | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "wordpress.xml")
        for size in (posts, 10 * posts):
            write_export(path, posts=size, comments=comments, length=5_000)
            items = size * (1 + comments)
            async with fresh(databases, "bench_import") as url:
                measured = await run("import", str(path), "--from", "wordpress", database_url=url)
            rate = f"{measured.seconds:.1f} | {items / measured.seconds:,.0f} | {measured.megabytes:.0f}"
            print(f"| {size:,} posts | {name} | {items:,} | {rate} |", flush=True)
    await databases.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.transfers", description=__doc__)
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--comments", type=int, default=20, help="under each post")
    parser.add_argument("--stores", default=",".join(NAMES))
    parser.add_argument("--exported", type=int, default=1_000, help="posts in the smaller export")
    options = parser.parse_args()
    names = options.stores.split(",")
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    print(f"{machine}; {options.posts:,} posts with {options.comments} comments each\n")
    servers = Servers(durable=True)
    try:
        if options.posts:
            asyncio.run(measure(servers, names, options.posts, options.comments))
        if options.exported:
            asyncio.run(measure_import(servers, names[0], options.exported, options.comments))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
