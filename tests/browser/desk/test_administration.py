"""Running a blog in Chromium: settings, people, tokens and the export, also without JavaScript."""

import pytest
from playwright.async_api import Browser, Page, expect

from everpost.domain.blog import BlogChange, NavigationLink
from everpost.domain.clock import now
from everpost.domain.people.users import Role
from tests.browser.desk.conftest import PASSWORD, Desk, Desks
from tests.browser.inspection import Tab
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect
from tests.contract.http.people import PEOPLE
from tests.contract.port.examples import register

EDDA = PEOPLE["editor"].user
NEWER = "a horse with a new battery"
LINKS = (NavigationLink("About", "/about"), NavigationLink("Elsewhere", "https://other.example"))
PATHS = (
    *("settings", "settings/database", "people", f"people/{EDDA.id}"),
    *(f"people/{EDDA.id}/remove", "people/invite", "account/tokens", "invitation"),
)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def notice(page: Page, text: str) -> None:
    await page.get_by_role("status").get_by_text(text).wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
async def test_a_page_for_running_a_blog(chromium: Browser, desks: Desks, path: str, language: str) -> None:
    """One database is enough: the pages are the same on all of them."""
    desk = await desks.on("sqlite")
    await desk.store.blog.save(BlogChange(updated_at=now(), navigation=LINKS), match=None)
    async with desk.tab(chromium, "admin", locale=language) as tab:
        await tab.open(f"/desk/{path}")
        await inspect(tab, language)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_settings_and_navigation(chromium: Browser, desk: Desk, scripts: bool) -> None:
    await desk.store.blog.save(BlogChange(updated_at=now(), navigation=LINKS[:1]), match=None)
    async with desk.tab(chromium, "admin", scripts=scripts) as tab:
        page = tab.page
        await tab.open("/desk/settings")
        assert await page.title() == "Settings · Blog"
        await page.get_by_label("Blog title").fill("New title")
        await page.get_by_label("Time zone").select_option("Europe/Berlin")
        await press(page, "Add a link")
        label = page.get_by_label("Label of link 2")
        await expect(label).to_be_focused()
        await page.keyboard.type("Elsewhere")
        await page.get_by_label("Address of link 2").fill("https://other.example")
        await press(page, "Move link 2 up")
        await expect(page.get_by_label("Label of link 1")).to_have_value("Elsewhere")
        await expect(page.get_by_role("button", name="Move link 1 up")).to_be_focused()
        await page.get_by_label("Blog title").press("Enter")  # saves, and moves nothing
        await notice(page, "The settings have been saved.")
    saved = await desk.store.blog.get()
    assert (saved.title, saved.time_zone, saved.navigation) == ("New title", "Europe/Berlin", LINKS[::-1])
    await desk.store.blog.save(BlogChange(updated_at=now(), title="", time_zone="UTC"), match=None)


async def test_two_tabs_with_the_settings(chromium: Browser, desk: Desk, engine_name: str) -> None:
    async with desk.tab(chromium, "admin") as mine, desk.tab(chromium, "admin") as theirs:
        for tab in (mine, theirs):
            await tab.open("/desk/settings")
        await theirs.page.get_by_label("Blog title").fill("Theirs")
        await press(theirs.page, "Save settings")
        await notice(theirs.page, "The settings have been saved.")
        await mine.page.get_by_label("Blog title").fill("Mine")
        mine.statuses[f"{desk.address}/desk/settings"] = 412
        await press(mine.page, "Save settings")
        await (
            mine.page.get_by_role("alert").get_by_text("Someone else has changed this to: Theirs").wait_for()
        )
        if engine_name == "sqlite":
            await inspect(mine, "en")
        assert await mine.page.get_by_label("Blog title").input_value() == "Mine"
        await press(mine.page, "Save settings")
        await notice(mine.page, "The settings have been saved.")
    assert (await desk.store.blog.get()).title == "Mine"
    await desk.store.blog.save(BlogChange(updated_at=now(), title=""), match=None)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_from_an_invitation_to_a_removal(chromium: Browser, desk: Desk, scripts: bool) -> None:
    email = f"ivy-{scripts}@blog.example".lower()
    async with (
        desk.tab(chromium, "admin", scripts=scripts) as tab,
        desk.tab(chromium, scripts=scripts) as ivy,
    ):
        page = tab.page
        await tab.open("/desk/people")
        await page.get_by_role("link", name="Invite someone").click()
        await page.get_by_label("Name").fill("Ivy Invited")
        await page.get_by_label("Email").fill(email)
        await press(page, "Invite")
        link = await page.locator(".secret").inner_text()
        await ivy.open(link.removeprefix(desk.address))
        if not scripts:
            await ivy.page.get_by_label("Code").fill(link.partition("#")[2])
        await ivy.page.get_by_label("Password", exact=True).fill(NEWER)
        await press(ivy.page, "Join")
        await notice(ivy.page, "Welcome: your account is ready.")
        await change_and_remove(tab, email)
        await ivy.page.goto(f"{desk.address}/desk/posts")
        assert await ivy.page.title() == "Sign in · Blog"
    assert await desk.store.users.find(email) is None


async def change_and_remove(tab: Tab, email: str) -> None:
    page = tab.page
    await tab.open("/desk/people")
    await page.get_by_role("listitem").filter(has_text=email).get_by_role("link").click()
    await page.get_by_label("New role").select_option("editor")
    await press(page, "Change role")
    await notice(page, "The role has been changed.")
    await press(page, "Disable account")
    await notice(page, "The account has been disabled.")
    await press(page, "Enable account")
    await notice(page, "The account has been enabled.")
    await page.get_by_role("link", name="Remove this person…").click()
    await page.get_by_label("Who gets the posts").select_option(label="Ada Admin")
    await press(page, "Remove")
    await notice(page, "The person has been removed.")


async def test_a_token_is_created_by_keyboard_shown_once_and_revoked(chromium: Browser, desk: Desk) -> None:
    async with desk.tab(chromium, "author") as tab:
        page = tab.page
        await tab.open("/desk/account/tokens")
        for field, text in (("Name", "Backup"), ("Write posts posts:write", " "), ("Password", PASSWORD)):
            await tab.press_tab_until(field)
            await page.keyboard.type(text)
        await page.keyboard.press("Enter")
        secret = await page.locator(".secret").inner_text()
        await page.get_by_role("link", name="All tokens").click()
        row = page.get_by_role("listitem").filter(has_text="Backup")
        await row.get_by_text("Revoke…").click()
        assert secret not in await page.content()
        await row.get_by_role("button", name="Revoke token").click()
        await notice(page, "The token has been revoked.")
        await expect(page.get_by_text("Backup")).to_have_count(0)


async def test_the_archive_is_downloaded(chromium: Browser, desk: Desk) -> None:
    await register(desk.store, role=Role.AUTHOR)
    async with desk.tab(chromium, "admin") as tab:
        await tab.open("/desk/settings")
        await tab.page.get_by_role("link", name="Database and export").click()
        async with tab.page.expect_download() as started:
            await press(tab.page, "Download the archive")
        download = await started.value
        assert download.suggested_filename.endswith(".jsonl.zst")
        assert (await download.path()).read_bytes()[:4] == b"\x28\xb5\x2f\xfd"
