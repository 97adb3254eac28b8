"""A copied blog has the feeds of its source, so no reader shows anything again."""

from contextlib import AsyncExitStack

import httpx
import pytest

from everpost.app import create_app
from everpost.settings import Settings
from everpost.transfer.copy.operations import Phase, copy
from everpost.transfer.copy.origins import origin_of
from tests.conftest import Blog, Engines, offer_key
from tests.contract.pages.conftest import ANN
from tests.contract.pages.feeds import paths
from tests.contract.port.examples import comment_on, publish, register

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


async def feeds_of(blog: Blog, every: list[str]) -> dict[str, bytes]:
    """The feeds at these paths."""
    async with AsyncExitStack() as opened:
        app = create_app(Settings.model_validate({"database_url": blog.url}))
        await opened.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        client = httpx.AsyncClient(transport=transport, base_url="http://blog.example")
        await opened.enter_async_context(client)
        answers = {path: await client.get(path) for path in every}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: answer.content for path, answer in answers.items()}


async def test_a_copy_on_another_store_has_the_same_feeds(
    engines: Engines, pytestconfig: pytest.Config, store_name: str
) -> None:
    names = pytestconfig.stash[offer_key].names
    other = names[(names.index(store_name) + 1) % len(names)]
    if other == store_name:  # there is one database only
        return
    source, target = await engines.empty_blog(store_name), await engines.empty_blog(other)
    await register(source.store, id=ANN.id, name=ANN.name)
    post = await publish(source.store, title="Hello", tags=("t",), author=ANN)
    await comment_on(source.store, post.id, guest_name="Gus")
    before = await feeds_of(source, paths(post, author=ANN))
    origin = origin_of(await source.store.blog.get())
    outcome = await copy(source.store.records, target.store.records, quiet, origin=origin)
    assert outcome.agrees
    assert await feeds_of(target, paths(post, author=ANN)) == before
