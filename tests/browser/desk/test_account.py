"""The account at the desk, in Chromium."""

import pytest
from playwright.async_api import Browser, expect

from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import ROLE_SCOPES
from everpost.services.accounts.password_resets import create_reset
from tests.browser.desk.conftest import PASSWORD, Desk
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect
from tests.contract.http.people import PEOPLE

ADA, ED = PEOPLE["admin"].user, PEOPLE["editor"].user


async def test_signing_out_everywhere_else(chromium: Browser, desk: Desk) -> None:
    async with desk.tab(chromium, "admin") as here, desk.tab(chromium, "admin") as there:
        await there.open("/desk/account")
        await here.open("/desk/account")
        assert await here.page.title() == "Your account · Blog"
        await here.page.get_by_text("This browser").wait_for()
        await here.page.get_by_role("button", name="Sign out everywhere else").click()
        await here.page.get_by_role("status").get_by_text("You are signed out everywhere else.").wait_for()
        assert await here.page.get_by_role("listitem").filter(has_text="Signed in on").count() == 1
        await there.page.goto(f"{desk.address}/desk/account")
        assert await there.page.title() == "Sign in · Blog"


async def test_changing_the_name(chromium: Browser, desk: Desk) -> None:
    async with desk.tab(chromium, "editor", scripts=False) as tab:
        await tab.open("/desk/account")
        await tab.page.get_by_label("Name").fill("Edda E.")
        await tab.page.get_by_role("button", name="Save account").click()
        await tab.page.get_by_role("status").get_by_text("Your account has been saved.").wait_for()
        assert await tab.page.get_by_label("Name").input_value() == "Edda E."


async def test_the_printed_address_sets_a_password(chromium: Browser, desk: Desk) -> None:
    code = (await create_reset(desk.store, Actor.of(ADA, ROLE_SCOPES[ADA.role]), ED.id)).secret
    async with desk.tab(chromium) as tab:
        await tab.open(f"/desk/reset#{code}")
        await expect(tab.page.get_by_label("Code")).to_be_hidden()
        await tab.page.get_by_label("New password").fill(PASSWORD)
        await tab.page.get_by_role("button", name="Set password").click()
        await tab.page.get_by_role("status").get_by_text("Your password has been changed.").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["account", "account/password", "confirm", "reset"])
async def test_a_page_of_the_account(chromium: Browser, desk: Desk, path: str, language: str) -> None:
    async with desk.tab(chromium, "author", locale=language) as tab:
        await tab.open(f"/desk/{path}")
        await inspect(tab, language)
