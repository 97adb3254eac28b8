"""What a writer does on the page of the editor."""

from playwright.async_api import Page, expect

from everpost.domain.posts import Post
from tests.browser.desk.conftest import Desk
from tests.browser.inspection import Tab
from tests.contract.desk.writing.forms import a_post

KEPT = "Your text is kept."
_SET = """(area, text) => {
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}"""
_LINES = "box => [...box.querySelectorAll('.cm-line')].map(line => line.textContent).join('\\n')"


async def write(page: Page, **texts: str) -> None:
    for label, text in texts.items():
        await page.get_by_label(label.replace("_", " "), exact=True).fill(text)


async def press(page: Page, name: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=True).click()


async def settle(page: Page) -> None:
    """Wait until the server has the working copy."""
    await expect(page.locator("#kept")).to_have_text(KEPT)


async def restore(page: Page) -> None:
    """Restore what the browser offers, if it offers anything."""
    await page.locator("#found[data-asked]").wait_for(state="attached")
    button = page.get_by_role("button", name="Restore it")
    if await button.is_visible():
        await button.click()


async def sent_text(page: Page) -> str:
    """The text that the form would send."""
    return await page.locator("textarea[name=content]").input_value()


async def shown_text(page: Page) -> str:
    """The text that the component shows, if all of it is in view."""
    await page.locator(".cm-content").wait_for()
    shown: str = await page.get_by_role("textbox", name="Text", exact=True).evaluate(_LINES)
    return shown


async def expect_text(page: Page, text: str) -> None:
    """Wait until the form would send this short text, which the writer must then see."""
    await expect(page.locator("textarea[name=content]")).to_have_value(text)
    assert await shown_text(page) == text


async def opened(tab: Tab, desk: Desk, content: str) -> Post:
    """A post in the editor."""
    post = await a_post(desk.store, content=content)
    await tab.open(f"/desk/posts/{post.id}")
    return post


async def keys(page: Page, *presses: str) -> None:
    """Press these keys in the text, or type what is longer than a key."""
    box = page.get_by_role("textbox", name="Text", exact=True)
    await box.focus()
    for each in presses:
        if "+" in each or (len(each) > 1 and each[0].isupper() and each.isalnum()):
            await page.keyboard.press(each)
        else:
            await page.keyboard.type(each)


async def set_field(page: Page, text: str) -> None:
    """Change the field as a script or an extension of the browser would."""
    change = (
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    await page.locator("textarea[name=content]").evaluate(change, text)


async def saved(page: Page, desk: Desk, post: Post) -> str:
    await press(page, "Save draft")
    return (await desk.store.posts.get(post.id, comments=0)).content
