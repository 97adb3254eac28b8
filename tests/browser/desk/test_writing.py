"""Writing in Chromium: every flow of the editor, and text that survives."""

import random
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from everpost.domain.clock import now
from everpost.domain.posts import Post, PostStatus
from tests.browser.desk.conftest import Desk
from tests.browser.desk.editing import (
    expect_text,
    press,
    restore,
    sent_text,
    settle,
    shown_text,
    write,
)
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect
from tests.contract.desk.writing.forms import a_post

TEXT = "# Hello\n\nSome *text*, [a link](/nowhere) and ![](/static/none.png)\n\n### Deep\n"


async def stored(desk: Desk, post: Post) -> Post:
    return await desk.store.posts.get(post.id, comments=0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_write_publish_and_read(chromium: Browser, desk: Desk, scripts: bool) -> None:
    title = f"A title {scripts}"
    async with desk.tab(chromium, "author", scripts=scripts) as tab:
        page = tab.page
        await tab.open("/desk/posts")
        await page.get_by_role("link", name="Write", exact=True).click()
        await expect(page).to_have_title("Write · Blog")
        await write(page, Title=title, Text="*One*\n\ntwo", Summary="Short", Tags="a, b")
        await press(page, "Save draft")
        await expect(page.get_by_role("status").first).to_have_text("The draft has been saved.")
        await expect(page.get_by_text("unsaved text")).to_have_count(0)
        await press(page, "Publish")
        await press(page, "Undo")
        await expect(page.locator("h1 + .mark")).to_have_text("Draft")
        await press(page, "Publish")
        await page.get_by_role("link", name="View post").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await expect(page.locator(".prose em")).to_have_text("One")
        await page.go_back()
        await press(page, "Delete")
        await press(page, "Delete")
        moved = "The post has been moved to the trash."
        await expect(page.get_by_role("status").first).to_have_text(moved)
        await expect(page.get_by_role("link", name=title)).to_have_count(0)
        await page.reload()
        await press(page, "Undo")
        await expect(page.locator("h1 + .mark")).to_have_text("Published")
        await expect(page.get_by_role("link", name="View post")).to_be_visible()


async def test_schedule(chromium: Browser, desk: Desk) -> None:
    later = (now() + timedelta(days=2)).isoformat()[:16]
    async with desk.tab(chromium, "author") as tab:
        await tab.open("/desk/posts/new")
        await write(tab.page, Title="Next week", Publication_date=later)
        await press(tab.page, "Schedule")
        await expect(tab.page.locator("h1 + .mark")).to_have_text("Scheduled")
        await press(tab.page, "Unschedule")
        await expect(tab.page.get_by_label("Publication date")).to_have_value(later)


async def test_a_writer_needs_only_the_keyboard(chromium: Browser, one_desk: Desk) -> None:
    async with one_desk.tab(chromium, "author") as tab:
        page = tab.page
        await page.set_viewport_size({"width": 320, "height": 800})
        await tab.open("/desk/posts/new")
        for label, text in (("Title", "By keyboard"), ("Text", "One\nTwo"), ("Tags", "keys")):
            await tab.press_tab_until(label)
            await page.keyboard.type(text)
        await tab.press_tab_until("Publish")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").first).to_have_text("The post has been published.")
        await expect_text(page, "One\nTwo")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_the_preview_shows_what_is_typed(chromium: Browser, one_desk: Desk, scripts: bool) -> None:
    async with one_desk.tab(chromium, "author", scripts=scripts) as tab:
        page = tab.page
        await tab.open("/desk/posts/new")
        await write(page, Title="Not saved", Text="*typed*")
        async with page.context.expect_page() as opened:
            await page.get_by_role("button", name="Preview").click()
        other = await opened.value
        await expect(other.locator(".prose em")).to_have_text("typed")
        await other.close()
        if not scripts:
            return
        await page.get_by_label("Live preview").check()
        frame = page.frame_locator("#live")
        await expect(frame.locator(".prose em")).to_have_text("typed")
        await page.get_by_label("Text", exact=True).press_sequentially(" **more**")
        await expect(frame.locator(".prose strong")).to_have_text("more")
        await expect(frame.get_by_role("heading", level=1)).to_have_text("Not saved")
        await settle(page)


async def test_tags_are_completed(chromium: Browser, one_desk: Desk) -> None:
    await a_post(one_desk.store, tags=("gardens", "food"), status=PostStatus.PUBLISHED)
    async with one_desk.tab(chromium, "author") as tab:
        await tab.open("/desk/posts/new")
        await write(tab.page, Tags="food, g")
        values = await tab.page.eval_on_selector_all(
            "#known-tags option", "all => all.map(each => each.value)"
        )
        assert "food, gardens" in values
        assert "food, food" not in values
        await settle(tab.page)


async def test_closing_the_tab_at_any_moment_loses_nothing(chromium: Browser, one_desk: Desk) -> None:
    await _close_at_random(chromium, one_desk, 10)


@pytest.mark.long
async def test_closing_the_tab_a_hundred_times(chromium: Browser, one_desk: Desk) -> None:
    await _close_at_random(chromium, one_desk, 100)


async def _close_at_random(chromium: Browser, desk: Desk, times: int) -> None:
    """Type words, and close the tab at random moments. Every word must come back."""
    post = await a_post(desk.store, content="", title="Closed")
    moments = random.Random(19)
    text = ""
    async with desk.tab(chromium, "author") as tab:
        path = f"/desk/posts/{post.id}"
        for number in range(times):
            page = await tab.page.context.new_page()
            if number % 3 == 2:  # the database is away
                await page.route("**/working-copy", lambda route: route.fulfill(status=503))
            await page.goto(f"{desk.address}{path}")
            box = page.get_by_label("Text", exact=True)
            await restore(page)
            before, text = text, await sent_text(page)
            assert text.startswith(before)
            assert await shown_text(page) == text
            await box.press("Control+End")
            for word in range(moments.randint(1, 6)):
                await page.keyboard.insert_text(f"{number}.{word} ")
            text = await sent_text(page)
            await page.wait_for_timeout(moments.randint(0, 100))
            await page.close(run_before_unload=moments.random() < 0.5)
        page = await tab.page.context.new_page()
        await page.goto(f"{desk.address}{path}")
        await restore(page)
        await expect_text(page, text)
        await press(page, "Save draft")
        assert (await stored(desk, post)).content == text


async def test_a_new_post_comes_back_before_and_after_the_server_has_it(
    chromium: Browser, one_desk: Desk
) -> None:
    async with one_desk.tab(chromium, "author") as tab:
        new = f"{one_desk.address}/desk/posts/new"
        page = await tab.page.context.new_page()
        await page.route("**/working-copy", lambda route: route.abort())
        await page.goto(new)
        await write(page, Text="never sent")
        await page.close()

        page = await tab.page.context.new_page()
        await page.goto(new)
        await restore(page)
        await expect_text(page, "never sent")
        await write(page, Title="Only a copy")
        await settle(page)
        await page.close()

        await tab.open("/desk/posts")
        await tab.page.get_by_role("link", name="Only a copy").click()
        await expect_text(tab.page, "never sent")
        await press(tab.page, "Discard it")
        await expect(tab.page.get_by_role("link", name="Only a copy")).to_have_count(0)


async def test_text_typed_offline_is_kept_and_sent_when_the_connection_is_back(
    chromium: Browser, desk: Desk
) -> None:
    post = await a_post(desk.store, title="Offline")
    async with desk.tab(chromium, "author") as tab:
        page, path = tab.page, f"/desk/posts/{post.id}"
        await tab.open(path)
        await page.context.set_offline(True)
        await write(page, Text="typed offline")
        await expect(page.locator("#kept")).to_contain_text("Not connected.")
        await page.context.set_offline(False)
        await settle(page)
        copy = await desk.store.working_copies.get(post.author.id, post.id)  # type: ignore[union-attr]
        assert copy.copy.text.content == "typed offline"
        tab.faults.clear()  # Chromium reports the lost connection
        await page.reload()
        await expect(page.get_by_text("This is your unsaved text.")).to_be_visible()
        await expect_text(page, "typed offline")
        await press(page, "Discard it")
        await expect_text(page, post.content)


@pytest.fixture
async def shared(desk: Desk) -> Post:
    """A post that several people or tabs open."""
    return await a_post(desk.store, title="Shared", content="one\ntwo\nthree")


async def test_two_people(chromium: Browser, desk: Desk, shared: Post) -> None:
    path = f"/desk/posts/{shared.id}"
    async with desk.tab(chromium, "author") as ann, desk.tab(chromium, "editor") as edda:
        await ann.open(path)
        await edda.open(path)
        await write(edda.page, Text="ONE\ntwo\nthree")
        await press(edda.page, "Save draft")
        await write(ann.page, Text="one\ntwo\nTHREE")
        await expect(ann.page.get_by_text("has been saved elsewhere")).to_be_visible()
        await settle(ann.page)
        ann.statuses[f"{desk.address}{path}"] = 412
        await press(ann.page, "Save draft")
        await expect(ann.page.get_by_role("heading", name="What differs")).to_be_visible()
        await inspect(ann, "en")
        await expect_text(ann.page, "ONE\ntwo\nTHREE")
        await settle(ann.page)
        ann.statuses[f"{desk.address}{path}"] = 200
        await press(ann.page, "Save draft")
        assert (await stored(desk, shared)).content == "ONE\ntwo\nTHREE"


async def test_two_tabs(chromium: Browser, desk: Desk, shared: Post) -> None:
    path = f"/desk/posts/{shared.id}"
    async with desk.tab(chromium, "author") as tab:
        await tab.open(path)
        other = await tab.page.context.new_page()
        await other.goto(f"{desk.address}{path}")
        await write(tab.page, Text="first tab")
        await settle(tab.page)
        await write(other, Text="second tab")
        await expect(other.get_by_text("another tab or on another device")).to_be_visible()
        await other.close()
        await press(tab.page, "Save draft")
        assert (await stored(desk, shared)).content == "first tab"
        await expect(tab.page.get_by_text("This browser has text")).to_be_visible()
        await tab.page.get_by_role("button", name="Restore it").click()
        await expect_text(tab.page, "second tab")
        await settle(tab.page)


@pytest.mark.parametrize("path", ["", "/unsaved", "/{id}", "/new", "/{id}/delete"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_accessible(chromium: Browser, one_desk: Desk, path: str, language: str) -> None:
    post = await a_post(one_desk.store, content=TEXT, tags=("a",))
    async with one_desk.tab(chromium, "editor", locale=language) as tab:
        await tab.open(f"/desk/posts{path}".format(id=post.id))
        await inspect(tab, language)
