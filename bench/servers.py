"""Database servers for a benchmark, and databases on them."""

import argparse
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from devtools.servers import NAMES, Servers, find_offer
from devtools.servers.databases import Databases
from devtools.servers.private import CannotStart

from everpost.errors import EverpostError


@contextmanager
def durable_servers() -> Iterator[Servers]:
    """Servers with their vendors' default settings, on a disk, stopped afterwards. An error ends this process
    with a line that explains it.
    """
    servers = Servers(durable=True)
    # So that programs and servers are stopped in order, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield servers
    except (EverpostError, CannotStart) as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    finally:
        servers.stop()


@asynccontextmanager
async def open_databases(servers: Servers, store: str) -> AsyncIterator[Databases]:
    """The databases of a server. Its connections are closed afterwards."""
    databases = servers.databases(store)
    try:
        yield databases
    finally:
        await databases.close()


@asynccontextmanager
async def fresh(databases: Databases, name: str) -> AsyncIterator[str]:
    """The URL of an empty database, which is dropped afterwards."""
    await databases.create(name)
    try:
        yield databases.url(name)
    finally:
        await databases.drop(name)


def add_stores(parser: argparse.ArgumentParser) -> None:
    """Add the option `--stores`; the default is all that are available on this machine."""
    parser.add_argument("--stores", type=some_of(NAMES), help="default: those that are available")


def available_stores() -> Sequence[str]:
    """The stores that are available on this machine; prints the others."""
    offer = find_offer()
    for name, reason in offer.missing.items():
        print(f"bench: without {name}: {reason}")
    return offer.names


def some_of(names: Collection[str]) -> Callable[[str], Sequence[str]]:
    """A parser of comma-separated names."""

    def parse(text: str) -> Sequence[str]:
        given = text.split(",")
        if unknown := [name for name in given if name not in names]:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}; there is {', '.join(names)}")
        return given

    return parse
