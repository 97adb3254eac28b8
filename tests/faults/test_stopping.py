"""What becomes of requests when the server is told to stop, or is killed."""

import asyncio
import json
import socket
import time
from pathlib import Path

import httpx

from tests.faults.served import ADMIN_TOKEN, PATIENCE, ServedBlog
from tests.faults.writers import Writers, create_post, read_thread


async def test_a_request_in_flight_is_answered_before_the_server_stops(
    database_url: str, tmp_path: Path
) -> None:
    body = json.dumps({"title": "Slow", "content": "x" * 1000}).encode()
    head = (
        "POST /posts HTTP/1.1\r\nHost: blog\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {ADMIN_TOKEN}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with ServedBlog(database_url, tmp_path) as blog:
        with socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) as connection:
            connection.sendall(head.encode() + body[:100])
            assert blog.answers()  # so the server has read what came before
            blog.terminate()
            await wait_until_closed(blog)
            connection.sendall(body[100:])
            assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")
        assert blog.process.wait(PATIENCE) == 0, blog.said()


async def test_a_stop_under_load_is_clean_and_loses_no_acknowledged_write(
    database_url: str, tmp_path: Path
) -> None:
    with ServedBlog(database_url, tmp_path, workers=2) as blog:
        writers = Writers(blog.address, await create_post(blog.address))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient() as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            blog.terminate()
            assert await asyncio.to_thread(blog.process.wait, PATIENCE) == 0, blog.said()
            writers.stopping = True
            await asyncio.wait(running)
        assert set(writers.statuses) == {201}
    with ServedBlog(database_url, tmp_path) as blog:
        assert writers.acknowledged <= set(await read_thread(blog.address, writers.post_id))


async def test_an_acknowledged_write_survives_a_killed_server(database_url: str, tmp_path: Path) -> None:
    with ServedBlog(database_url, tmp_path, workers=2) as blog:
        writers = Writers(blog.address, await create_post(blog.address))
        async with asyncio.TaskGroup() as tasks, httpx.AsyncClient() as client:
            running = [tasks.create_task(writers.write(client)) for _ in range(8)]
            await writers.until_acknowledged(50)
            blog.kill()
            writers.stopping = True
            await asyncio.wait(running)
    with ServedBlog(database_url, tmp_path) as blog:
        assert writers.acknowledged <= set(await read_thread(blog.address, writers.post_id))


async def wait_until_closed(blog: ServedBlog) -> None:
    deadline = time.monotonic() + PATIENCE
    while blog.listens():
        assert time.monotonic() < deadline, blog.said()
        await asyncio.sleep(0.01)
