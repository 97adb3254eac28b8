"""How long a thread may grow: `python -m bench.threads [--sizes 10,1000,100000] [--stores sqlite,mongodb]`.

For one post of each size, interleaved in one run: adding a comment, getting the post with its first 100
comments, and getting the last page of the thread by cursor. The time of each is a median over all rounds (for
adding, also the mean), at the port. The private servers have their vendors' default settings, and store data
on a disk.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from devtools.servers import Servers

from bench.comments import new_comment
from bench.pages import row, table
from bench.servers import add_stores, available_stores, durable_servers, fresh, open_databases
from everpost.benchmark.blog import Size, date, make_comments, make_owner, make_post, post_id
from everpost.benchmark.loader import load
from everpost.benchmark.machine import describe_machine
from everpost.benchmark.results import Figures
from everpost.domain.comments import CommentQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.tokens import new_secret
from everpost.domain.posts import COMMENTS_INSIDE
from everpost.domain.records import Record
from everpost.stores import open_store
from everpost.stores.port import Store

SIZES = (10, 1_000, 100_000, 1_000_000)
REFERENCE = 1_000
PAGE = 100


@dataclass
class Thread:
    """The comments on the post with a number, and the seconds that each call took."""

    size: int
    number: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def post_id(self) -> Id:
        return post_id(self.number)

    def figures(self, name: str) -> Figures:
        """The figures of the calls of this name."""
        return Figures.of(self.seconds[name], within=sum(self.seconds[name]))


def make_records(threads: Sequence[Thread]) -> Iterator[Record]:
    """A blog with these threads."""
    yield from make_owner(new_secret())
    for thread in threads:
        size = Size(1, thread.size)
        yield make_post(thread.number, size)
        yield from make_comments(thread.number, size)


async def add_comment(store: Store, thread: Thread) -> None:
    await store.comments.add(new_comment(thread.post_id))


async def get_post(store: Store, thread: Thread) -> None:
    post = await store.posts.get(thread.post_id, comments=COMMENTS_INSIDE)
    assert len(post.comments) == min(COMMENTS_INSIDE, post.comment_count)


async def get_last_page(store: Store, thread: Thread) -> None:
    """Get the page after the last 100 loaded comments."""
    last = date(thread.number) + timedelta(seconds=max(0, 1 + thread.size - PAGE))
    after = Position(last, Id("0" * 24))
    page = await store.comments.page(CommentQuery(post_id=thread.post_id, limit=PAGE, after=after))
    assert len(page.rows) >= min(thread.size, PAGE)


OPERATIONS: dict[str, Callable[[Store, Thread], Awaitable[None]]] = {
    "add a comment": add_comment,
    "get the post": get_post,
    "get the last page": get_last_page,
}


async def measure(store: Store, threads: Sequence[Thread], rounds: int) -> None:
    """Measure each operation on each thread in turn, round after round; the first rounds warm up."""
    for number in range(-rounds // 10, rounds):
        for name, operation in OPERATIONS.items():
            for thread in threads:
                began = time.perf_counter()
                await operation(store, thread)
                if number >= 0:
                    thread.seconds.setdefault(name, []).append(time.perf_counter() - began)


def report(store_name: str, threads: Sequence[Thread]) -> None:
    """A row for each operation: milliseconds for each size, and the ratio to the reference size."""
    reference = next(thread for thread in threads if thread.size == REFERENCE)
    for name in OPERATIONS:
        cells = []
        for thread in threads:
            figures = thread.figures(name)
            ratio = figures.p50 / reference.figures(name).p50
            beside = f", mean {1_000 / figures.rate:.2f}" if name == "add a comment" else ""
            cells.append(f"{figures.p50:.2f} ms ({ratio:.2f} x{beside})")
        print(row([store_name, name, *cells]), end="", flush=True)


async def run(store_name: str, servers: Servers, sizes: Sequence[int], rounds: int) -> None:
    async with open_databases(servers, store_name) as databases, fresh(databases, "bench") as url:
        threads = [Thread(size, number) for number, size in enumerate(sizes)]
        await load(url, make_records(threads), timeout=60)
        store = await open_store(url, timeout=60, pool_size=5)
        try:
            await measure(store, threads, rounds)
            report(store_name, threads)
        finally:
            await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.threads", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help=f"must include {REFERENCE}")
    add_stores(parser)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if REFERENCE not in sizes:
        parser.error(f"--sizes must include {REFERENCE}")
    machine = describe_machine()["machine"]
    print(f"{machine}; {options.rounds} rounds; x: times as long as with {REFERENCE:,} comments\n")
    print(table(["store", "operation", *(f"{size:,} comments" for size in sizes)], words=2), end="")
    with durable_servers() as servers:
        for store_name in options.stores or available_stores():
            asyncio.run(run(store_name, servers, sizes, options.rounds))


if __name__ == "__main__":
    main()
