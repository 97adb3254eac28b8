"""URLs, servers that do not answer, and the error messages."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress

import pytest
from devtools.servers.private import free_port

from everpost.domain.clock import EARLIEST, LATEST
from everpost.errors import Misconfigured
from everpost.stores import open_schema, open_store
from everpost.stores.mongo.engine.connection import connect, database_of
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import publish, read_post
from tests.stores.mongo.blog import TIMEOUT

SECRET = "5ecret"


@pytest.mark.parametrize("name", ["", "someone:5ecret@"])
@pytest.mark.parametrize(
    "call", ["open_schema(url, timeout=0.5).state()", "MongoStore.open(url, timeout=0.5, pool_size=1)"]
)
async def test_a_server_that_does_not_answer_is_named_within_seconds_without_the_password(
    name: str, call: str
) -> None:
    # In a separate process, because a client that is closed while connecting leaks its socket.
    port = free_port()
    program = (
        "import asyncio, sys\n"
        "from everpost.errors import Unreachable\n"
        "from everpost.stores import open_schema\n"
        "from everpost.stores.mongo.store import MongoStore\n"
        f"url = 'mongodb://{name}127.0.0.1:{port}/blog'\n"
        "async def main():\n"
        "    try:\n"
        f"        await {call}\n"
        "    except Unreachable as error:\n"
        "        print(error.message)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=PIPE)
    said = (await asyncio.wait_for(process.communicate(), 60))[0].decode()
    assert f"MongoDB at 127.0.0.1:{port} does not respond" in said
    assert SECRET not in said
    assert len(said) < 200


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://",
        "mongodb://someone:5ecret/more@host/blog",
        "mongodb://someone:5ecret:more@host/blog",
        "mongodb://someone:5ecret@host:port/blog",
        "mongodb://someone:5ecret@host:70000/blog",
        "mongodb://someone:5ecret@host/bl%00og",
        "mongodb://someone:5ecret@host,/blog",
        "mongodb://someone:5ecret@[host/blog",
        "mongodb+srv://someone:5ecret@one.example,two.example/blog",
    ],
)
async def test_a_url_that_is_none_is_a_setting_that_cannot_be_used(url: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        open_schema(url, timeout=1)
    assert SECRET not in refusal.value.message


async def test_the_url_names_the_database_and_its_harmless_options_go_first() -> None:
    url = "mongodb://127.0.0.1:1"
    plain = connect(url, timeout=3, pool_size=7, whole_calls=True)
    assert database_of(plain).name == "everpost"
    assert (plain.options.pool_options.max_pool_size, plain.options.timeout) == (7, 3)
    await plain.close()
    url = "mongodb://127.0.0.1:1/blog?maxPoolSize=2&timeoutMS=9000"
    own = connect(url, timeout=3, pool_size=7, whole_calls=True)
    assert database_of(own).name == "blog"
    assert (own.options.pool_options.max_pool_size, own.options.timeout) == (2, 9)
    await own.close()


async def test_both_ends_of_the_calendar_come_back_as_they_were(store: MongoStore) -> None:
    for moment in (EARLIEST, LATEST):
        post = await publish(store, publication_date=moment, updated_at=moment)
        assert await read_post(store, post.id) == post


async def test_a_store_that_is_closed_at_once_keeps_nobody_waiting(url: str) -> None:
    for _ in range(10):
        store = await open_store(url, timeout=TIMEOUT, pool_size=1)
        async with asyncio.timeout(TIMEOUT):
            await store.close()


async def test_a_store_that_is_not_closed_does_not_hold_up_the_end_of_its_loop(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`asyncio.run` cancels all tasks that are still running, and waits for them."""
    began = asyncio.Event()

    async def collect(_collector: GarbageCollector) -> None:
        began.set()
        with suppress(asyncio.CancelledError):  # as `asyncio.wait_for` may before Python 3.12
            await asyncio.Event().wait()

    monkeypatch.setattr(GarbageCollector, "collect", collect)
    before = asyncio.all_tasks()
    store = await MongoStore.open(url, timeout=TIMEOUT, pool_size=1)
    await began.wait()
    (collector,) = (each for each in asyncio.all_tasks() - before if "garbage" in each.get_name())
    collector.cancel()
    assert (await asyncio.wait([collector], timeout=TIMEOUT))[0]
    await store.close()
