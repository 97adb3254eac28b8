"""Clients that stall: their connections are closed, and the server answers others meanwhile."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog

LOGIN = (
    b"POST /api/login HTTP/1.1\r\nHost: blog\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100\r\n\r\nu"
)
UPLOAD = (
    f"POST /api/media HTTP/1.1\r\nHost: blog\r\nAuthorization: {AS_ADMIN['authorization']}\r\n"
    "Content-Length: 100\r\n\r\nu"
).encode()
LIST = b"GET /api/posts HTTP/1.1\r\nHost: blog\r\n\r\n"
CONTENT = "x" * 1_000_000


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBlog]:
    """A blog with ten large posts, whose server has timeouts of half a second."""
    folder = tmp_path_factory.mktemp("stalling")
    settings = {"EVERPOST_BODY_TIMEOUT": "0.5", "EVERPOST_SEND_TIMEOUT": "0.5"}
    with ServedBlog(f"sqlite:///{folder}/blog.db", folder, settings=settings) as blog:
        for _ in range(10):
            post = {"title": "Large", "content": CONTENT}
            assert blog.client.post("/posts", json=post, headers=AS_ADMIN).status_code == 201
        yield blog


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_held(blog: ServedBlog, client: socket.socket) -> bool:
    """Whether the server still keeps its end of this connection open."""
    ours, theirs = f"{blog.port:04X}", f"{client.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(
        row[1].endswith(f":{ours}") and row[2].endswith(f":{theirs}") and row[3] == "01" for row in rows
    )


@pytest.mark.parametrize("request_", [LOGIN, UPLOAD], ids=["a form", "an upload"])
def test_a_body_that_stalls_is_answered_408_and_its_connection_ends(
    blog: ServedBlog, request_: bytes
) -> None:
    clients = [socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) for _ in range(20)]
    for client in clients:
        client.sendall(request_)
    for client in clients:
        with client, client.makefile("rb") as answer:
            response = answer.read()  # to the end of the connection
            assert response.startswith(b"HTTP/1.1 408 ")
            assert b"connection: close" in response.lower()
    assert blog.client.get("/health/live").status_code == 200


def test_an_answer_that_nobody_reads_ends_with_its_connection(blog: ServedBlog) -> None:
    clients = [socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) for _ in range(5)]
    for client in clients:
        client.sendall(LIST)
    until(lambda: not any(is_held(blog, client) for client in clients))
    for client in clients:
        client.close()
    assert blog.said().count("the client did not read the response in time") == len(clients)
    assert len(blog.client.get("/posts").json()) == 10


def test_an_answer_that_is_read_with_pauses_arrives_whole(blog: ServedBlog) -> None:
    with blog.client.stream("GET", "/posts") as answer:
        parts = []
        for part in answer.iter_raw(1024 * 1024):
            parts.append(part)
            time.sleep(0.1)
        assert [post["content"] for post in json.loads(b"".join(parts))] == [CONTENT] * 10
