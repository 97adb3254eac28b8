"""Moderating in Chromium: by keyboard, by mouse, and without JavaScript."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, Response, expect

from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.posts import Post
from tests.browser.desk.conftest import Desk
from tests.browser.inspection import Tab
from tests.browser.languages import LANGUAGES
from tests.browser.test_pages import inspect
from tests.contract.desk.conftest import COOKIE, start_session
from tests.contract.port.examples import LATER, MOMENT, comment_on, publish

QUEUE = "/desk/comments"
FIRST = "Select the comment by"
"""The beginning of the names of check boxes, which are the first stop of the tab key in each comment."""


@pytest.fixture
async def post(desk: Desk) -> AsyncIterator[Post]:
    """A post whose comments are the only ones of the blog."""
    made = await publish(desk.store, title="Hello")
    yield made
    await desk.store.posts.remove(made.id, match=None)


async def wait(desk: Desk, post: Post, count: int) -> list[Comment]:
    """Comments that wait, newest first, as the queue shows them."""
    moments = [MOMENT + timedelta(seconds=number) for number in range(count)]
    comments = [
        await comment_on(
            desk.store,
            post.id,
            guest_name=f"Gus {number}",
            status=CommentStatus.PENDING,
            publication_date=moment,
            updated_at=moment,
        )
        for number, moment in enumerate(moments)
    ]
    return comments[::-1]


def article(page: Page, comment: Comment) -> Locator:
    return page.locator(f"#comment-{comment.id}")


async def enter(tab: Tab, comment: Comment) -> None:
    """Move the focus into the queue, to the first comment."""
    await tab.press_tab_until(f"{FIRST} {comment.guest_name}")


async def settle(page: Page) -> None:
    """Wait until the server has answered."""
    await expect(page.locator("#queue")).to_have_attribute("aria-busy", "false")


async def statuses(desk: Desk, comments: Sequence[Comment]) -> list[str]:
    return [(await desk.store.comments.get(each.post_id, each.id)).status for each in comments]


async def test_sixty_decisions_by_keyboard(chromium: Browser, desk: Desk, post: Post) -> None:
    comments = await wait(desk, post, 60)
    acknowledged: list[str] = []

    async def count(answer: Response) -> None:
        if answer.request.method == "POST":
            acknowledged.extend((await answer.json())["decided"])

    async with desk.tab(chromium, "admin") as tab:
        tab.page.on("response", count)
        await tab.open(QUEUE)
        await enter(tab, comments[0])
        for number in range(60):
            await tab.page.keyboard.press("asr"[number % 3])
        await expect(tab.page.locator("#queue article:visible")).to_have_count(0)
        await settle(tab.page)
    assert sorted(acknowledged) == sorted(each.id for each in comments)
    assert await statuses(desk, comments) == ["approved", "spam", "removed"] * 20


async def test_new_comments_are_a_key_away(chromium: Browser, desk: Desk, post: Post) -> None:
    (comment,) = await wait(desk, post, 1)
    async with desk.tab(chromium, "admin") as tab:
        press = tab.page.keyboard.press
        await tab.open(QUEUE)
        await tab.press_tab_until("Approve")
        await press("a")
        await expect(tab.page.get_by_role("link", name="Check for new comments")).to_be_focused()
        await settle(tab.page)
        (new,) = await wait(desk, post, 1)
        await press("Enter")
        await expect(article(tab.page, new)).to_be_visible()
        await press("j")
        await press("s")
        await expect(article(tab.page, new)).to_be_hidden()
        await settle(tab.page)
    assert await statuses(desk, [comment, new]) == ["approved", "spam"]


async def test_every_key_does_what_the_help_says(chromium: Browser, desk: Desk, post: Post) -> None:
    comments = await wait(desk, post, 4)
    first, second, _, fourth = comments
    async with desk.tab(chromium, "admin") as tab:
        page, press = tab.page, tab.page.keyboard.press
        await tab.open(QUEUE)
        await press("a")
        await press("?")
        await enter(tab, first)
        await press("j")
        await expect(article(page, second)).to_be_focused()
        await press("j")
        await press("k")
        await press("k")
        await press("k")
        await expect(article(page, first)).to_be_focused()
        await press("Control+a")
        await press("?")
        await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        assert await page.locator("dialog kbd").all_inner_texts() == [*"jkxasru?"]
        await press("a")
        await press("Escape")
        await expect(article(page, first)).to_be_focused()
        await press("a")
        await expect(article(page, second)).to_be_focused()
        await press("x")
        await press("j")
        await press("x")
        await press("s")
        await expect(article(page, fourth)).to_be_focused()
        await expect(page.get_by_role("status")).to_contain_text("2 comments marked as spam.")
        assert await statuses(desk, comments) == ["approved", "spam", "spam", "pending"]
        await press("u")
        await expect(article(page, second)).to_be_focused()
        await press("u")
        await expect(article(page, first)).to_be_focused()
        await expect(page.get_by_role("status")).to_have_text("Undone.")
        assert await statuses(desk, comments) == ["pending"] * 4
        await press("r")
        await expect(article(page, first)).to_be_hidden()
        await settle(page)
    assert await statuses(desk, comments) == ["removed", "pending", "pending", "pending"]


async def test_keys_do_nothing_outside_the_queue(chromium: Browser, desk: Desk, post: Post) -> None:
    comments = await wait(desk, post, 2)
    async with desk.tab(chromium, "admin") as tab:
        await tab.open(QUEUE)
        await tab.press_tab_until("Keyboard shortcuts")
        for key in "asrjx?":
            await tab.page.keyboard.press(key)
        await expect(tab.page.locator("#queue article:visible")).to_have_count(2)
        await expect(tab.page.locator("dialog")).to_be_hidden()
        await expect(tab.page.locator(":checked")).to_have_count(0)
        assert await tab.focus() == ("Keyboard shortcuts", True)
    assert await statuses(desk, comments) == ["pending", "pending"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_moderating_by_mouse(chromium: Browser, desk: Desk, post: Post, scripts: bool) -> None:
    comments = await wait(desk, post, 3)
    first, second, third = comments
    async with desk.tab(chromium, "admin", scripts=scripts) as tab:
        page, status = tab.page, tab.page.get_by_role("status")
        await tab.open(QUEUE)
        assert await page.title() == "Comments · Blog"
        await article(page, second).get_by_role("button", name="Spam").click()
        await expect(status).to_contain_text("1 comment marked as spam.")
        await expect(article(page, second)).to_be_hidden()
        await page.get_by_role("button", name="Undo").click()
        await expect(status).to_contain_text("Undone.")
        await expect(article(page, second)).to_be_visible()
        for comment in (first, third):
            await page.get_by_label(f"{FIRST} {comment.guest_name}").check()
        await page.locator("#many").get_by_role("button", name="Remove").click()
        await expect(status).to_contain_text("2 comments removed.")
        assert await statuses(desk, comments) == ["removed", "pending", "removed"]
        await page.get_by_role("link", name="Removed").click()
        await article(page, third).get_by_role("button", name="Approve").click()
        await expect(status).to_contain_text("1 comment approved.")
    assert await statuses(desk, comments) == ["removed", "pending", "approved"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_comment_that_has_changed_is_shown_again(
    chromium: Browser, desk: Desk, post: Post, scripts: bool
) -> None:
    edited, decided = await wait(desk, post, 2)
    async with desk.tab(chromium, "admin", scripts=scripts) as tab:
        page = tab.page
        await tab.open(QUEUE)
        for comment, change in (
            (edited, CommentChange(updated_at=LATER, content="Other words")),
            (decided, CommentChange(updated_at=LATER, status=CommentStatus.SPAM)),
        ):
            await desk.store.comments.save(post.id, comment.id, change, match=None)
        tab.statuses[f"{tab.address}{QUEUE}"] = 200 if scripts else 412
        await article(page, edited).get_by_role("button", name="Approve").click()
        await expect(article(page, edited)).to_contain_text("Read it again before you decide.")
        await expect(article(page, edited)).to_contain_text("Other words")
        assert await statuses(desk, [edited, decided]) == ["pending", "spam"]
        await article(page, edited).get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("status")).to_contain_text("1 comment approved.")
        if scripts:
            await article(page, decided).get_by_role("button", name="Approve").click()
            await expect(article(page, decided)).to_contain_text(
                "Someone else has marked this comment as spam."
            )
            await expect(article(page, decided).get_by_role("button")).to_have_text(["Approve", "Remove"])
    assert await statuses(desk, [edited, decided]) == ["approved", "spam"]


async def test_an_ended_session_loses_no_decision(chromium: Browser, desk: Desk, post: Post) -> None:
    (comment,) = await wait(desk, post, 1)
    async with desk.tab(chromium, "admin") as tab:
        page = tab.page
        await tab.open(QUEUE)
        await page.request.post(f"{tab.address}/desk/logout", form={}, headers={"origin": tab.address})
        tab.statuses[f"{tab.address}{QUEUE}"] = 401
        await article(page, comment).get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("link", name="Sign in again in a new tab")).to_be_visible()
        await expect(article(page, comment)).to_be_visible()
        secret = await start_session(desk.store, "admin")
        await page.context.add_cookies([{"name": COOKIE, "value": secret, "url": tab.address}])
        await article(page, comment).get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("status")).to_contain_text("1 comment approved.")
    assert await statuses(desk, [comment]) == ["approved"]


async def test_a_server_that_is_away_loses_no_decision(chromium: Browser, desk: Desk, post: Post) -> None:
    (comment,) = await wait(desk, post, 1)
    async with desk.tab(chromium, "admin") as tab:
        page = tab.page
        await tab.open(QUEUE)
        await page.context.set_offline(True)
        await article(page, comment).get_by_role("button", name="Spam").click()
        await expect(page.get_by_role("status")).to_contain_text("The server did not respond.")
        await page.context.set_offline(False)
        tab.faults.clear()
        await article(page, comment).get_by_role("button", name="Spam").click()
        await expect(page.get_by_role("status")).to_contain_text("1 comment marked as spam.")
    assert await statuses(desk, [comment]) == ["spam"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_queue_is_accessible(chromium: Browser, desk: Desk, post: Post, language: str) -> None:
    first, second, _ = await wait(desk, post, 3)
    approved = await comment_on(desk.store, post.id, content="A " * 100, guest_name="Mia")
    await comment_on(
        desk.store, post.id, guest_name="Leo", parent_id=approved.id, status=CommentStatus.PENDING
    )
    async with desk.tab(chromium, "admin", locale=language) as tab:
        page = tab.page
        await tab.open(QUEUE)
        change = CommentChange(updated_at=LATER, content="Other words")
        await desk.store.comments.save(post.id, second.id, change, match=None)
        for comment in (second, first):
            await article(page, comment).locator("button[value=approved]").click()
            await settle(page)
        await inspect(tab, language)
        await page.locator("#help").click()
        assert await tab.violations() == []
        await page.keyboard.press("Escape")
        await tab.open(f"{QUEUE}?status=approved")
        assert await tab.violations() == []
