"""`python -m bench.uploads [COUNT]`: reads of a post while many pictures are uploaded at once.

Serves a blog on SQLite with two workers, and prints the reads per second without and during the uploads,
the rate of the uploads in MB/s, and the peak memory of the largest process.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO

import httpx
from PIL import Image

from bench.http.processes import Program
from everpost.domain.people.tokens import new_secret

COUNT, READERS, SECONDS = 50, 8, 5.0
WIDTH, HEIGHT = 2_000, 1_500
_DONE = 201
TOKEN = new_secret()
AS_ADMIN = {"authorization": f"Bearer {TOKEN}"}


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
    """Upload all files at once, and return the seconds that this took. Runs in a process of its own,
    which takes little from the others, as if it were on another machine.
    """
    os.nice(19)

    async def upload() -> float:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits, headers=headers) as client:
            began = time.monotonic()
            answers = await asyncio.gather(*(client.post("/media", content=each) for each in files))
            assert {each.status_code for each in answers} == {_DONE}, {each.text for each in answers}
            return time.monotonic() - began

    return asyncio.run(upload())


async def watched(blog: Program, work: Awaitable[float]) -> tuple[float, float]:
    """The result of the work, and the peak memory of the largest process meanwhile."""
    task, peak = asyncio.ensure_future(work), 0.0
    while not task.done():
        peak = max(peak, await asyncio.to_thread(blog.megabytes))
        await asyncio.sleep(0.2)
    return await task, peak


async def measure(blog: Program, files: list[bytes]) -> None:
    """Print the figures."""
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(base_url=blog.address, timeout=600) as client:
        post = {"title": "Hello", "content": "Some words. " * 200}
        path = f"/posts/{(await client.post('/posts', json=post, headers=AS_ADMIN)).json()['id']}"
        end = time.monotonic() + SECONDS
        alone = await reads(client, path, lambda: time.monotonic() > end)
        with ProcessPoolExecutor(1) as other:
            sent = loop.run_in_executor(other, upload_all, blog.address, AS_ADMIN, files)
            uploads = asyncio.create_task(watched(blog, sent))
            during = await reads(client, path, uploads.done)
            seconds, peak = await uploads
    size = sum(map(len, files)) / 1_000_000
    print(f"{len(files)} uploads, {size:.0f} MB, in {seconds:.1f} s: {size / seconds:.1f} MB/s")
    print(f"reads: {alone:.0f}/s alone, {during:.0f}/s meanwhile ({during / alone:.0%})")
    print(f"peak memory of the largest process: {peak:.0f} MB")


def main() -> None:
    """Measure, with as many uploads as the argument says."""
    files = pictures(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "EVERPOST_DATABASE_URL": f"sqlite:///{folder}/blog.db",
            "EVERPOST_ADMIN_TOKEN": TOKEN,
            "EVERPOST_API_ONLY": "on",
            "EVERPOST_WORKERS": "2",
        }
        command = ("everpost", "serve", "--port", "{port}")
        with Program(command, environment, ready="/health/ready") as blog:
            asyncio.run(measure(blog, files))


if __name__ == "__main__":
    main()
