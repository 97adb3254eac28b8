"""The number of round trips of the queue, which does not grow with its comments."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx
import pytest
from devtools.servers.proxy import Proxy

from everpost.app import create_app
from everpost.domain.comments import Comment, CommentStatus
from everpost.settings import Settings
from tests.conftest import Engines, offer_key
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.moderation.queues import (
    QUEUE,
    decision_about_all,
    listed,
    publish_by,
    shown,
    wait_on,
)
from tests.contract.http.conftest import LENIENT, Applications

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

WARMING, COUNTED = 2, 3


class CountedDesk(NamedTuple):
    """A moderator, whose database is reached through a proxy."""

    desk: DeskSite
    proxy: Proxy

    async def round_trips(self, ask: Callable[[], Awaitable[object]]) -> int:
        """The number for a request once statements are prepared."""
        taken = []
        for _ in range(WARMING + COUNTED):
            before = self.proxy.count
            await ask()
            taken.append(self.proxy.count - before)
        return min(taken[WARMING:])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        metafunc.parametrize("server_name", [name for name in offered if name != "sqlite"])


@pytest.fixture
async def counted(
    engines: Engines, pytestconfig: pytest.Config, server_name: str
) -> AsyncIterator[CountedDesk]:
    async with AsyncExitStack() as opened:
        applications = Applications(engines, pytestconfig.stash[offer_key].names, opened)
        blog = await applications.empty_blog(server_name)
        proxy = opened.enter_context(Proxy(blog.url))
        app = create_app(Settings.model_validate({"database_url": proxy.url, **LENIENT}))
        await opened.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        client = httpx.AsyncClient(transport=transport, base_url="http://blog.example")
        desk = DeskSite(await opened.enter_async_context(client), blog.store, app)
        yield CountedDesk(await desk.as_("editor"), proxy)


async def replies(desk: DeskSite, number: int) -> Sequence[Comment]:
    """Comments that wait, each on a post of its own, with a parent of its own."""
    waiting = []
    for _ in range(number):
        post = await publish_by(desk.store, "author")
        parent = await wait_on(desk.store, post, status=CommentStatus.APPROVED)
        waiting.append(await wait_on(desk.store, post, parent_id=parent.id))
    return waiting


async def test_the_queue_takes_the_same_round_trips_for_many_comments(counted: CountedDesk) -> None:
    desk = counted.desk
    await replies(desk, 2)
    few = await counted.round_trips(lambda: shown(desk))
    await replies(desk, 20)
    assert await counted.round_trips(lambda: shown(desk)) == few
    assert len(listed(await shown(desk))) == 22


async def test_many_decisions_are_checked_in_the_same_round_trips(counted: CountedDesk) -> None:
    otto = await counted.desk.as_("other author")
    taken = []
    for number in (2, 20):
        await replies(counted.desk, number)
        fields = decision_about_all(await shown(counted.desk), "approved")

        async def decide(fields: dict[str, str] = fields) -> None:
            assert (await otto.send(QUEUE, fields)).status_code == 404  # not his

        taken.append(await counted.round_trips(decide))
    assert taken[0] == taken[1]
