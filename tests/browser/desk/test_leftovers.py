"""Texts in several tabs, in a browser of several people, and after lost responses, in Chromium."""

import json

import pytest
from playwright.async_api import Browser, Page, Route, expect

from everpost.domain.ids import Id
from tests.browser.desk.conftest import Desk, Desks
from tests.browser.desk.editing import expect_text, press, restore, settle, write
from tests.contract.desk.conftest import COOKIE, start_session
from tests.contract.desk.writing.forms import a_post
from tests.contract.http.people import PEOPLE, Who

OTHER = "#other"
LEFT = "#leftovers"


@pytest.fixture
async def one_desk(desks: Desks) -> Desk:
    """A desk for what does not depend on the database."""
    return await desks.on("sqlite")


async def kept_text(desk: Desk, post_id: Id) -> str | None:
    """The text of Ann's working copy."""
    found = await desk.store.working_copies.get(PEOPLE["author"].user.id, post_id)
    return found.copy.text.content


async def texts_in(page: Page) -> list[str]:
    """The texts in the storage of this browser."""
    entries = await page.evaluate(
        "Object.keys(localStorage).filter(key => key.includes(' /')).map(key => localStorage.getItem(key))"
    )
    return [json.loads(json.loads(each)["typed"])["content"] for each in entries]


async def test_continuing_in_another_tab_loses_neither_text(chromium: Browser, one_desk: Desk) -> None:
    post = await a_post(one_desk.store, content="stored")
    path = f"/desk/posts/{post.id}"
    async with one_desk.tab(chromium, "author") as tab:
        first, second = tab.page, await tab.page.context.new_page()
        await tab.open(path)
        await second.goto(f"{one_desk.address}{path}")
        await write(first, Text="first tab")
        await settle(first)
        await second.evaluate("dispatchEvent(new Event('focus'))")  # the writer returns to the tab
        await expect(second.locator(OTHER)).to_be_visible()
        await write(second, Text="second tab")
        await second.get_by_role("button", name="Continue here").click()
        await settle(second)
        assert await kept_text(one_desk, post.id) == "second tab"
        await expect(second.get_by_text("This browser has text")).to_be_visible()
        tab.statuses[f"{one_desk.address}{path}/working-copy"] = 412
        await write(first, Text="first tab, more")
        await expect(first.locator(OTHER)).to_be_visible()
        assert await kept_text(one_desk, post.id) == "second tab"
        await second.get_by_role("button", name="Restore it").click()
        await expect_text(second, "first tab")
        await settle(second)
        await expect_text(first, "first tab, more")
        tab.faults.clear()  # Chromium reports the refusal


async def test_a_lost_response_is_not_taken_for_another_tab(chromium: Browser, one_desk: Desk) -> None:
    post = await a_post(one_desk.store)
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        await route.fetch()
        lost += 1
        await route.abort()

    async with one_desk.tab(chromium, "author") as tab:
        page = tab.page
        await tab.open(f"/desk/posts/{post.id}")
        await page.route("**/working-copy", lose, times=1)
        await write(page, Text="one")
        await expect(page.locator("#kept")).to_contain_text("Not connected.")
        await write(page, Text="two")
        await settle(page)
        await expect(page.locator(OTHER)).to_be_hidden()
        assert (await kept_text(one_desk, post.id), lost) == ("two", 1)
        tab.faults.clear()  # Chromium reports the lost response


async def sign_in(page: Page, desk: Desk, who: Who) -> None:
    secret = await start_session(desk.store, who)
    await page.context.add_cookies([{"name": COOKIE, "value": secret, "url": desk.address}])


async def test_signing_out_leaves_only_text_that_the_server_does_not_have(
    chromium: Browser, one_desk: Desk
) -> None:
    post = await a_post(one_desk.store, title="Left")
    async with one_desk.tab(chromium, "author") as tab:
        page = tab.page
        await tab.open("/desk/posts/new")
        await write(page, Text="on the server")
        await settle(page)
        await tab.open(f"/desk/posts/{post.id}")
        await page.route("**/working-copy", lambda route: route.abort())
        await write(page, Text="only here")
        await expect(page.locator("#kept")).to_contain_text("Not connected.")
        assert sorted(await texts_in(page)) == ["on the server", "only here"]
        await press(page, "Sign out")
        await expect(page.locator(LEFT)).to_be_visible()
        assert await texts_in(page) == ["only here"]

        await sign_in(page, one_desk, "other author")
        for path in ("/desk/posts", "/desk/posts/new"):
            await tab.open(path)
            await expect(page.get_by_text("only here")).to_have_count(0)
            await expect(page.locator(f"{LEFT}, #found")).to_be_hidden()

        await page.unroute_all()
        await one_desk.store.posts.remove(post.id, match=None)
        await sign_in(page, one_desk, "author")
        tab.statuses[f"{one_desk.address}/desk/posts/{post.id}/state"] = 404
        await tab.open("/desk/posts")
        await page.locator(LEFT).get_by_role("link", name="Left").click()
        await restore(page)
        await expect_text(page, "only here")
        await settle(page)
        tab.faults.clear()  # Chromium reports the lost connection
