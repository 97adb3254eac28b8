"""Passkeys in Chromium, with its virtual authenticator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser

from tests.browser.desk.conftest import Desk
from tests.browser.inspection import Tab
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@asynccontextmanager
async def with_authenticator(tab: Tab) -> AsyncIterator[None]:
    """Plug a virtual authenticator into the tab."""
    session = await tab.page.context.new_cdp_session(tab.page)
    await session.send("WebAuthn.enable")
    added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield
    await session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": added["authenticatorId"]})


def named(desk: Desk) -> Desk:
    """The same desk by the name of this machine: passkeys do not work for addresses."""
    return Desk(desk.address.replace("127.0.0.1", "localhost"), desk.store, desk.blog)


async def test_adding_a_passkey_and_signing_in_with_it(chromium: Browser, desk: Desk) -> None:
    async with named(desk).tab(chromium, "editor") as tab, with_authenticator(tab):
        page = tab.page
        await tab.open("/desk/account/passkeys")
        assert await page.title() == "Passkeys · Blog"
        await page.get_by_label("Name of the passkey").fill("My laptop")
        await page.get_by_role("button", name="Add passkey").click()
        await page.get_by_role("status").get_by_text("The passkey has been added.").wait_for()
        await page.get_by_role("listitem").get_by_text("My laptop").wait_for()
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("status").get_by_text("You have signed out.").wait_for()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/desk/posts")
        await page.get_by_role("button", name="Sign out").wait_for()
        await tab.open("/desk/account/passkeys")
        await page.get_by_role("button", name="Remove passkey: My laptop").click()
        await page.get_by_role("status").get_by_text("The passkey has been removed.").wait_for()


async def test_a_browser_without_a_passkey_says_so(chromium: Browser, desk: Desk) -> None:
    async with named(desk).tab(chromium) as tab, with_authenticator(tab):
        await tab.open("/desk/login")
        await tab.page.get_by_role("button", name="Use a passkey").click()
        await tab.page.get_by_role("alert").get_by_text("Your browser did not offer a passkey.").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_accessible(chromium: Browser, desk: Desk, language: str) -> None:
    async with named(desk).tab(chromium, "author", locale=language) as tab:
        await tab.open("/desk/account/passkeys")
        await inspect(tab, language)
