"""`python -m bench.uploads [COUNT]`: reads of a post while many pictures are uploaded at once.

Serves a blog on SQLite with two workers, and prints the reads per second without and during the uploads,
the rate of the uploads in MB/s, and the peak memory of all processes.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from tests.faults.served import AS_ADMIN, ServedBlog

COUNT, READERS, SECONDS = 50, 8, 5.0
WIDTH, HEIGHT = 2_000, 1_500
_DONE = 201


def pictures(count: int) -> list[bytes]:
    """Photographs, as far as the compression is concerned: about 2 MB each."""
    noise = Image.effect_noise((WIDTH, HEIGHT), 40).convert("RGB")
    found = []
    for number in range(count):
        noise.putpixel((number, 0), (255, 0, 0))
        file = BytesIO()
        noise.save(file, "JPEG", quality=90)
        found.append(file.getvalue())
    return found


async def reads(client: httpx.AsyncClient, path: str, until: Callable[[], bool]) -> float:
    """The reads per second of all readers."""
    done, began = 0, time.monotonic()

    async def read() -> None:
        nonlocal done
        while not until():
            (await client.get(path)).raise_for_status()
            done += 1

    await asyncio.gather(*(read() for _ in range(READERS)))
    return done / (time.monotonic() - began)


def upload_all(address: str, headers: dict[str, str], files: list[bytes]) -> float:
    """Upload all files at once, and return the seconds that this took. Runs in a process of its own."""

    async def upload() -> float:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits, headers=headers) as client:
            began = time.monotonic()
            answers = await asyncio.gather(*(client.post("/media", content=each) for each in files))
            assert {each.status_code for each in answers} == {_DONE}, {each.text for each in answers}
            return time.monotonic() - began

    return asyncio.run(upload())


def memory(group: int) -> int:
    """Bytes of memory of the processes in this process group, shared pages counted once each."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                rollup = (stat.parent / "smaps_rollup").read_text()
                total += int(rollup.partition("Pss:")[2].split()[0]) * 1024
    return total


async def watched(group: int, work: Awaitable[float]) -> tuple[float, int]:
    """The result of the work, and the peak memory meanwhile."""
    task, peak = asyncio.ensure_future(work), 0
    while not task.done():
        peak = max(peak, await asyncio.to_thread(memory, group))
        await asyncio.sleep(0.2)
    return await task, peak


async def measure(blog: ServedBlog, files: list[bytes]) -> None:
    """Print the figures."""
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(base_url=blog.api, timeout=600) as client:
        post = {"title": "Hello", "content": "Some words. " * 200}
        path = f"/posts/{(await client.post('/posts', json=post, headers=AS_ADMIN)).json()['id']}"
        end = time.monotonic() + SECONDS
        alone = await reads(client, path, lambda: time.monotonic() > end)
        with ProcessPoolExecutor(1) as other:
            sent = loop.run_in_executor(other, upload_all, blog.api, AS_ADMIN, files)
            uploads = asyncio.create_task(watched(blog.process.pid, sent))
            during = await reads(client, path, uploads.done)
            seconds, peak = await uploads
    size = sum(map(len, files)) / 1_000_000
    print(f"{len(files)} uploads, {size:.0f} MB, in {seconds:.1f} s: {size / seconds:.1f} MB/s")
    print(f"reads: {alone:.0f}/s alone, {during:.0f}/s meanwhile ({during / alone:.0%})")
    print(f"peak memory: {peak / 1_000_000:.0f} MB")


def main() -> None:
    """Measure, with as many uploads as the argument says."""
    files = pictures(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    with (
        tempfile.TemporaryDirectory() as folder,
        ServedBlog(f"sqlite:///{folder}/blog.db", Path(folder), workers=2) as blog,
    ):
        asyncio.run(measure(blog, files))


if __name__ == "__main__":
    main()
