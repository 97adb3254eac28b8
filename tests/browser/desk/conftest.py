"""A blog with people, and tabs in which they are signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from everpost.app import Blog
from everpost.stores.port import Store
from tests.browser.conftest import Served
from tests.browser.inspection import Tab, a_tab
from tests.contract.desk.conftest import COOKIE, PASSWORD, give_password, start_session
from tests.contract.http.people import Who, add_people

__all__ = ["PASSWORD"]


@dataclass(frozen=True)
class Desk:
    """The desk of a blog that is served on this machine."""

    address: str
    store: Store
    blog: Blog

    @asynccontextmanager
    async def tab(
        self, browser: Browser, who: Who = "nobody", *, scripts: bool = True, locale: str = "en-US"
    ) -> AsyncIterator[Tab]:
        """A tab in which this person is signed in."""
        async with a_tab(browser, self.address, scripts=scripts, locale=locale, cookies=True) as tab:
            if who != "nobody":
                secret = await start_session(self.store, who)
                await tab.page.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.address}])
            yield tab


class Desks:
    """Opens a desk on each database lazily, for the whole session."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._known: dict[str, Desk] = {}

    async def empty(self, name: str) -> Desk:
        """A new one, on a blog without users."""
        return Desk(*await self._served.empty(name))

    async def on(self, name: str) -> Desk:
        if name not in self._known:
            desk = await self.empty(name)
            await add_people(desk.store)
            for who in ("admin", "author"):
                await give_password(desk.store, who)
            self._known[name] = desk
        return self._known[name]


@pytest.fixture(scope="session")
def desks(served: Served) -> Desks:
    return Desks(served)


@pytest.fixture
async def desk(desks: Desks, engine_name: str) -> Desk:
    """The desk of a blog with people. The admin and the author have passwords."""
    return await desks.on(engine_name)


@pytest.fixture
async def new_desk(desks: Desks, engine_name: str) -> Desk:
    """The desk of a new blog."""
    return await desks.empty(engine_name)
