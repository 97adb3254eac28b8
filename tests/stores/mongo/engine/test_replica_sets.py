"""A replica set is required: standalone servers are refused, uninitiated sets are initiated."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from devtools.servers.mongodb import MongodbServer, StandaloneMongodbServer, UninitiatedMongodbServer
from devtools.servers.private import START_TIMEOUT, free_port
from pymongo import AsyncMongoClient, MongoClient

from everpost.errors import Misconfigured
from everpost.stores import initiate_replica_set, open_schema, open_store
from everpost.stores.mongo.engine import replica_sets
from everpost.stores.schema import SchemaState
from tests.stores.mongo.blog import TIMEOUT

COMMANDS = r"mongod --replSet everpost .*everpost db init-replica-set"

pytestmark = pytest.mark.skipif(MongodbServer.missing() is not None, reason="no mongod to start")


@pytest.fixture(scope="module")
async def standalone() -> AsyncIterator[MongodbServer]:
    server = await asyncio.to_thread(StandaloneMongodbServer().start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def uninitiated() -> AsyncIterator[MongodbServer]:
    server = await asyncio.to_thread(UninitiatedMongodbServer().start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def guarded() -> AsyncIterator[MongodbServer]:
    """An uninitiated server that also requires authentication."""
    server = await asyncio.to_thread(UninitiatedMongodbServer(authenticates=True).start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make Everpost treat the server as one on another machine."""
    monkeypatch.setattr(replica_sets, "is_on_this_machine", lambda url: not url)


async def run_everpost(url: str, *arguments: str) -> tuple[int | None, str]:
    """Run a command. Returns its status and its output."""
    command = (sys.executable, "-m", "everpost", *arguments)
    environment = {"EVERPOST_DATABASE_URL": url, "EVERPOST_PORT": str(free_port())}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment)
    async with asyncio.timeout(START_TIMEOUT):
        out, err = await process.communicate()
    return process.returncode, (out + err).decode()


@pytest.mark.parametrize("options", ["", "?replicaSet=everpost", "?directConnection=true"])
async def test_a_standalone_server_is_refused_with_the_commands_that_make_it_a_set(
    standalone: MongodbServer, options: str
) -> None:
    url = standalone.url("blog") + options
    schema = open_schema(url, timeout=TIMEOUT)
    with pytest.raises(Misconfigured, match=COMMANDS):
        await schema.state()
    await schema.close()
    with pytest.raises(Misconfigured, match=COMMANDS):
        await open_store(url, timeout=TIMEOUT, pool_size=1)
    with pytest.raises(Misconfigured, match=COMMANDS):
        await initiate_replica_set(url, timeout=TIMEOUT)


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("db", "upgrade"),
        ("db", "init-replica-set"),
        ("user", "list"),
        ("copy", "URL", "sqlite:///copy.db"),
        ("bench", "URL"),
    ],
)
async def test_commands_refuse_a_standalone_server_in_one_line(
    standalone: MongodbServer, arguments: tuple[str, ...]
) -> None:
    url = standalone.url("blog")
    status, said = await run_everpost(url, *(url if each == "URL" else each for each in arguments))
    assert status == 1
    assert "needs a replica set; one node is enough" in said.splitlines()[-1]
    assert (said.count("everpost: "), said.count("Traceback")) == (1, 0), said


@pytest.mark.parametrize("options", ["", "?replicaSet=everpost", "?directConnection=true"])
async def test_a_local_server_is_initiated_by_the_first_process_which_says_so(
    uninitiated: MongodbServer, options: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = uninitiated.url("blog") + options
    stores = await asyncio.gather(*(open_store(url, timeout=TIMEOUT, pool_size=1) for _ in range(4)))
    for store in stores:
        await store.ping()
        await store.close()
    assert hosts_of(url) == [f"127.0.0.1:{uninitiated.port}"]
    assert f"Initiated the replica set 'everpost' of 127.0.0.1:{uninitiated.port}." in caplog.messages


@pytest.mark.usefixtures("elsewhere")
async def test_a_remote_server_is_initiated_by_the_command_only(
    uninitiated: MongodbServer,
) -> None:
    url = uninitiated.url("blog")
    schema = open_schema(url, timeout=0.5)
    with pytest.raises(Misconfigured, match="everpost db init-replica-set"):
        await schema.state()
    member = f"'everpost' of 127.0.0.1:{uninitiated.port}."
    assert await initiate_replica_set(url, timeout=TIMEOUT) == f"Initiated the replica set {member}"
    said = f"Already initiated: the replica set {member}"
    assert await initiate_replica_set(url, timeout=TIMEOUT) == said
    assert await schema.state() is SchemaState.EMPTY
    await schema.close()


async def test_the_command_initiates_at_once_with_others(uninitiated: MongodbServer) -> None:
    outcomes = await asyncio.gather(
        *(run_everpost(uninitiated.url("blog"), "db", "init-replica-set") for _ in range(3))
    )
    assert [status for status, _ in outcomes] == [0, 0, 0], outcomes
    assert sorted(said.partition(" ")[0] for _, said in outcomes) == ["Already", "Already", "Initiated"]


async def test_under_access_control_the_first_user_is_created_after_the_set(guarded: MongodbServer) -> None:
    url = guarded.url("blog").replace("//", "//root:5ecret@") + "?authSource=admin"
    assert (await initiate_replica_set(url, timeout=TIMEOUT)).startswith("Initiated the replica set")
    client: AsyncMongoClient[dict[str, Any]]
    async with AsyncMongoClient(guarded.url()) as client:
        await client.admin.command("createUser", "root", pwd="5ecret", roles=["root"])
    assert (await initiate_replica_set(url, timeout=TIMEOUT)).startswith("Already initiated")
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    await store.close()


async def test_where_users_exist_one_with_the_role_initiates(guarded: MongodbServer) -> None:
    """The users were created while the server was standalone, as in MongoDB's container images."""
    url = await asyncio.to_thread(make_user_and_wait_again, guarded)
    with pytest.raises(Misconfigured, match="a user with the role clusterManager"):
        await initiate_replica_set(url.replace("root:5ecret@", ""), timeout=TIMEOUT)
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    await store.close()


def make_user_and_wait_again(guarded: MongodbServer) -> str:
    """Restart the server with a user but without a set. Returns the URL for this user."""
    guarded.set_name = None
    guarded.restart()
    client: MongoClient[dict[str, Any]]
    with MongoClient(guarded.url(), directConnection=True) as client:
        client.admin.command("createUser", "root", pwd="5ecret", roles=["root"])
    guarded.set_name = "everpost"
    guarded.restart()
    return guarded.url("blog").replace("//", "//root:5ecret@") + "?authSource=admin"


def hosts_of(url: str) -> list[str]:
    client: MongoClient[dict[str, Any]]
    with MongoClient(urlsplit(url)._replace(query="").geturl()) as client:
        hosts: list[str] = client.admin.command("hello")["hosts"]
        return hosts
