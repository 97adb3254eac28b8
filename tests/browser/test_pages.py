"""Every page in Chromium: accessible, quiet, valid, and not too wide, in both directions, light and dark."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import pytest
from playwright.async_api import Browser

from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.services.drafts.preview_links import create_link
from tests.browser.conftest import Sites
from tests.browser.content import ANN, DRAFT
from tests.browser.inspection import Tab, a_tab

WIDTHS = (320, 1280)
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")

Visit = Callable[[Tab], Awaitable[None]]
"""Goes to a page."""


def at(path: str, *, status: int = 200) -> Visit:
    async def visit(tab: Tab) -> None:
        await tab.open(path, status=status)

    return visit


def by_link(path: str, name: str) -> Visit:
    async def visit(tab: Tab) -> None:
        await tab.open(path)
        target = await tab.page.get_by_role("link", name=name).get_attribute("href")
        assert target is not None
        await tab.open(target)

    return visit


def by_form(path: str, writer: str, *, button: str | None = None, refused: int = 200) -> Visit:
    """The page after sending a comment, and then pressing another button."""

    async def visit(tab: Tab) -> None:
        await tab.open(path)
        tab.statuses[f"{tab.address}{path}"] = refused
        await tab.page.get_by_label("Name").fill(writer)
        await tab.page.get_by_role("textbox", name="Comment").fill("A comment with *emphasis*")
        await tab.page.get_by_role("button", name="Send comment").click()
        await tab.page.get_by_role("alert" if refused >= 400 else "button").first.wait_for()
        if button is not None:
            await tab.page.get_by_role("button", name=button).click()
            await tab.page.get_by_role("status").wait_for()

    return visit


PAGES: dict[str, Visit] = {
    "home": at("/"),
    "second page": by_link("/", "Older posts"),
    "post": at("/everything"),
    "post in Arabic": at("/arabic"),
    "page": at("/about"),
    "reply": by_link("/everything", "Reply to Gus Guest"),
    "later comments": by_link("/long", "Later comments"),
    "refused comment": by_form("/everything", "Ann Author", refused=422),
    "waiting comment": by_form("/everything", "Mia"),
    "edited comment": by_form("/everything", "Leo", button="Save changes"),
    "published comment": by_form("/open", "Mia"),
    "tags": at("/tags"),
    "tag": at("/tags/everything"),
    "author": at(f"/authors/{ANN.id}"),
    "archive": at("/archive"),
    "feeds": at("/feeds"),
    "not found": at("/nothing", status=404),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_of_a_blog(chromium: Browser, sites: Sites, name: str, language: str) -> None:
    await sites.speak(language)
    async with a_tab(chromium, sites.full) as tab:
        await PAGES[name](tab)
        await inspect(tab, language)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_example_theme(chromium: Browser, sites: Sites, language: str) -> None:
    await sites.speak(language)
    async with a_tab(chromium, sites.themed) as tab:
        for path in ("/", "/everything"):
            await tab.open(path)
            await inspect(tab, language)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_preview_of_a_draft(chromium: Browser, sites: Sites, language: str) -> None:
    await sites.speak(language)
    ann = Actor(ANN, frozenset({Scope.POSTS_WRITE}))
    link = await create_link(sites.store, ann, await sites.store.blog.get(), DRAFT)
    async with a_tab(chromium, sites.full) as tab:
        await tab.open(link.path)
        await inspect(tab, language)


async def test_an_empty_blog(chromium: Browser, sites: Sites) -> None:
    async with a_tab(chromium, sites.empty) as tab:
        for path in ("/", "/archive", "/tags"):
            await tab.open(path)
            await inspect(tab, "en")


async def test_a_blog_without_its_database(chromium: Browser, sites: Sites) -> None:
    async with a_tab(chromium, sites.away) as tab:
        await tab.open("/", status=503)
        await inspect(tab, "en")


async def inspect(tab: Tab, language: str) -> None:
    """Check the page at each width, light and dark."""
    html = tab.page.locator("html")
    assert await html.get_attribute("lang") == language
    assert await html.get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    assert await tab.syntax_faults() == []
    for scheme in SCHEMES:
        await tab.page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            await tab.page.set_viewport_size({"width": width, "height": 800})
            assert not await tab.is_wider_than_the_screen(), (scheme, width)
            assert await tab.violations() == [], (scheme, width)
