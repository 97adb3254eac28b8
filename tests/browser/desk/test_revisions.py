"""Restoring a revision in Chromium, with and without JavaScript."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.conftest import Desk
from tests.browser.desk.editing import press
from tests.browser.test_pages import inspect
from tests.contract.desk.writing.forms import a_post
from tests.contract.desk.writing.test_revisions import changed

LONG = "".join(f"A line with the number {number}.\n\n" for number in range(20))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_revision_is_compared_and_restored(chromium: Browser, desk: Desk, scripts: bool) -> None:
    post = await a_post(desk.store, title="First words", content=f"One old sentence.\n\n{LONG}", tags=("a",))
    await changed(desk.store, post, title="Other words", content=f"One new sentence.\n\n{LONG}", tags=())
    async with desk.tab(chromium, "author", scripts=scripts) as tab:
        page = tab.page
        await tab.open(f"/desk/posts/{post.id}")
        await page.get_by_role("link", name="Revisions").click()
        await expect(page).to_have_title("Revisions · Blog")
        if scripts:
            await inspect(tab, "en")
        await page.locator(".list a").last.click()
        await expect(page.locator("del")).to_have_text(["First", "old", "a"])
        await expect(page.locator("ins")).to_have_text(["Other", "new"])
        if scripts:
            await inspect(tab, "en")
        await press(page, "Restore")
        await expect(page.get_by_role("status").first).to_have_text("The revision has been restored.")
        await expect(page.get_by_label("Title", exact=True)).to_have_value("First words")
        await page.get_by_role("link", name="Revisions").click()
        await expect(page.locator(".list li")).to_have_count(3)
