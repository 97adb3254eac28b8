"""Reading and commenting with the keyboard alone, with and without JavaScript."""

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import Sites
from tests.browser.inspection import Tab, a_tab


async def follow(tab: Tab, name: str) -> None:
    """Move to the link or button of this name, and press Enter."""
    await tab.press_tab_until(name)
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")


async def write(tab: Tab, name: str, text: str) -> None:
    """Fill in the form, and send it."""
    for label, typed in (("Name", name), ("Comment", text)):
        await tab.press_tab_until(label)
        await tab.page.keyboard.type(typed)
    await follow(tab, "Send comment")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_reader_needs_only_the_keyboard(chromium: Browser, sites: Sites, scripts: bool) -> None:
    writer = "Kim" if scripts else "Lee"
    await sites.speak("en")
    async with a_tab(chromium, sites.full, scripts=scripts) as tab:
        heading = tab.page.get_by_role("heading", level=1)
        await tab.open("/")
        await follow(tab, "Older posts →")
        await follow(tab, "← Newer posts")
        await tab.page.keyboard.press("Tab")
        assert await tab.focus() == ("Skip to content", True)
        await tab.page.keyboard.press("Enter")
        await follow(tab, "Open")
        await heading.get_by_text("Open", exact=True).wait_for()

        await write(tab, writer, "The first comment")
        await heading.get_by_text("Your comment is published").wait_for()
        await follow(tab, "See it below the post.")
        await tab.page.locator("li:target").get_by_text("The first comment").wait_for()

        await follow(tab, f"Reply to {writer}")
        await tab.page.get_by_role("heading", name=f"Reply to {writer}").wait_for()
        await write(tab, writer, "The second comment")
        await heading.get_by_text("Your comment is published").wait_for()
        await tab.press_tab_until("Comment")
        await tab.page.keyboard.type("A better version of ")
        await follow(tab, "Save changes")
        await tab.page.get_by_text("Your changes have been saved.").wait_for()
        await follow(tab, "Back to the post")
        reply = tab.page.locator("li li").filter(has_text=writer)
        await reply.get_by_text("A better version of The second comment").wait_for()


@pytest.mark.parametrize("path", ["/", "/everything", "/tags", "/feeds"])
async def test_every_stop_of_the_tab_key_is_visible(chromium: Browser, sites: Sites, path: str) -> None:
    await sites.speak("en")
    async with a_tab(chromium, sites.full) as tab:
        await tab.page.set_viewport_size({"width": 320, "height": 800})
        await tab.open(path)
        count = 0
        while True:
            await tab.page.keyboard.press("Tab")
            if (focused := await tab.focus()) is None:
                break
            assert focused[1], focused
            count += 1
        assert count >= 5
