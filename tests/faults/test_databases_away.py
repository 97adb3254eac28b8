"""A blog whose database is unavailable, goes down, and comes back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from devtools.servers import open_databases
from devtools.servers.private import PrivateServer, free_port

from everpost import Settings, create_app
from everpost.stores import open_store
from tests.faults.served import NO_TLS, PATIENCE, ServedBlog
from tests.faults.writers import Writers, create_post, read_kept

OTHER_SCHEMES = ("mysql", "mariadb", "mongodb")


@pytest.mark.parametrize(
    "scheme", ["postgresql", *(pytest.param(scheme, marks=pytest.mark.long) for scheme in OTHER_SCHEMES)]
)
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


async def test_a_database_that_restarts_or_is_killed_loses_no_acknowledged_write(
    server_name: str, server: PrivateServer, tmp_path: Path
) -> None:
    """First only the database is killed, while the blog keeps running; in the end both are."""
    url = await create_blog(server_name, server)
    with ServedBlog(url, tmp_path) as blog:
        writers = Writers(blog.api, await create_post(blog.api))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient(timeout=PATIENCE, verify=NO_TLS) as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            await asyncio.to_thread(server.restart)
            await writers.until_acknowledged(50)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.restart)
            await writers.until_acknowledged(50)
            statuses, unanswered = set(writers.statuses), writers.unanswered
            await asyncio.gather(asyncio.to_thread(server.kill), asyncio.to_thread(blog.kill))
            writers.stopping = True
            await asyncio.wait(running)
    assert statuses <= {200, 201, 503}
    assert unanswered == 0, "the blog itself must keep running"
    await asyncio.to_thread(server.restart)
    assert writers.acknowledged <= await read_kept(url, writers.post_id)


async def test_a_worker_that_starts_during_an_outage_serves_after_it(
    server_name: str, server: PrivateServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = await create_blog(server_name, server)
    await (await open_store(url, timeout=PATIENCE, pool_size=1)).close()
    await asyncio.to_thread(server.kill)
    app = create_app(Settings(database_url=url, database_timeout=1))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog") as client,
    ):
        assert "the database cannot be used" in "".join(capsys.readouterr())
        assert (await client.get("/api/posts")).status_code == 503
        assert (await client.get("/")).status_code == 503
        await asyncio.to_thread(server.restart)
        async with asyncio.timeout(PATIENCE):
            while (await client.get("/api/posts")).status_code == 503:
                pass
        assert (await client.get("/")).status_code == 200


async def create_blog(server_name: str, server: PrivateServer) -> str:
    """The URL of a new database on the server."""
    databases = open_databases(server_name, server.url())
    await databases.create("blog")
    await databases.close()
    return server.url("blog")
