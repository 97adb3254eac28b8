"""Readers of the pages, on every database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from everpost.app import create_app
from everpost.domain import clock
from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.comments import CommentPolicy
from everpost.domain.people.users import Author
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import Engines, offer_key
from tests.contract.http.conftest import LENIENT, STRICT, Applications
from tests.contract.http.people import PEOPLE

ANN: Author = PEOPLE["author"].user.author
FORM = "application/x-www-form-urlencoded"
NO_LIMITS = LENIENT | {"guest_links": 2}


@dataclass(frozen=True)
class Site:
    """A blog and a reader of its pages, who follows no redirect."""

    client: httpx.AsyncClient
    store: Store
    app: FastAPI

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A page, as HTML."""
        return await self.client.get(
            path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send a form."""
        sent = {"content-type": FORM} | {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.post(path, content=urlencode(fields), headers=sent)

    async def change(self, **settings: object) -> None:
        """Change settings of the blog."""
        change = BlogChange(updated_at=now(), **settings)  # type: ignore[arg-type]
        await self.store.blog.save(change, match=None)


class Sites:
    """One application for each database and settings, on the blogs of `Applications`."""

    def __init__(self, applications: Applications, opened: AsyncExitStack) -> None:
        self._applications = applications
        self._opened = opened
        self._clients: dict[tuple[str, bool], tuple[httpx.AsyncClient, FastAPI]] = {}

    async def on_empty_blog(self, name: str, *, strict: bool = False) -> Site:
        blog = await self._applications.empty_blog(name)
        if (name, strict) not in self._clients:
            limits = STRICT if strict else NO_LIMITS
            new = create_app(Settings.model_validate({"database_url": blog.url, **limits}))
            await self._opened.enter_async_context(new.router.lifespan_context(new))
            transport = httpx.ASGITransport(new, client=("192.0.2.1", 5000))
            client = httpx.AsyncClient(transport=transport, base_url="http://blog.example")
            self._clients[name, strict] = await self._opened.enter_async_context(client), new
        client, app = self._clients[name, strict]
        return Site(client, blog.store, app)


@pytest.fixture(scope="session")
async def sites(engines: Engines, pytestconfig: pytest.Config) -> AsyncIterator[Sites]:
    async with AsyncExitStack() as opened:
        yield Sites(Applications(engines, pytestconfig.stash[offer_key].names, opened), opened)


@pytest.fixture
async def site(sites: Sites, store_name: str) -> Site:
    """A blog that contains only its people, and takes comments of everyone."""
    return await sites.on_empty_blog(store_name)


@pytest.fixture
async def open_site(site: Site) -> Site:
    """The same, but comments appear immediately."""
    await site.change(comment_policy=CommentPolicy.OPEN)
    return site


@pytest.fixture
async def strict_site(sites: Sites, store_name: str) -> Site:
    """A blog with strict limits."""
    site = await sites.on_empty_blog(store_name, strict=True)
    await site.change(comment_policy=CommentPolicy.OPEN)
    return site


@pytest.fixture
def pass_a_second(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A function that advances the clock until no page is younger than a second."""

    class AheadClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not Self
            return datetime.now(tz) + timedelta(seconds=1)

    return lambda: monkeypatch.setattr(clock, "datetime", AheadClock)
