"""A database server, or Everpost on SQLite, that is killed in the middle of a batch of writes to one post."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from devtools.servers.private import PrivateServer
from devtools.servers.proxy import Proxy

from tests.faults.batches import KINDS, Batch, Changes, Comments, open_client
from tests.faults.served import PATIENCE, ServedBlog
from tests.faults.test_databases_away import create_blog
from tests.volume import volumes

EVERY_STEP = 1_000


@pytest.mark.parametrize(
    ("kinds", "kills"), [((Comments, Changes), 2), pytest.param(KINDS, EVERY_STEP, marks=pytest.mark.long)]
)
async def test_a_database_killed_in_a_batch_keeps_what_was_acknowledged(
    server_name: str, server: PrivateServer, kinds: Sequence[type[Batch]], kills: int, tmp_path: Path
) -> None:
    """It is killed after the last step of the batch, which commits it, and then after earlier steps. The
    answer to that step never arrives.
    """
    url = await create_blog(server_name, server)
    with Proxy(url) as proxy, ServedBlog(proxy.url, tmp_path) as blog:
        async with open_client(blog.api) as client:
            for kind in kinds:
                await _send_whole(kind(), client, proxy)  # prepares statements
                step, killed = await _send_whole(kind(), client, proxy), 0
                while step > 0 and killed < kills:
                    if await _kill_after(step, kind(), client, proxy, server):
                        killed += 1
                        step -= 1
                    else:  # this time, fewer writes arrived too early for the batch
                        step -= max(1, step // 5)
                assert killed > 0


async def _send_whole(batch: Batch, client: httpx.AsyncClient, proxy: Proxy) -> int:
    """Send a batch that nothing interrupts. Returns the number of round trips."""
    await batch.create_post(client)
    before = proxy.count
    answers = await batch.send(client)
    round_trips = proxy.count - before
    await batch.check(client, answers)
    return round_trips


async def _kill_after(
    step: int, batch: Batch, client: httpx.AsyncClient, proxy: Proxy, server: PrivateServer
) -> bool:
    """Kill the server after this many round trips. False if the batch took fewer."""
    await batch.create_post(client)
    is_cut = proxy.block_after(step)
    sending = asyncio.create_task(batch.send(client))
    waiting = asyncio.create_task(asyncio.to_thread(is_cut.wait, PATIENCE))
    await asyncio.wait([sending, waiting], return_when=asyncio.FIRST_COMPLETED)
    is_killed = is_cut.is_set()
    if is_killed:
        await asyncio.to_thread(server.kill)
    proxy.recover()
    if is_killed:
        await asyncio.to_thread(server.restart)
    is_cut.set()
    await waiting
    answers = await sending
    assert None not in answers, "Everpost itself keeps running"
    await batch.check(client, answers)
    return is_killed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rounds", volumes(1, 10))
async def test_a_server_killed_in_a_batch_keeps_what_was_acknowledged(
    kind: type[Batch], rounds: int, tmp_path: Path
) -> None:
    """On SQLite, Everpost itself is killed, at the first of the answers."""
    url = f"sqlite:///{tmp_path}/blog.db"
    for _ in range(rounds):
        batch = kind()
        with ServedBlog(url, tmp_path) as blog:
            async with open_client(blog.api) as client:
                await batch.create_post(client)
                answered = asyncio.Event()
                sending = asyncio.create_task(batch.send(client, on_answer=answered))
                await answered.wait()
                blog.kill()
                answers = await sending
        with ServedBlog(url, tmp_path) as blog:
            async with open_client(blog.api) as client:
                await batch.check(client, answers)
