"""The connections of a command: one for each database, because the schema and the store share it; and a
warning if TLS is not verified.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from devtools.servers.databases import new_name
from devtools.servers.proxy import Proxy

from tests.cli.conftest import Command
from tests.conftest import Engines, offer_key

BESIDES = {"mongodb": 3}
"""Connections besides the command's: two with which PyMongo watches the server, one to collect garbage."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        metafunc.parametrize("server_name", [name for name in offered if name != "sqlite"])


@pytest.fixture
async def proxy(engines: Engines, server_name: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """A proxy in front of the database in the settings, which is empty."""
    databases, name = engines.databases(server_name), new_name()
    await databases.create(name)
    with Proxy(databases.url(name)) as proxy:
        monkeypatch.setenv("EVERPOST_DATABASE_URL", proxy.url)
        yield proxy
    await databases.drop(name)


@pytest.mark.parametrize(
    ("command", "connections"),
    [
        ("user list", 1),
        ("db upgrade", 1),
        ("export /dev/null", 1),
        ("copy {url} sqlite:///{folder}/copy.db", 1),
        ("copy sqlite:///{blog} {url}", 2),
    ],
)
def test_a_command_opens_a_database_once(  # noqa: PLR0917 - they are fixtures
    everpost: Command,
    proxy: Proxy,
    server_name: str,
    empty_blog_file: Path,
    tmp_path: Path,
    command: str,
    connections: int,
) -> None:
    for is_first in (True, False):
        arguments = command.format(url=proxy.url, blog=empty_blog_file, folder=tmp_path).split()
        before = proxy.connections
        outcome = everpost(*arguments)
        assert outcome.status == 0 or is_first, outcome.err
        assert proxy.connections - before <= connections + BESIDES.get(server_name, 0)
        everpost("db", "upgrade")


ELSEWHERE = "postgresql://writer:secret@0.0.0.0:1/blog"
"""Not a loopback address, so it counts as another machine; but it reaches this one, where nothing listens."""


@pytest.mark.parametrize(
    "command",
    [
        *("user list", "db current", "export {folder}/blog.jsonl", "import --from markdown {folder}"),
        *("copy sqlite:///{blog} {url}", "copy {url} sqlite:///{folder}/copy.db"),
        *("copy --dry-run sqlite:///{blog} {url}", "verify sqlite:///{blog} {url}"),
        "bench {url} --report {folder}/bench.html",
    ],
)
def test_a_command_warns_if_tls_is_not_verified(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, empty_blog_file: Path, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("EVERPOST_DATABASE_URL", ELSEWHERE)
    arguments = command.format(url=ELSEWHERE, blog=empty_blog_file, folder=tmp_path).split()
    outcome = everpost(*arguments)
    assert outcome.status == 1
    assert outcome.err.count("Warning: TLS to the database at 0.0.0.0:1 is not verified") == 1
    assert "secret" not in outcome.err
