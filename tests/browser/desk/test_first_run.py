"""From the printed address to the desk, in Chromium, with and without JavaScript."""

import pytest
from playwright.async_api import Browser, Page, expect

from everpost.domain.people.users import UserQuery
from everpost.services.accounts.bootstrap import make_first_token
from tests.browser.desk.conftest import PASSWORD, Desk
from tests.browser.desk.test_passkeys import named, with_authenticator
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect

FIELDS = {"Blog title": "A blog", "Name": "Ada", "Email": "ada@blog.example", "Password": PASSWORD}


async def fill(page: Page, fields: dict[str, str]) -> None:
    for label, text in fields.items():
        await page.get_by_label(label, exact=True).fill(text)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_from_the_printed_address_to_the_first_post_with_two_clicks(
    chromium: Browser, new_desk: Desk, scripts: bool
) -> None:
    code = await make_first_token(new_desk.store)
    assert code is not None
    async with new_desk.tab(chromium, scripts=scripts) as tab:
        await tab.open(f"/desk/welcome#{code}")
        page = tab.page
        assert await page.title() == "Welcome · Blog"
        setup_code = page.get_by_label("Setup code")
        if scripts:
            await expect(setup_code).to_have_value(code)
            await expect(setup_code).to_be_hidden()
            assert page.url == f"{new_desk.address}/desk/welcome"
        else:
            await setup_code.fill(code)
        await fill(page, FIELDS | {"Password": "password1234"})
        tab.statuses[f"{new_desk.address}/desk/welcome"] = 422
        await page.get_by_role("button", name="Create blog").click()
        await page.get_by_role("alert").wait_for()
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Create blog").click()
        await page.wait_for_url("**/desk/posts/new")
        assert await page.title() == "Write · A blog"
        await fill(page, {"Title": "Hello", "Text": "The *first* post"})
        await page.get_by_role("button", name="Publish").click()
        await page.get_by_role("status").first.wait_for()
        await tab.open("/")
        await page.get_by_role("link", name="Hello").wait_for()
    (admin,) = (await new_desk.store.users.page(UserQuery(limit=2))).rows
    assert (admin.name, admin.email) == ("Ada", "ada@blog.example")


async def test_a_passkey_instead_of_a_password(chromium: Browser, new_desk: Desk) -> None:
    code = await make_first_token(new_desk.store)
    async with new_desk.tab(chromium) as tab:
        await tab.open(f"/desk/welcome#{code}")
        assert await tab.page.get_by_role("button", name="Use a passkey").count() == 0
        link = tab.page.get_by_role("link", name="http://localhost")
        assert await link.get_attribute("href") == f"{named(new_desk).address}/desk/welcome#{code}"
    async with named(new_desk).tab(chromium) as tab, with_authenticator(tab):
        page = tab.page
        await tab.open(f"/desk/welcome#{code}")
        assert await page.get_by_label("Setup code").input_value() == code
        by_passkey = page.get_by_role("button", name="Use a passkey instead")
        await by_passkey.click()  # the other fields are still required
        await fill(page, FIELDS | {"Password": "short"})
        await by_passkey.click()
        await page.wait_for_url("**/desk/posts/new")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/desk/posts")
    (admin,) = (await new_desk.store.users.page(UserQuery(limit=2))).rows
    (key,) = await new_desk.store.passkeys.of_user(admin.id)
    assert (admin.name, admin.email, admin.password_hash) == ("Ada", "ada@blog.example", None)
    assert key.name.startswith("Chrome")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_are_accessible(chromium: Browser, new_desk: Desk, language: str) -> None:
    async with new_desk.tab(chromium, locale=language) as tab:
        await tab.open("/desk/login")
        await inspect(tab, language)
        await tab.open("/desk/welcome")
        await inspect(tab, language)
        tab.statuses[f"{new_desk.address}/desk/welcome"] = 422
        await tab.page.evaluate("document.querySelector('main form').noValidate = true")
        await tab.page.locator("main button").click()
        await tab.page.get_by_role("alert").wait_for()
        await inspect(tab, language)
