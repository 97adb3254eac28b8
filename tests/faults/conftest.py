"""Private servers, which a test may kill."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from devtools.servers import SERVERS
from devtools.servers.private import PrivateServer

from tests.conftest import offer_key


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        metafunc.parametrize("server_name", [name for name in SERVERS if name in offered])
    if "secured_name" in metafunc.fixturenames:
        metafunc.parametrize("secured_name", metafunc.config.stash[offer_key].secured)


@pytest.fixture
async def server(server_name: str) -> AsyncIterator[PrivateServer]:
    """A database server that only this test uses."""
    running = await asyncio.to_thread(SERVERS[server_name]().start)
    yield running
    await asyncio.to_thread(running.stop)
