"""One run: servers, databases, the blog in each, every subject on it; each until the end of a `with`."""

import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from tests.servers import Servers
from tests.servers.databases import Databases
from tests.servers.private import CannotStart

from bench.http.blog import MeasuredBlog, make_blog
from bench.http.driving import Failed
from bench.http.operations import EVERPOST, LIMIT, REFERENCE, TUTORIAL, Operation
from bench.http.processes import DoesNotServe
from bench.http.subjects import Subject, driver_url, everpost_on, limit_of, tutorial_on


@contextmanager
def ending(servers: Servers) -> Iterator[None]:
    """Stop the servers afterwards; what goes wrong meanwhile ends this process, with a line that says why."""
    # So that programs and servers are stopped in order, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (Failed, DoesNotServe, CannotStart) as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    finally:
        servers.stop()


def blog_for(operations: Sequence[Operation], rounds: int) -> MeasuredBlog:
    """A blog with the threads that these operations need. Of threads up to 1,000 there is one for each
    round; a longer one is hardly longer after it.
    """
    sizes = {operation.thread for operation in operations if operation.thread is not None}
    return make_blog({size: rounds if size <= 1_000 else 1 for size in sorted(sizes)})


@asynccontextmanager
async def serving(
    servers: Servers,
    stores: Sequence[str],
    kinds: Sequence[str],
    operations: Sequence[Operation],
    rounds: int,
) -> AsyncIterator[list[Subject]]:
    """Every subject of these kinds on these stores, in the order in which they take turns."""
    blog = blog_for(operations, rounds)
    async with AsyncExitStack() as stack:
        subjects = []
        for store in stores:
            databases = await stack.enter_async_context(open_databases(servers, store))
            if EVERPOST in kinds or LIMIT in kinds:
                name = await stack.enter_async_context(fresh(databases, "bench_everpost"))
                url = databases.url(name)
                subjects.append(await stack.enter_async_context(everpost_on(store, url, blog)))
            if REFERENCE in kinds and store != "mongodb":
                name = await stack.enter_async_context(fresh(databases, "bench_reference"))
                url = databases.url(name)
                subjects.append(await stack.enter_async_context(everpost_on(store, url, blog, REFERENCE)))
            if TUTORIAL in kinds:
                name = await stack.enter_async_context(fresh(databases, "bench_tutorial"))
                url = driver_url(databases, databases.url(name))
                subjects.append(await stack.enter_async_context(tutorial_on(store, url, blog)))
        prebuilt = [operation for operation in operations if LIMIT in operation.subjects]
        if LIMIT in kinds and prebuilt:
            subjects.append(await stack.enter_async_context(limit_of(subjects[0], prebuilt)))
        yield [subject for subject in subjects if subject.kind in kinds]


@asynccontextmanager
async def open_databases(servers: Servers, store: str) -> AsyncIterator[Databases]:
    """The databases of a server, whose connections are given back afterwards."""
    databases = servers.databases(store)
    try:
        yield databases
    finally:
        await databases.close()


@asynccontextmanager
async def fresh(databases: Databases, name: str) -> AsyncIterator[str]:
    """The name of an empty database, which is dropped afterwards."""
    await databases.create(name)
    try:
        yield name
    finally:
        await databases.drop(name)
