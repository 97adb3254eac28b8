"""How large a blog may grow: `python -m bench.growth [--sizes 1000,100000] [--stores sqlite,mysql]
[--write]`.

Reads single posts over HTTP, from blogs of each size in turn, with one worker and 16 connections: random
posts without a cache in the worker, so that every request reads the post from the database; and one of 1,000
posts, with Everpost's default settings. Then, on the smallest blog, 1 and 2 workers with 1 to 256
connections. Figures are medians of the rounds.
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
from itertools import product
from typing import TypeAlias

from devtools.servers import Servers

from bench.http.processes import Program
from bench.http.subjects import everpost
from bench.http.wrk import CONNECTIONS, drive, find_wrk
from bench.pages import STORES, table, write_part
from bench.progress import say
from bench.servers import add_stores, available_stores, durable_servers, fresh, open_databases
from everpost.app import API
from everpost.benchmark.blog import Size, make_records, post_id
from everpost.benchmark.client import Request
from everpost.benchmark.loader import load
from everpost.benchmark.machine import describe_machine
from everpost.benchmark.results import Figures
from everpost.domain.people.tokens import new_secret

SIZES = (1_000, 100_000, 1_000_000)
MOST = 1.2
"""Times as long as among the fewest posts, that reading one may take among the most."""
ASKED = 100_000
"""Posts that are asked for, at most: wrk keeps a request for each."""
FEW = 1_000
COLD, WARM = "any post, none kept", f"one of {FEW:,} posts"
WORKERS = (1, 2)
AT_A_TIME = (1, 4, 16, 64, 256)
"""Connections."""


@dataclass(frozen=True)
class GrownBlog:
    """A blog of this many posts in the database at the URL, and the paths of random posts."""

    size: int
    url: str
    paths: Sequence[str]

    async def drive(self, program: Program, asked: int, *, seconds: int, connections: int) -> Figures:
        """Read the first `asked` of these posts."""
        request = Request("GET", self.paths[0], 200)
        driven = await drive(
            program, request, seconds=seconds, connections=connections, paths=self.paths[:asked]
        )
        return driven.figures


Load: TypeAlias = tuple[int, int]
"""Workers, and connections."""
Reading: TypeAlias = tuple[str, int]
"""What is read, and from a blog of how many posts."""


async def grow(url: str, size: int, comments: int) -> GrownBlog:
    """Fill an empty database."""
    blog = Size(size, comments)

    def loaded(done: int) -> None:
        say(f"{size:,} posts: {done / blog.records:.0%} loaded")

    await load(url, make_records(blog, new_secret()), timeout=60, loaded=loaded)
    chosen = random.sample(range(size), min(size, ASKED))
    return GrownBlog(size, url, [f"{API}/posts/{post_id(number)}" for number in chosen])


async def measure_sizes(
    blogs: Sequence[GrownBlog], rounds: int, seconds: int
) -> Mapping[Reading, Sequence[Figures]]:
    """Measure both ways to read, on each blog in turn; the first round warms up."""
    seen: dict[Reading, list[Figures]] = defaultdict(list)
    with ExitStack() as stack:
        programs = {
            (way, blog.size): (stack.enter_context(everpost(blog.url, **settings)), blog, asked)
            for way, asked, settings in ((COLD, ASKED, {"cache_megabytes": 0}), (WARM, FEW, {}))
            for blog in blogs
        }
        for number in range(-1, rounds):
            for reading, (program, blog, asked) in programs.items():
                say(f"round {number + 1} of {rounds}: {reading[0]}, among {reading[1]:,}")
                figures = await blog.drive(program, asked, seconds=seconds, connections=CONNECTIONS)
                if number >= 0:
                    seen[reading].append(figures)
    return seen


async def measure_loads(blog: GrownBlog, rounds: int, seconds: int) -> Mapping[Load, Sequence[Figures]]:
    """Measure each number of workers with each number of connections in turn; the first round warms up."""
    seen: dict[Load, list[Figures]] = defaultdict(list)
    with ExitStack() as stack:
        programs = {workers: stack.enter_context(everpost(blog.url, workers=workers)) for workers in WORKERS}
        for number in range(-1, rounds):
            for workers, connections in product(WORKERS, AT_A_TIME):
                say(f"round {number + 1} of {rounds}: {workers} workers, {connections} connections")
                program = programs[workers]
                figures = await blog.drive(program, FEW, seconds=seconds, connections=connections)
                if number >= 0:
                    seen[workers, connections].append(figures)
    return seen


def size_rows(store: str, seen: Mapping[Reading, Sequence[Figures]]) -> Iterator[Sequence[str]]:
    """A row for each way to read; figures that are much slower than for the fewest posts are in bold."""
    for way in (COLD, WARM):
        rates = {size: Figures.median(rounds).rate for (of, size), rounds in seen.items() if of == way}
        fewest = rates[min(rates)]
        yield [f"{STORES[store]}, {way}", *(_size_cell(rate, fewest / rate) for rate in rates.values())]


def _size_cell(rate: float, times: float) -> str:
    cell = f"{rate:,.0f} ({times:.2f} x)"
    return f"**{cell}**" if times > MOST else cell


def load_rows(store: str, seen: Mapping[Load, Sequence[Figures]]) -> Iterator[Sequence[str]]:
    """A row for each number of workers: requests per second, and the p99 in milliseconds."""
    for workers in WORKERS:
        medians = (Figures.median(rounds) for (of, _), rounds in seen.items() if of == workers)
        cells = (f"{each.rate:,.0f} ({each.p99:.1f} ms)" for each in medians)
        yield [f"{STORES[store]}, {workers} {'worker' if workers == 1 else 'workers'}", *cells]


async def run(options: argparse.Namespace, servers: Servers) -> str:
    """All measurements, as Markdown."""
    of_sizes: list[Sequence[str]] = []
    of_loads: list[Sequence[str]] = []
    for store in options.stores:
        async with AsyncExitStack() as stack:
            databases = await stack.enter_async_context(open_databases(servers, store))
            blogs = []
            for size in options.sizes:
                url = await stack.enter_async_context(fresh(databases, f"bench_{size}"))
                blogs.append(await grow(url, size, options.comments))
            of_sizes += size_rows(store, await measure_sizes(blogs, options.rounds, options.seconds))
            of_loads += load_rows(store, await measure_loads(blogs[0], options.rounds, options.seconds))
    say("")
    command = shlex.join(["python", "-m", "bench.growth", *sys.argv[1:]])
    fewest = options.sizes[0]
    parts = [
        f"`{command}`; {describe_machine()['machine']}.\n",
        f"Requests per second for one post with {CONNECTIONS} connections and one worker.\n",
        f"x: the time per request, relative to that among {fewest:,} posts; above {MOST} x in bold.\n",
        table(["", *(f"among {size:,} posts" for size in options.sizes)], of_sizes),
        f"Requests per second, and p99; one of {FEW:,} posts among {fewest:,}.\n",
        table(["connections", *map(str, AT_A_TIME)], of_loads),
    ]
    return "\n".join(parts)


def read_options() -> argparse.Namespace:
    """The options on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.growth", description="How much a blog may grow; see docs/performance.md."
    )
    add = parser.add_argument
    add(
        "--sizes", type=_sizes, default=SIZES, help="numbers of posts, ascending; others are beside the first"
    )
    add_stores(parser)
    add("--comments", type=int, default=1, help="under each post; default: 1")
    add("--rounds", type=int, default=5)
    add("--seconds", type=int, default=2, help="for each figure in each round; default: 2")
    add("--write", action="store_true", help="write the tables into docs/")
    given = parser.parse_args()
    given.stores = given.stores or available_stores()
    return given


def _sizes(text: str) -> Sequence[int]:
    return sorted(map(int, text.split(",")))


def main() -> None:
    options = read_options()
    find_wrk()
    with durable_servers() as servers:
        text = asyncio.run(run(options, servers))
    print(text)
    if options.write:
        write_part("bench.growth", text)


if __name__ == "__main__":
    main()
