"""docs/proxies/ is true: each example keeps from Everpost what docs/operating.md says."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog
from tests.servers.proxies import NAME, Caddy, Nginx, Proxy

WRONG = {"username": "nobody@blog.example", "password": "wrong horse battery"}


@pytest.fixture(
    params=[
        pytest.param(kind, id=kind.program, marks=pytest.mark.skipif(kind.find() is None, reason="not here"))
        for kind in (Nginx, Caddy)
    ]
)
def proxy(request: pytest.FixtureRequest, empty_blog_file: Path, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy of an example, in front of a blog that lets an address try one wrong password."""
    settings = {"EVERPOST_PROXIES": "1", "EVERPOST_FAILED_LOGINS_PER_HOUR": "1"}
    url = f"sqlite:///{shutil.copy(empty_blog_file, tmp_path)}"
    with ServedBlog(url, tmp_path, settings=settings) as blog, request.param(blog.port, tmp_path) as running:
        yield running


def test_a_proxy_of_the_examples_keeps_its_promises(proxy: Proxy, subtests: pytest.Subtests) -> None:
    with proxy.client() as client:
        with subtests.test("answers come over TLS, for a year, as Everpost gave them"):
            created = client.post("/posts", headers=AS_ADMIN, json={"title": "T", "content": "x" * 10_000})
            assert created.status_code == 201
            assert created.headers["strict-transport-security"] == "max-age=31536000"
            answer = client.get(created.headers["location"], headers={"accept-encoding": "gzip, zstd, br"})
            changed = client.patch(
                created.headers["location"],
                headers=AS_ADMIN | {"if-match": answer.headers["etag"]},
                json={"title": "Changed"},
            )
            assert changed.status_code == 200
        with subtests.test("without TLS there is nothing but the way to it"):
            plain = httpx.get(f"http://{NAME}:{proxy.plain_port}/posts?a=b", verify=proxy.trust)
            assert plain.status_code in {301, 308}
            assert plain.headers["location"].startswith("https://")
        with subtests.test("nobody can claim another address"):
            tried = [
                client.post("/login", data=WRONG, headers={"x-forwarded-for": claimed}).status_code
                for claimed in ("192.0.2.1", "192.0.2.2, 192.0.2.3")
            ]
            assert tried == [401, 429]
            with proxy.client("127.0.0.2") as elsewhere:
                assert elsewhere.post("/login", data=WRONG).status_code == 401
        with subtests.test("a header without measure is refused"):
            assert 400 <= client.get("/posts", headers={"x-long": "x" * 100_000}).status_code < 500


def test_a_body_that_is_too_large_or_stalls_ends(proxy: Proxy) -> None:
    with proxy.client() as client:
        started = time.monotonic()
        large = client.post("/posts", headers=AS_ADMIN, content=b"x" * 4_000_000)
        assert large.status_code == 413
        head = f"POST /login HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 100\r\n"
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as plain,
            proxy.trust.wrap_socket(plain, server_hostname=NAME) as stalled,
        ):
            stalled.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nu".encode())
            assert client.get("/health/live").status_code == 200
            assert ended(stalled)
        assert time.monotonic() - started < PATIENCE


def ended(connection: socket.socket) -> bool:
    """Whether the other side ends the connection, whatever it says before."""
    try:
        while connection.recv(65536):
            pass
    except OSError as error:
        return not isinstance(error, TimeoutError)
    return True
