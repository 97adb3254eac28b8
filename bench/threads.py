"""How long a thread may grow: `python -m bench.threads [--sizes 10,1000,100000] [--stores sqlite,mongodb]`.

For one post of each size, in the same run and interleaved: adding one comment, getting the post
with its first 100 comments inside, and getting the last page of the thread by cursor. The time of
each is a median over all rounds (adding: also the mean), at the port. The private servers run as their
vendors ship them, on a disk.
"""

import argparse
import asyncio
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tests.loading import load_thread
from tests.servers import NAMES, Servers

from bench.blogs import COMMENT_LENGTH, START, make_comments, make_post
from everpost.domain import clock
from everpost.domain.comments import Comment, CommentQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Position
from everpost.domain.posts import COMMENTS_INSIDE
from everpost.stores import open_store
from everpost.stores.port import Store

SIZES = (10, 1_000, 100_000, 1_000_000)
REFERENCE = 1_000
PAGE = 100


@dataclass
class Thread:
    """One post, and the seconds that each call took."""

    size: int
    post_id: Id
    seconds: dict[str, list[float]] = field(default_factory=dict)


async def load(store_name: str, url: str, size: int) -> Thread:
    post = make_post(f"{size} comments", START + timedelta(seconds=size), comments=size)
    await load_thread(store_name, url, post, make_comments(post.id, size))
    return Thread(size, post.id)


async def add_comment(store: Store, thread: Thread) -> None:
    now = clock.now()
    await store.comments.add(
        Comment(
            id=new_id(),
            post_id=thread.post_id,
            content="z" * COMMENT_LENGTH,
            publication_date=now,
            updated_at=now,
        )
    )


async def get_post(store: Store, thread: Thread) -> None:
    post = await store.posts.get(thread.post_id, comments=COMMENTS_INSIDE)
    assert len(post.comments) == min(COMMENTS_INSIDE, post.comment_count)


async def get_last_page(store: Store, thread: Thread) -> None:
    """The page behind the last 100 of the comments that were loaded."""
    last = START + timedelta(seconds=max(0, thread.size - PAGE))
    after = Position(last, Id("0" * 24))
    page = await store.comments.page(CommentQuery(post_id=thread.post_id, limit=PAGE, after=after))
    assert len(page.rows) >= min(thread.size, PAGE)


OPERATIONS: dict[str, Callable[[Store, Thread], Awaitable[None]]] = {
    "add a comment": add_comment,
    "get the post": get_post,
    "get the last page": get_last_page,
}


async def measure(store: Store, threads: Sequence[Thread], rounds: int) -> None:
    """Each operation on each thread in turn, round after round; the first ones warm up."""
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
            median = statistics.median(thread.seconds[name])
            ratio = median / statistics.median(reference.seconds[name])
            mean = statistics.mean(thread.seconds[name])
            beside = f", mean {mean * 1000:.2f}" if name == "add a comment" else ""
            cells.append(f"{median * 1000:.2f} ms ({ratio:.2f} x{beside})")
        print(f"| {store_name} | {name} | {' | '.join(cells)} |", flush=True)


async def run(store_name: str, servers: Servers, sizes: Sequence[int], rounds: int) -> None:
    databases = servers.databases(store_name)
    await databases.create("bench")
    url = databases.url("bench")
    store = await open_store(url, timeout=60, pool_size=5)
    try:
        threads = [await load(store_name, url, size) for size in sizes]
        await measure(store, threads, rounds)
        report(store_name, threads)
    finally:
        await store.close()
        await databases.drop("bench")
        await databases.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.threads", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help=f"must include {REFERENCE}")
    parser.add_argument("--stores", default=",".join(NAMES))
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if REFERENCE not in sizes:
        parser.error(f"--sizes must include {REFERENCE}")
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    print(f"{machine}, {options.rounds} rounds; x: times as long as with {REFERENCE:,} comments\n")
    print(f"| store | operation | {' | '.join(f'{size:,} comments' for size in sizes)} |")
    print("|---|---|" + "---|" * len(sizes))
    servers = Servers(durable=True)
    try:
        for store_name in options.stores.split(","):
            asyncio.run(run(store_name, servers, sizes, options.rounds))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
