"""How fast pictures move: between all pairs of stores, to an archive and back.

Their sizes are spread evenly over the magnitudes from 1 kB to 20 MB, so most are small, and most bytes are in
large ones. Their bytes cannot be compressed. MB per second counts all bytes of pictures, over the whole time
of the command; *times* is how many times as long it takes as the drivers alone (`bench.bulk_loads`) take to
read the chunks of the source and to load those of the target.
"""

import asyncio
import hashlib
import random
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from multiprocessing import get_context

from devtools.servers import Servers
from devtools.servers.databases import Databases

from bench import bulk_loads
from bench.commands import Measured, run
from bench.pages import row, table
from bench.servers import fresh, open_databases
from everpost.domain.clock import EPOCH
from everpost.domain.media.files import MediaFile
from everpost.domain.media.types import MediaType
from everpost.domain.records import Batch
from everpost.stores import open_store

SMALLEST, LARGEST = 1_000, 20_000_000
"""Bytes."""
_CHUNKS = ("media_bytes", "media_chunks")
_PART = 1_000_000


def sizes(count: int) -> Iterator[int]:
    """The sizes of the pictures, in bytes."""
    for number in range(count):
        yield round(SMALLEST * (LARGEST / SMALLEST) ** (number / max(1, count - 1)))


async def add_pictures(url: str, count: int) -> int:
    """Add pictures to the blog at a URL. Returns the number of bytes."""
    store = await open_store(url, timeout=60, pool_size=2)
    total = 0
    for number, size in enumerate(sizes(count)):
        content = random.Random(number).randbytes(size)
        digest = hashlib.sha256(content).hexdigest()
        await store.media_bytes.put(digest, _parts(content), size=size)
        file = MediaFile(
            digest=digest,
            name=f"picture-{number}.jpg",
            type=MediaType.JPEG,
            size=size,
            created_at=EPOCH,
            updated_at=EPOCH,
        )
        await store.records.write(Batch(kept=[file]))
        total += size
    await store.close()
    return total


async def _parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PART):
        yield content[start : start + _PART]


def _make_source(url: str, target_url: str, count: int) -> tuple[int, float, float]:
    """The number of bytes, and the seconds that the driver takes to read and to load them."""

    async def make() -> tuple[int, float, float]:
        total = await add_pictures(url, count)
        tables, reading = await bulk_loads.read(url, _CHUNKS)
        return total, reading, await bulk_loads.load(target_url, tables)

    return asyncio.run(make())


async def make_source(databases: Databases, url: str, count: int) -> tuple[int, float, float]:
    """Add the pictures, and measure the baseline of the store, in a separate process: its memory counts for
    the processes that it starts.
    """
    async with fresh(databases, "bench_yardstick") as target_url:
        await run("db", "upgrade", database_url=target_url)
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            return await loop.run_in_executor(process, _make_source, url, target_url, count)


async def measure(servers: Servers, names: Sequence[str], count: int) -> None:
    """Copy pictures from every store to each of the others, export them, import the archive."""
    async with AsyncExitStack() as filled:
        every = {name: await filled.enter_async_context(open_databases(servers, name)) for name in names}
        folder = filled.enter_context(tempfile.TemporaryDirectory())
        urls = {name: await filled.enter_async_context(fresh(every[name], "bench_source")) for name in names}
        size, reading, loading = 0, {}, {}
        print()
        for name, url in urls.items():
            await run("db", "upgrade", database_url=url)
            size, reading[name], loading[name] = await make_source(every[name], url, count)
            rates = (f"{size / 1e6 / seconds:,.0f} MB/s" for seconds in (reading[name], loading[name]))
            print(f"{name}: {count:,} pictures with {size / 1e6:,.0f} MB; read, loaded at {', '.join(rates)}")
        print(
            f"\n{table(['from', 'to', 'seconds', 'MB a second', 'times', 'peak memory, MB'], words=2)}",
            end="",
        )
        for source in names:
            for target in (name for name in names if name != source):
                async with fresh(every[target], "bench_target") as target_url:
                    measured = await run("copy", urls[source], target_url)
                report(source, target, size, measured, reading[source] + loading[target])
            archive = f"{folder}/{source}.jsonl"
            report(
                source,
                "archive",
                size,
                await run("export", archive, database_url=urls[source]),
                reading[source],
            )
            async with fresh(every[source], "bench_target") as target_url:
                measured = await run("import", archive, database_url=target_url)
            report("archive", source, size, measured, loading[source])


def report(source: str, target: str, size: int, measured: Measured, alone: float) -> None:
    """A row of the table."""
    seconds = measured.seconds
    cells = (
        f"{seconds:.1f}",
        f"{size / 1e6 / seconds:,.0f}",
        f"{seconds / alone:.1f}",
        f"{measured.megabytes:.0f}",
    )
    print(row((source, target, *cells)), end="", flush=True)
