"""The proxies of docs/proxies, in front of a real Everpost."""

import contextlib
import resource
import select
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog
from tests.proxies.running import HOST, PROGRAMS, running

IDLE = 1_100
"""Connections; Everpost alone answers nobody beyond 1,024."""

pytestmark = pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name, marks=pytest.mark.skipif(program is None, reason=f"there is no {name} here: apt install it")
        )
        for name, program in PROGRAMS.items()
    ],
    scope="module",
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBlog]:
    folder = tmp_path_factory.mktemp("blog")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVERPOST_PROXIES", "1")
        patch.setenv("EVERPOST_FAILED_LOGINS_PER_HOUR", "2")
        with ServedBlog(f"sqlite:///{folder}/blog.db", folder) as blog:
            yield blog


@pytest.fixture(scope="module")
def port(
    name: str, blog: ServedBlog, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    with running(name, blog.port, tmp_path_factory.mktemp(name), authority) as port:
        yield port


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


class Client:
    """A client of the proxy at this loopback address."""

    def __init__(self, port: int, trusting: ssl.SSLContext) -> None:
        self._port = port
        self._trusting = trusting

    def request(
        self, method: str, path: str, *, address: str = "127.0.0.1", **options: object
    ) -> httpx.Response:
        transport = httpx.HTTPTransport(verify=self._trusting, local_address=address)
        with httpx.Client(transport=transport, timeout=PATIENCE) as client:
            extensions = {"sni_hostname": HOST}
            headers = {"host": HOST, **options.pop("headers", {})}  # type: ignore[dict-item]
            return client.request(
                method,
                f"https://127.0.0.1:{self._port}{path}",
                headers=headers,
                extensions=extensions,
                **options,  # type: ignore[arg-type]
            )

    def connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        return self._trusting.wrap_socket(plain, server_hostname=HOST)


@pytest.fixture
def client(port: int, trusting: ssl.SSLContext) -> Client:
    return Client(port, trusting)


def test_a_blog_is_served_over_tls_with_hsts(client: Client, name: str) -> None:
    for path, status in {"/": 200, "/health/live": 200, "/api/posts": 200, "/nothing": 404}.items():
        answer = client.request("GET", path)
        assert answer.status_code == status
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not any(character.isdigit() for character in answer.headers.get("server", name))


def test_the_largest_body_passes_and_a_larger_one_does_not(client: Client) -> None:
    content = "x" * 1_000_000
    posted = client.request("POST", "/api/posts", headers=AS_ADMIN, json={"title": "T", "content": content})
    assert posted.status_code == 201
    large = client.request("POST", "/api/posts", headers=AS_ADMIN, content=b"x" * 2_200_000)
    assert large.status_code == 413


def test_the_address_of_a_client_is_the_one_that_the_proxy_sees(client: Client, name: str) -> None:
    at = {"nginx": 10, "caddy": 20}[name]

    def log_in(number: int, address: str, **headers: str) -> int:
        form = {"username": f"{name}{number}@blog.example", "password": "wrong password"}
        return client.request("POST", "/api/login", address=address, headers=headers, data=form).status_code

    forged = [log_in(n, f"127.0.0.{at}", **{"x-forwarded-for": f"192.0.2.{n}, 10.0.0.1"}) for n in range(3)]
    assert forged == [401, 401, 429]
    assert log_in(3, f"127.0.0.{at + 1}") == 401


def test_a_huge_header_is_refused(client: Client) -> None:
    answer = client.request("GET", "/health/live", headers={"x-header": "x" * 100_000})
    assert answer.status_code in {400, 431}


def test_a_body_that_stalls_ends_and_never_reaches_everpost(
    name: str, authority: trustme.CA, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as everpost,
        running(name, everpost.getsockname()[1], tmp_path, authority) as port,
        Client(port, trusting).connect() as stalled,
    ):
        stalled.sendall(b"POST /api/login HTTP/1.1\r\nHost: blog.example\r\nContent-Length: 100\r\n\r\nu")
        with contextlib.suppress(OSError):
            while stalled.recv(1_000):
                pass
        assert select.select([everpost], [], [], 0) == ([], [], [])


def test_silent_connections_do_not_block_others(client: Client, port: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with contextlib.ExitStack() as opened:
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(IDLE):
            opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
        assert client.request("GET", "/health/live").status_code == 200
