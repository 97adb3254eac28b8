"""Signing in and out, in Chromium."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from tests.browser.desk.conftest import PASSWORD, Desk
from tests.browser.inspection import Tab
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect
from tests.contract.http.people import PEOPLE

ADA = PEOPLE["admin"].user


async def sign_in(tab: Tab, password: str) -> None:
    await tab.page.get_by_label("Email").fill(ADA.email)
    await tab.page.get_by_label("Password").fill(password)
    await tab.page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_signing_in_and_out(chromium: Browser, desk: Desk, scripts: bool) -> None:
    async with desk.tab(chromium, scripts=scripts) as tab:
        await tab.open("/desk/posts?status=draft")
        page = tab.page
        assert await page.title() == "Sign in · Blog"
        tab.statuses[f"{desk.address}/desk/login"] = 401
        await sign_in(tab, "wrong")
        await page.get_by_role("alert").get_by_text("is wrong").wait_for()
        await sign_in(tab, PASSWORD)
        await page.wait_for_url("**/desk/posts?status=draft")
        assert await page.title() == "Posts · Blog"
        (cookie,) = await page.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("everpost", True, "Lax")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("status").get_by_text("You have signed out.").wait_for()
        assert await page.context.cookies() == []
        await page.goto(f"{desk.address}/desk/posts")
        assert await page.title() == "Sign in · Blog"


async def test_too_many_wrong_passwords(chromium: Browser, new_desk: Desk) -> None:
    policies = new_desk.blog.state.policies
    rules = replace(policies.sessions, failures_per_hour=1)
    new_desk.blog.state.policies = replace(policies, sessions=rules)
    async with new_desk.tab(chromium) as tab:
        await tab.open("/desk/login")
        for status, message in ((401, "is wrong"), (429, "Too many attempts. Try again later.")):
            tab.statuses[f"{new_desk.address}/desk/login"] = status
            await sign_in(tab, "wrong")
            await tab.page.get_by_role("alert").get_by_text(message).wait_for()


async def test_signing_in_by_keyboard(chromium: Browser, desk: Desk) -> None:
    async with desk.tab(chromium) as tab:
        await tab.open("/desk/login")
        await tab.page.keyboard.press("Tab")
        assert await tab.focus() == ("Skip to content", True)
        await tab.press_tab_until("Email")
        await tab.page.keyboard.type(ADA.email)
        await tab.press_tab_until("Password")
        await tab.page.keyboard.type(PASSWORD)
        await tab.press_tab_until("Sign in")
        await tab.page.keyboard.press("Enter")
        await tab.page.get_by_role("button", name="Sign out").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/desk/posts", "/desk/nothing"])
async def test_a_page_of_the_desk(chromium: Browser, desk: Desk, path: str, language: str) -> None:
    async with desk.tab(chromium, "admin", locale=language) as tab:
        await tab.open(path, status=404 if path == "/desk/nothing" else 200)
        await inspect(tab, language)
