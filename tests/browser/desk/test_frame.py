"""The frame of the desk in Chromium."""

import pytest
from playwright.async_api import Browser

from tests.browser.desk.conftest import Desks
from tests.browser.test_pages import inspect

_SIZE = """() => {
  const { width, height } = document.querySelector("header").getBoundingClientRect();
  return { width, height };
}"""


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_an_error_is_accessible(chromium: Browser, desks: Desks, language: str) -> None:
    desk = await desks.on("sqlite")
    async with desk.tab(chromium, "admin", locale=language) as tab:
        await tab.open("/desk/nothing", status=404)
        await inspect(tab, language)


async def test_the_header_is_low_on_small_screens_and_the_same_on_every_page(
    chromium: Browser, desks: Desks
) -> None:
    desk = await desks.on("sqlite")
    async with desk.tab(chromium, "admin") as tab:
        await tab.page.set_viewport_size({"width": 320, "height": 640})
        await tab.open("/desk/posts")
        assert (await tab.page.evaluate(_SIZE))["height"] < 640 / 5
        await tab.page.set_viewport_size({"width": 1280, "height": 640})
        sizes = []
        for path in ("posts", "posts/new", "comments", "settings"):
            await tab.open(f"/desk/{path}")
            sizes.append(await tab.page.evaluate(_SIZE))
        assert sizes == sizes[:1] * 4
