"""Keys of the text editor, besides those of every text box."""

from playwright.async_api import expect

from tests.browser.desk.conftest import Desk
from tests.browser.desk.editing import expect_text, keys, opened, saved, sent_text
from tests.browser.inspection import Tab


async def test_keys_for_writers(author_tab: Tab, one_desk: Desk) -> None:
    await opened(author_tab, one_desk, "")
    page = author_tab.page
    for typed, text in (
        (["word", "Shift+Home", "Control+b", "Control+i", "Control+i"], "**word**"),
        (["Control+b", "x", "Control+i"], "**x****"),
        (["word ", "Shift+Home", "Control+k", "/a"], "[word ](/a)"),
        (["/a", "Shift+Home", "Control+k", "word"], "[word](/a)"),
        (["- a  ", "Enter", "b", "Enter", "Enter", "c"], "- a  \n- b\n\nc"),
        (["9) a", "Enter", "b"], "9) a\n10) b"),
        (["- [x] a", "Enter", "b"], "- [x] a\n- [ ] b"),
        (["> - a", "Enter", "b"], "> - a\n> - b"),
        (["> - a", "Enter", "Enter", "b"], "> - a\n> \n> b"),
        (["> a", "Enter", "Enter", "b"], "> a\n\nb"),
        (["- a", "Shift+Enter", "b"], "- a\nb"),
        (["* * *", "Enter", "a"], "* * *\na"),
        (["```", "Enter", "- a", "Enter", "b"], "```\n- a\nb"),
        (["    code", "Enter", "b"], "    code\nb"),
    ):
        await keys(page, "Control+a", "Backspace", *typed)
        await expect_text(page, text)
    await page.get_by_label("Format").select_option("html")
    await keys(page, "Control+a", "Backspace", "- a", "Enter", "b", "Shift+Home", "Control+b", "Control+u")
    await expect_text(page, "- a\nb")
    assert await page.locator(".cm-content :is(b, u)").count() == 0


async def test_find_and_replace(author_tab: Tab, one_desk: Desk) -> None:
    post = await opened(author_tab, one_desk, "One fish\r\ntwo fish\r\nred Fish \\n")
    page = author_tab.page
    await keys(page, "Control+f")
    await expect(page.get_by_label("Find", exact=True)).to_be_focused()
    await page.keyboard.type("fish")
    await page.get_by_label("Match case").check()
    await page.get_by_label("Replace with").fill("\\n")
    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert not await author_tab.is_wider_than_the_screen()
        assert await author_tab.violations() == []
    await page.get_by_role("button", name="Replace all").click()
    await page.get_by_label("Find", exact=True).fill("FISH")
    await expect(page.get_by_text("Not found.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_focused()
    await expect(page.get_by_label("Find", exact=True)).to_have_count(0)
    assert await saved(page, one_desk, post) == "One \\n\r\ntwo \\n\r\nred Fish \\n"


async def test_huge_paragraphs_are_not_highlighted(author_tab: Tab, one_desk: Desk) -> None:
    """Highlighting them would delay each key."""
    await opened(author_tab, one_desk, "*a*")
    page = author_tab.page
    await expect(page.locator(".cm-line span")).not_to_have_count(0)
    await keys(page, "Control+End")
    await page.keyboard.insert_text(" *b*" * 5_000)
    await expect(page.locator(".cm-line span")).to_have_count(0)
    await keys(page, "Control+End", "Control+b", "x", "End", "Enter", "- a", "Enter", "b")
    assert await sent_text(page) == f"*a*{' *b*' * 5_000}**x**\n- a\nb"
