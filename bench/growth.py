"""How much a blog may grow: `python -m bench.growth [--sizes 1000,100000] [--stores sqlite,mysql] [--write]`.

One post among so many, over HTTP, from blogs of each size in turn, with one worker and 16 connections:
any post, by chance, with nothing kept in the worker, so that every request reads the post in the
database; and one of 1,000 posts, as Everpost is set up by itself. Then, on the smallest blog, 1 and 2
workers with 1 to 256 connections. Figures are medians of the rounds.
"""

import argparse
import asyncio
import random
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product
from statistics import median
from typing import TypeAlias

from tests.servers import NAMES, Servers

from bench.blogs import START, make_comments, make_post
from bench.http.driving import CONNECTIONS, Driven, Request, drive, find_wrk
from bench.http.machine import machine
from bench.http.options import some_of, stores_here
from bench.http.report import STORES, table
from bench.http.running import ending, fresh, open_databases
from bench.http.subjects import everpost
from bench.pages import write_part
from bench.progress import say
from everpost.domain.ids import Id
from everpost.domain.records import Batch, Record
from everpost.stores import open_store

SIZES = (1_000, 100_000, 1_000_000)
MOST = 1.2
"""Times as long as among the fewest posts, that reading one may take among the most."""
AT_ONCE = 2_000
"""Records in a batch while a blog is made."""
ASKED = 100_000
"""Posts that are asked for, at most: wrk keeps a request for each."""
FEW = 1_000
COLD, WARM = "any post, none kept", f"one of {FEW:,} posts"
WORKERS = (1, 2)
AT_A_TIME = (1, 4, 16, 64, 256)
"""Connections."""


@dataclass(frozen=True)
class GrownBlog:
    """A blog of so many posts, in the database at the URL, and some of its posts, by chance."""

    size: int
    url: str
    asked: Sequence[Id]

    def request(self, asked: int) -> Request:
        return Request("GET", [f"/posts/{post_id}" for post_id in self.asked[:asked]], 200)


Load: TypeAlias = tuple[int, int]
"""Workers, and connections."""
Reading: TypeAlias = tuple[str, int]
"""What is read, and from a blog of how many posts."""


def make_records(size: int, comments: int, chosen: frozenset[int], ids: list[Id]) -> Iterator[Record]:
    """Posts, a minute apart, with so many comments each; the ids of the chosen ones are put in `ids`."""
    for number in range(size):
        post = make_post(f"Post {number}", START + timedelta(minutes=number), comments=comments)
        if number in chosen:
            ids.append(post.id)
        yield post
        yield from make_comments(post.id, comments)


async def grow(url: str, size: int, comments: int) -> GrownBlog:
    """Fill an empty database."""
    ids: list[Id] = []
    chosen = frozenset(random.sample(range(size), min(size, ASKED)))
    records = make_records(size, comments, chosen, ids)
    store = await open_store(url, timeout=60, pool_size=2)
    try:
        while batch := list(islice(records, AT_ONCE)):
            await store.records.write(Batch(kept=batch))
            say(f"{size:,} posts: {len(ids) / len(chosen):.0%} are there")
    finally:
        await store.close()
    random.shuffle(ids)
    return GrownBlog(size, url, ids)


async def measure_sizes(
    blogs: Sequence[GrownBlog], rounds: int, seconds: int
) -> Mapping[Reading, Sequence[Driven]]:
    """Both ways to read, from each blog in turn; the first round warms up."""
    seen: dict[Reading, list[Driven]] = defaultdict(list)
    with ExitStack() as stack:
        programs = {
            (way, blog.size): (stack.enter_context(everpost(blog.url, **settings)), blog.request(asked))
            for way, asked, settings in ((COLD, ASKED, {"cache_megabytes": 0}), (WARM, FEW, {}))
            for blog in blogs
        }
        for number in range(-1, rounds):
            for reading, (program, request) in programs.items():
                say(f"round {number + 1} of {rounds}: {reading[0]}, among {reading[1]:,}")
                driven = await drive(program, request, seconds=seconds)
                if number >= 0:
                    seen[reading].append(driven)
    return seen


async def measure_loads(blog: GrownBlog, rounds: int, seconds: int) -> Mapping[Load, Sequence[Driven]]:
    """Each number of workers with each number of connections in turn; the first round warms up."""
    seen: dict[Load, list[Driven]] = defaultdict(list)
    request = blog.request(FEW)
    with ExitStack() as stack:
        programs = {workers: stack.enter_context(everpost(blog.url, workers=workers)) for workers in WORKERS}
        for number in range(-1, rounds):
            for load in product(WORKERS, AT_A_TIME):
                workers, connections = load
                say(f"round {number + 1} of {rounds}: {workers} workers, {connections} connections")
                driven = await drive(programs[workers], request, seconds=seconds, connections=connections)
                if number >= 0:
                    seen[load].append(driven)
    return seen


def size_rows(store: str, seen: Mapping[Reading, Sequence[Driven]]) -> Iterator[Sequence[str]]:
    """A row for each way to read; in bold what takes too much longer than among the fewest posts."""
    for way in (COLD, WARM):
        rates = {
            size: median(each.rate for each in driven) for (of, size), driven in seen.items() if of == way
        }
        fewest = rates[min(rates)]
        yield [f"{STORES[store]}, {way}", *(_size_cell(rate, fewest / rate) for rate in rates.values())]


def _size_cell(rate: float, times: float) -> str:
    cell = f"{rate:,.0f} ({times:.2f} x)"
    return f"**{cell}**" if times > MOST else cell


def load_rows(store: str, seen: Mapping[Load, Sequence[Driven]]) -> Iterator[Sequence[str]]:
    """A row for each number of workers: requests a second, and the p99 in milliseconds."""
    for workers in WORKERS:
        cells = (
            f"{median(each.rate for each in driven):,.0f} ({median(each.p99 for each in driven):.1f} ms)"
            for (of, _), driven in seen.items()
            if of == workers
        )
        yield [f"{STORES[store]}, {workers} {'worker' if workers == 1 else 'workers'}", *cells]


async def run(options: argparse.Namespace, servers: Servers) -> str:
    """Everything that was measured, as Markdown."""
    of_sizes: list[Sequence[str]] = []
    of_loads: list[Sequence[str]] = []
    for store in options.stores:
        async with AsyncExitStack() as stack:
            databases = await stack.enter_async_context(open_databases(servers, store))
            blogs = []
            for size in options.sizes:
                name = await stack.enter_async_context(fresh(databases, f"bench_{size}"))
                blogs.append(await grow(databases.url(name), size, options.comments))
            of_sizes += size_rows(store, await measure_sizes(blogs, options.rounds, options.seconds))
            of_loads += load_rows(store, await measure_loads(blogs[0], options.rounds, options.seconds))
    say("")
    command = shlex.join(["python", "-m", "bench.growth", *sys.argv[1:]])
    fewest = options.sizes[0]
    parts = [
        f"`{command}`; {machine()}.\n",
        f"Requests a second for one post with {CONNECTIONS} connections and one worker.\n",
        f"x: times as long as among {fewest:,} posts, {MOST} at most.\n",
        table(["", *(f"among {size:,} posts" for size in options.sizes)], of_sizes),
        f"Requests a second, and p99; one of {FEW:,} posts among {fewest:,}.\n",
        table(["connections", *map(str, AT_A_TIME)], of_loads),
    ]
    return "\n".join(parts)


def read_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.growth", description="How much a blog may grow; see docs/performance.md."
    )
    add = parser.add_argument
    add(
        "--sizes", type=_sizes, default=SIZES, help="numbers of posts, ascending; others are beside the first"
    )
    add("--stores", type=some_of(NAMES), help="default: those that can be had")
    add("--comments", type=int, default=1, help="under each post; default: 1")
    add("--rounds", type=int, default=5)
    add("--seconds", type=int, default=2, help="for each figure in each round; default: 2")
    add("--write", action="store_true", help="write the tables into docs/")
    given = parser.parse_args()
    given.stores = given.stores or stores_here()
    return given


def _sizes(text: str) -> Sequence[int]:
    return sorted(map(int, text.split(",")))


def main() -> None:
    options = read_options()
    find_wrk()
    servers = Servers(durable=True)
    with ending(servers):
        text = asyncio.run(run(options, servers))
    print(text)
    if options.write:
        write_part("bench.growth", text)


if __name__ == "__main__":
    main()
