"""Chromium, for tests and screenshots: the one that is installed on this machine."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

SETTING = "EVERPOST_TEST_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def is_required() -> bool:
    """Whether the tests must not be skipped without Chromium."""
    return bool(os.environ.get(SETTING))


def find_chromium() -> str:
    """The path of Chromium: `EVERPOST_TEST_CHROMIUM`, or else the first one that is installed. Raises
    LookupError, with the reason, if there is none.
    """
    named = os.environ.get(SETTING)
    for name in (named,) if named else _NAMES:
        if path := shutil.which(name):
            return path
    if named:
        raise LookupError(f"{SETTING} requires {named!r}, which is not installed")
    raise LookupError("there is no chromium here: apt install it")


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    # Its sandbox does not work for root, and /dev/shm is small in containers.
    flags = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        try:
            yield browser
        finally:
            await browser.close()
