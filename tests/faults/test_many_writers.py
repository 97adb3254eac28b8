"""Many processes that write to one file at once."""

import asyncio
from pathlib import Path

import httpx

from tests.faults.served import PATIENCE, ServedBlog
from tests.faults.writers import Writers, create_post, read_thread


async def test_four_workers_write_at_once_and_nobody_hears_of_a_locked_database(
    database_url: str, tmp_path: Path
) -> None:
    with ServedBlog(database_url, tmp_path, workers=4) as blog:
        writers = Writers(blog.address, await create_post(blog.address))
        # A connection each, so that the requests spread over the workers.
        clients = [httpx.AsyncClient(timeout=PATIENCE) for _ in range(16)]
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(writers.write(client)) for client in clients]
            await writers.until_acknowledged(200)
            writers.stopping = True
            await asyncio.wait(running)
        for client in clients:
            await client.aclose()
        assert set(writers.statuses) == {201}
        assert writers.acknowledged == set(await read_thread(blog.address, writers.post_id))
