"""Concurrent writers, and the results of their requests when the server is stopped or killed."""

import asyncio
import json
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.served import ADMIN_TOKEN, NO_TLS, PATIENCE, ServedBlog
from tests.faults.writers import Writers, create_post, read_kept

BODY = json.dumps({"title": "Slow", "content": "x" * 1000}).encode()
HEAD = (
    "POST /api/posts HTTP/1.1\r\nHost: blog\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {ADMIN_TOKEN}\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
)


@pytest.mark.long_but_on("sqlite", "mongodb")  # with the other databases, the server stops by the same code
async def test_four_workers_refuse_nobody_and_answer_what_is_in_flight_before_they_stop(
    database_url: str, tmp_path: Path
) -> None:
    """No request fails because of a locked database, and no acknowledged write is lost."""
    with (
        ServedBlog(database_url, tmp_path, workers=4) as blog,
        socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) as slow,
    ):
        slow.sendall(HEAD.encode() + BODY[:100])
        writers = Writers(blog.api, await create_post(blog.api))
        # Separate connections, so that the requests are spread over the workers.
        clients = [httpx.AsyncClient(timeout=PATIENCE, verify=NO_TLS) for _ in range(8)]
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(writers.write(client)) for client in clients]
            await writers.until_acknowledged(100)
            blog.terminate()
            await wait_until_closed(blog)
            slow.sendall(BODY[100:])
            assert (await asyncio.to_thread(slow.recv, 65536)).startswith(b"HTTP/1.1 201 ")
            assert await asyncio.to_thread(blog.process.wait, PATIENCE) == 0, blog.said()
            writers.stopping = True
            await asyncio.wait(running)
        for client in clients:
            await client.aclose()
        assert set(writers.statuses) == {201}
    assert writers.acknowledged <= await read_kept(database_url, writers.post_id)


@pytest.mark.long_but_on("sqlite")  # `test_databases_away` also kills the servers of other databases
async def test_an_acknowledged_write_survives_a_killed_server(database_url: str, tmp_path: Path) -> None:
    with ServedBlog(database_url, tmp_path) as blog:
        writers = Writers(blog.api, await create_post(blog.api))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient(verify=NO_TLS) as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            blog.kill()
            writers.stopping = True
            await asyncio.wait(running)
    assert writers.acknowledged <= await read_kept(database_url, writers.post_id)


async def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, workers=2) as blog:
        assert blog.client.get("/health/live").status_code == 200
        blog.kill_parent()
        await wait_until_closed(blog)


async def wait_until_closed(blog: ServedBlog) -> None:
    deadline = time.monotonic() + PATIENCE
    while blog.listens():
        assert time.monotonic() < deadline, blog.said()
        await asyncio.sleep(0.01)
