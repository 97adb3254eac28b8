"""How fast a blog moves: `python -m bench.transfers [--posts 10000] [--comments 20] [--stores sqlite,mysql]`.

A blog of so many posts, with so many comments under each, is copied in every direction between the
stores, and through an archive out of each and into each: with the commands that users run, each in a
process of its own. A row a second is a post, a comment or a user that is there when the command has
ended, its reading back and comparing included; memory is the most that the process held (its peak RSS).
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
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from tests.servers import NAMES, Servers
from tests.servers.databases import Databases

from bench.blogs import START
from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post
from everpost.domain.records import Batch, Record
from everpost.domain.users import Author, Role, User
from everpost.stores import open_store

AT_ONCE = 2_000
"""Records in a batch while the blog is made."""


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


async def measure(servers: Servers, names: Sequence[str], posts: int, comments: int) -> None:
    """Every store as a source: filled, copied to each of the others, exported, and imported again."""
    rows = 1 + posts + posts * comments
    every = {name: servers.databases(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for source in names:
            archive = f"{folder}/{source}.jsonl"
            async with fresh(every[source], "bench_source") as source_url:
                await fill(source_url, posts, comments)
                for target in (name for name in names if name != source):
                    async with fresh(every[target], "bench_target") as target_url:
                        report(source, target, rows, await run("copy", source_url, target_url))
                report(source, "archive", rows, await run("export", archive, database_url=source_url))
            async with fresh(every[source], "bench_target") as target_url:
                report("archive", source, rows, await run("import", archive, database_url=target_url))
    for databases in every.values():
        await databases.close()


def report(source: str, target: str, rows: int, measured: Measured) -> None:
    """A row of the table."""
    rate = rows / measured.seconds
    print(
        f"| {source} | {target} | {measured.seconds:.1f} | {rate:,.0f} | {measured.megabytes:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.transfers", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--comments", type=int, default=20, help="under each post")
    parser.add_argument("--stores", default=",".join(NAMES))
    options = parser.parse_args()
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    print(f"{machine}; {options.posts:,} posts with {options.comments} comments each\n")
    print("| from | to | seconds | rows a second | peak memory, MB |")
    print("|---|---|---|---|---|")
    servers = Servers(durable=True)
    try:
        asyncio.run(measure(servers, options.stores.split(","), options.posts, options.comments))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
