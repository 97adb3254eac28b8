"""What a writer does on the page of the editor."""

from playwright.async_api import Page, expect

KEPT = "Your text is kept."
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
    await page.wait_for_function("document.querySelector('#found').dataset.asked")
    button = page.get_by_role("button", name="Restore it")
    if await button.is_visible():
        await button.click()


async def sent_text(page: Page) -> str:
    """The text that the form would send."""
    return await page.locator("textarea[name=content]").input_value()


async def shown_text(page: Page) -> str:
    """The text that the writer sees, if all of it is in view."""
    shown: str = await page.get_by_role("textbox", name="Text", exact=True).evaluate(_LINES)
    return shown


async def expect_text(page: Page, text: str) -> None:
    """Wait until the form would send this short text, which the writer must then see."""
    await expect(page.locator("textarea[name=content]")).to_have_value(text)
    assert await shown_text(page) == text
