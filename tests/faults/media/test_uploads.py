"""A refused upload's answer reaches the client, although it is still sending."""

import socket
from collections.abc import Iterator

import pytest

from tests.contract.http.media.files import document
from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog

MEGABYTE = bytes(1_000_000)
TOKEN = f"Authorization: {AS_ADMIN['authorization']}\r\n"
LENGTH, CHUNKS = "Content-Length: 30000000\r\n", "Transfer-Encoding: chunked\r\n"
FORM = "Content-Type: multipart/form-data; boundary=x\r\n"


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBlog]:
    folder = tmp_path_factory.mktemp("uploads")
    with ServedBlog(f"sqlite:///{folder}/blog.db", folder) as blog:
        yield blog


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (LENGTH, 401),
        (LENGTH + TOKEN, 413),
        (CHUNKS + TOKEN, 413),
        (CHUNKS + FORM + TOKEN, 400),
        (LENGTH + "Authorization: Bearer evp_unknown\r\n", 401),
    ],
    ids=["no token", "too large", "too large in chunks", "a form that is none", "a wrong token"],
)
def test_a_client_that_sends_everything_first_gets_the_answer(
    blog: ServedBlog, headers: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) as client:
        client.sendall(f"POST /api/media HTTP/1.1\r\nHost: blog\r\n{headers}\r\n".encode())
        for _ in range(30):
            client.sendall(b"f4240\r\n" + MEGABYTE + b"\r\n" if CHUNKS in headers else MEGABYTE)
        client.sendall(b"0\r\n\r\n" if CHUNKS in headers else b"")
        assert client.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_client_that_waits_for_leave_is_answered_before_it_sends(blog: ServedBlog) -> None:
    with socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) as client:
        head = f"POST /api/media HTTP/1.1\r\nHost: blog\r\nExpect: 100-continue\r\n{LENGTH}\r\n"
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 401 ")


def test_a_file_of_the_maximum_size_is_stored_and_read(blog: ServedBlog) -> None:
    content = document(19_900_000)
    response = blog.client.post("/media", content=content, headers=AS_ADMIN)
    assert response.status_code == 201, response.text
    read = blog.client.get(blog.address + response.json()["url"], headers=AS_ADMIN)
    assert (read.status_code, len(read.content)) == (200, response.json()["size"])
