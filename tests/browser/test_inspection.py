"""The inspection finds what it looks for."""

from collections.abc import AsyncIterator

import pytest
from devtools.serving import serving
from fastapi import FastAPI, Response
from playwright.async_api import Browser

from tests.browser.inspection import a_tab

FAULTY = """<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">
<style>a { outline: 0 }</style>
<main><h1>A page</h1><p style="color: #999; background: #aaa">Hard to read</p><img src="/missing.png"></p>
<p style="width: 400px">Wide</p><p><a href="/">Home</a></p></main>
<script>console.log("Hello"); setTimeout("undefined()"); document.cookie = "a=b"</script>
<img alt="" src="http://192.0.2.1/a.png"></html>"""


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    application = FastAPI()
    application.get("/")(lambda: Response(FAULTY, media_type="text/html"))
    async with serving(application) as address:
        yield address


async def test_faults_of_a_page_are_found(chromium: Browser, address: str) -> None:
    async with a_tab(chromium, address) as tab:
        await tab.page.route("http://192.0.2.1/**", lambda route: route.abort())
        await tab.page.set_viewport_size({"width": 320, "height": 800})
        await tab.open("/")
        found = {violation.partition(":")[0] for violation in await tab.violations()}
        assert found == {"color-contrast", "image-alt"}
        assert await tab.is_wider_than_the_screen()
        assert await tab.syntax_faults() != []
        await tab.page.keyboard.press("Tab")
        assert await tab.focus() == ("Home", False)
        kinds = {fault.partition(":")[0] for fault in tab.faults}
        assert kinds == {"console", "error", "404", "other host", "failed"}
        tab.faults.clear()
        assert await tab.page.context.cookies() != []
        await tab.page.context.clear_cookies()
