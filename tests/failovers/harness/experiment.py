"""An experiment: servers, clients and faults, and a check of the promises."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.failovers.harness.client import PATIENCE, PAUSE
from tests.failovers.harness.clients import Clients
from tests.failovers.harness.promises import violations
from tests.failovers.harness.report import Gap, longest_gap
from tests.faults.served import ServedBlog

WORKERS = 2
POOL_SIZE = 5
WARM = 20
"""Acknowledged writes before, between and after faults."""
MOST_ADDED = 10.0
"""Seconds that Everpost may add to the outage of the database. 2 are promised; a busy machine may need more.
"""


class Cluster(Protocol):
    """A database on several nodes, some of which can fail."""

    name: str
    most_connections: int
    """The maximum number of connections from one Everpost process to one node."""

    def urls(self, servers: int) -> list[str]:
        """The database URLs for this many Everpost servers."""
        ...

    async def write(self) -> None:
        """Make a durable write with a plain client of the database. If it raises, it was not acknowledged."""
        ...

    async def connections(self) -> int:
        """The number of Everpost's connections to the node with the most of them."""
        ...

    async def until_whole(self) -> None:
        """Wait until every node is in service, or ready to take over."""
        ...

    def fault(self, name: str) -> AbstractAsyncContextManager[None]:
        """A context manager: the fault begins on entry, and is repaired on exit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of an experiment."""

    broken: Sequence[str]
    gaps: Sequence[Gap]
    acknowledged: int
    statuses: Mapping[int | None, int]
    connections: int
    """The maximum number of connections from Everpost to one node."""

    def __str__(self) -> str:
        answers = ", ".join(f"{count} x {status or 'none'}" for status, count in self.statuses.items())
        lines = [
            f"{self.acknowledged} writes acknowledged; answers: {answers}",
            f"at most {self.connections} connections to one node",
            *map(str, self.gaps),
            *self.broken[:20],
        ]
        return "\n".join(lines)


async def run(cluster: Cluster, fault: str, folder: Path, *, rounds: int = 1, servers: int = 1) -> Outcome:
    """Run clients before, during and after the faults, and check their history."""
    gaps = []
    async with AsyncExitStack() as opened:
        blogs = [await opened.enter_async_context(_served(url, folder)) for url in cluster.urls(servers)]
        clients = await opened.enter_async_context(Clients([blog.api for blog in blogs]))
        plain = await opened.enter_async_context(_plain_writes(cluster))
        counts = await opened.enter_async_context(_connection_counts(cluster))
        await clients.start()
        await clients.until_acknowledged(WARM)
        for _ in range(rounds):
            clients.spread()
            begin = time.monotonic()
            async with cluster.fault(fault):
                await clients.until_acknowledged(WARM)
            await cluster.until_whole()
            await clients.until_acknowledged(WARM)
            acknowledged = [each.answered for each in clients.history if each.is_acknowledged]
            now = time.monotonic()
            gaps.append(
                Gap(
                    fault=fault,
                    of_everpost=longest_gap(acknowledged, since=begin, until=now),
                    of_the_database=longest_gap(plain, since=begin, until=now),
                )
            )
        ending = await clients.stop()
        said = "".join(blog.said() for blog in blogs)
    return Outcome(
        broken=[*violations(clients.history, ending), *_tracebacks(said)],
        gaps=gaps,
        acknowledged=sum(each.is_acknowledged for each in clients.history),
        statuses=Counter(each.status for each in clients.history),
        connections=max(counts, default=0),
    )


def _tracebacks(logged: str) -> list[str]:
    """The log from its first traceback on, if it has one: no failure of a database should cause any."""
    _, found, after = logged.partition("Traceback")
    return [f"{found}{after[:8000]}"] if found else []


def assert_kept(outcome: Outcome, cluster: Cluster) -> None:
    """Assert that every promise was kept, and print the numbers."""
    print(outcome)  # noqa: T201 - it is what a run is for
    assert outcome.broken == []
    assert outcome.connections <= WORKERS * cluster.most_connections
    assert all(gap.added < MOST_ADDED for gap in outcome.gaps), outcome.gaps


@asynccontextmanager
async def _served(url: str, folder: Path) -> AsyncIterator[ServedBlog]:
    settings = {"EVERPOST_DATABASE_POOL_SIZE": str(POOL_SIZE)}
    blog = ServedBlog(url, folder, workers=WORKERS, settings=settings)
    try:
        await asyncio.to_thread(blog.__enter__)
        yield blog
    finally:
        await asyncio.to_thread(blog.__exit__, None, None, None)


@asynccontextmanager
async def _plain_writes(cluster: Cluster) -> AsyncIterator[list[float]]:
    """The times at which the consecutive writes of a plain client were acknowledged."""
    moments: list[float] = []

    async def write() -> None:
        await cluster.write()
        moments.append(time.monotonic())

    async with _again_and_again(write, pause=PAUSE):
        yield moments


@asynccontextmanager
async def _connection_counts(cluster: Cluster) -> AsyncIterator[list[int]]:
    """Samples of the number of Everpost's connections."""
    counts: list[int] = []

    async def count() -> None:
        counts.append(await cluster.connections())

    async with _again_and_again(count, pause=10 * PAUSE):
        yield counts


@asynccontextmanager
async def _again_and_again(work: Callable[[], Awaitable[None]], *, pause: float) -> AsyncIterator[None]:
    """Repeat a call in the background, whether it succeeds or not. It is never cancelled, because drivers may
    mistake a cancellation for a failure of their own.
    """
    is_over = asyncio.Event()

    async def repeat() -> None:
        while not is_over.is_set():
            with suppress(Exception):
                await work()
            await asyncio.sleep(pause)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        is_over.set()
        async with asyncio.timeout(PATIENCE):
            await task
