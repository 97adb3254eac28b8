"""`everpost serve`: what it refuses to start with, and how it runs."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from devtools.servers.private import free_port

from everpost.domain.people.tokens import new_secret
from everpost.domain.people.users import Role
from everpost.stores import open_store
from tests.cli.conftest import Command
from tests.contract.port.examples import register
from tests.faults.served import NO_TLS, PATIENCE, ServedBlog

START = b"POST /api/login HTTP/1.1\r\nHost: blog\r\nContent-Type: application/x-www-form-urlencoded\r\n"
UNENDED = START + b"Content-Length: 50\r\n\r\n{"
BROKEN_CHUNKS = START + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n"


def assert_one_line(error: str) -> None:
    assert error.startswith("everpost: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb", "mongodb"])
def test_a_database_that_cannot_be_reached_is_one_clear_line_within_seconds(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    url = f"{scheme}://writer:a-secret@127.0.0.1:{free_port()}/blog"
    monkeypatch.setenv("EVERPOST_DATABASE_URL", url)
    started = time.monotonic()
    outcome = everpost("serve")
    assert time.monotonic() - started < 60
    assert outcome.status == 1
    assert_one_line(outcome.err)
    assert "a-secret" not in outcome.err + outcome.out


@pytest.mark.usefixtures("blog_file")
def test_a_port_that_is_in_use_is_one_clear_line(everpost: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        outcome = everpost("serve", "--port", str(port))
    assert outcome.status == 1
    assert outcome.err == (
        f"everpost: Cannot listen on 127.0.0.1:{port}: the address is already in use."
        " Choose another port with --port or EVERPOST_PORT.\n"
    )


@pytest.mark.usefixtures("blog_file")
def test_a_host_that_does_not_exist_is_one_clear_line(everpost: Command) -> None:
    outcome = everpost("serve", "--host", "256.256.256.256")
    assert outcome.status == 1
    assert_one_line(outcome.err)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVERPOST_PORT", "eighty"),
        ("EVERPOST_PORT", "99999"),
        ("EVERPOST_WORKERS", "0"),
        ("EVERPOST_DATABASE_TIMEOUT", "-1"),
        ("EVERPOST_LOG_LEVEL", "loud"),
        ("EVERPOST_PROXIES", "-1"),
        ("EVERPOST_CORS_ORIGINS", "elsewhere"),
    ],
)
def test_a_bad_setting_is_named_and_its_value_is_not_shown(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    outcome = everpost("serve")
    assert outcome.status == 1
    assert_one_line(outcome.err)
    assert name in outcome.err
    assert value not in outcome.err


def test_an_option_goes_before_the_environment(everpost: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERPOST_PORT", "eighty")
    assert "EVERPOST_PORT" not in everpost("serve", "--port", "8000", "--workers", "0").err


def test_who_reads_where_it_listens_is_answered_there(tmp_path: Path) -> None:
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path) as blog:
        assert f"Everpost is listening on {blog.address}\n" in blog.said()
        assert blog.client.get("/health/live").status_code == 200


def test_a_blog_is_set_up_served_and_stopped(tmp_path: Path) -> None:
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, workers=2, admin_token=None) as blog:
        logged, message, *_ = blog.said().splitlines()
        assert " admin.created " in logged
        greeting, _, secret = message.rpartition("#")
        assert greeting.endswith(f" {blog.address}/desk/welcome")
        header = {"authorization": f"Bearer {secret}"}
        created = blog.client.post("/posts", json={"title": "a", "content": "b"}, headers=header)
        assert created.status_code == 201
        read = httpx.get(blog.address + created.headers["location"], verify=NO_TLS)
        assert read.json() == created.json()
        blog.terminate()
        assert blog.process.wait(PATIENCE) == 0
        assert blog.said().splitlines() == [
            logged,
            f"{greeting}#{secret}",
            f"Everpost is listening on {blog.address}",
            f"Database: sqlite:///{tmp_path}/blog.db",
            f"API documentation: {blog.api}/docs",
        ]
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, admin_token=None) as blog:
        assert "evp_" not in blog.said()


def test_the_api_alone_is_served_at_the_root(tmp_path: Path) -> None:
    settings = {"EVERPOST_API_ONLY": "true"}
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, settings=settings) as blog:
        assert f"API documentation: {blog.address}/docs\n" in blog.said()
        found = {path: httpx.get(blog.address + path, verify=NO_TLS) for path in ("/posts", "/docs", "/")}
        assert {path: answer.status_code for path, answer in found.items()} == {
            "/posts": 200,
            "/docs": 200,
            "/": 404,
        }
        assert found["/"].headers["content-type"] == "application/problem+json"


def test_an_option_selects_the_api_alone(everpost: Command) -> None:
    assert "--api-only" in everpost("serve", "--help").out
    assert "EVERPOST_WORKERS" in everpost("serve", "--api-only", "--workers", "0").err


def test_a_setting_that_is_misspelt_is_one_line_of_the_log(tmp_path: Path) -> None:
    settings = {"EVERPOST_DATABSE_URL": "a-secret"}
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, workers=2, settings=settings) as blog:
        warned = [line for line in blog.said().splitlines() if "EVERPOST_DATABSE_URL" in line]
        assert len(warned) == 1
        assert "warning" in warned[0]
        assert "Did you mean EVERPOST_DATABASE_URL?" in warned[0]
        assert "a-secret" not in blog.said()


def test_a_server_that_is_stopped_while_its_workers_start_does_not_wait_for_them(tmp_path: Path) -> None:
    """Granian's message that it kills a worker proves nothing: on a busy machine it is also written if the
    worker has ended, but another thread of Granian has not recorded that yet.
    """
    settings = {"EVERPOST_SHUTDOWN_TIMEOUT": "3600"}
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, workers=4, settings=settings) as blog:
        blog.terminate()
        assert blog.process.wait(PATIENCE) == 0


def test_a_given_token_is_that_of_the_admin_and_is_never_printed(tmp_path: Path) -> None:
    for secret in (new_secret(), new_secret()):
        with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path, workers=2, admin_token=secret) as blog:
            users = blog.client.get("/users", headers={"authorization": f"Bearer {secret}"})
            assert [user["email"] for user in users.json()] == ["admin@localhost"]
            assert "evp_" not in blog.said()


@pytest.mark.usefixtures("blog_file")
def test_a_given_token_that_is_none_is_one_clear_line(
    everpost: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERPOST_ADMIN_TOKEN", "let me in")
    outcome = everpost("serve")
    assert outcome.status == 1
    assert_one_line(outcome.err)
    assert "everpost token generate" in outcome.err
    assert "let me in" not in outcome.err


def test_a_client_that_never_ends_its_request_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERPOST_SHUTDOWN_TIMEOUT", "1")
    with (
        ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path) as blog,
        socket.create_connection(("127.0.0.1", blog.port)) as slow,
    ):
        slow.sendall(UNENDED)
        assert blog.client.get("/health/live").status_code == 200
        blog.terminate()
        assert blog.process.wait(PATIENCE) == 0


def test_a_body_in_broken_chunks_is_the_fault_of_the_client(tmp_path: Path) -> None:
    with (
        ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path) as blog,
        socket.create_connection(("127.0.0.1", blog.port), timeout=PATIENCE) as client,
    ):
        client.sendall(BROKEN_CHUNKS)
        assert client.recv(64).startswith(b"HTTP/1.1 400 ")
        assert "Traceback" not in blog.said()


def test_the_module_is_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "everpost", "--version"], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("everpost ")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@0.0.0.0:{port}/d?sslmode=require",
        "mysql://u:secret@0.0.0.0:{port}/d",
        "mongodb://u:secret@0.0.0.0:{port}/d",
    ],
)
def test_a_database_elsewhere_that_does_not_prove_itself_is_one_line_of_the_start(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("EVERPOST_DATABASE_URL", url.format(port=free_port()))
    monkeypatch.setenv("EVERPOST_DATABASE_TIMEOUT", "0.05")
    lines = everpost("serve").err.splitlines()
    assert lines[0].startswith("Warning: TLS to the database at 0.0.0.0:")
    assert len(lines) == 2
    assert "secret" not in "".join(lines)


async def test_a_blog_with_users_and_no_admin_says_how_to_add_one(
    empty_blog_file: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{shutil.copy(empty_blog_file, tmp_path)}"
    store = await open_store(url, timeout=5, pool_size=1)
    await register(store, role=Role.AUTHOR)
    await store.close()
    with ServedBlog(url, tmp_path, admin_token=None) as blog:
        assert "no admin. Add one with: everpost user add --role admin" in blog.said()
