"""What a blog does when its database is not there, goes away, and comes back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.faults.served import PATIENCE, ServedBlog
from tests.faults.writers import Writers, create_post, read_thread
from tests.servers import open_databases
from tests.servers.private import PrivateServer, free_port


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb", "mongodb"])
async def test_a_database_that_is_not_there_is_a_clear_error_within_seconds(scheme: str) -> None:
    url = f"{scheme}://writer:not-for-logs@127.0.0.1:{free_port()}/blog"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "everpost", "serve", "--port", str(free_port())],
        env={**os.environ, "EVERPOST_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("everpost: ")
    assert "127.0.0.1" in done.stderr
    assert "not-for-logs" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


async def test_a_database_that_restarts_loses_no_acknowledged_write(
    server_name: str, server: PrivateServer, tmp_path: Path
) -> None:
    url = await create_blog(server_name, server)
    with ServedBlog(url, tmp_path) as blog:
        writers = Writers(blog.address, await create_post(blog.address))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient(timeout=PATIENCE) as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            await asyncio.to_thread(server.restart)
            await writers.until_acknowledged(50)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.restart)
            await writers.until_acknowledged(50)
            writers.stopping = True
            await asyncio.wait(running)
        assert set(writers.statuses) <= {200, 201, 503}
        assert writers.unanswered == 0, "the blog itself must never go away"
        assert writers.acknowledged <= set(await read_thread(blog.address, writers.post_id))


async def test_an_acknowledged_write_survives_blog_and_database_killed_at_once(
    server_name: str, server: PrivateServer, tmp_path: Path
) -> None:
    url = await create_blog(server_name, server)
    with ServedBlog(url, tmp_path, workers=2) as blog:
        writers = Writers(blog.address, await create_post(blog.address))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient() as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            await asyncio.gather(asyncio.to_thread(server.kill), asyncio.to_thread(blog.kill))
            writers.stopping = True
            await asyncio.wait(running)
    await asyncio.to_thread(server.restart)
    with ServedBlog(url, tmp_path) as blog:
        assert writers.acknowledged <= set(await read_thread(blog.address, writers.post_id))


async def create_blog(server_name: str, server: PrivateServer) -> str:
    """The URL of a new database on the server."""
    databases = open_databases(server_name, server.url())
    await databases.create("blog")
    await databases.close()
    return server.url("blog")
