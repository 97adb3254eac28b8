"""Decisions with forms, and their undoing, on every store."""

from dataclasses import replace

import pytest

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.moderation.queues import (
    QUEUE,
    after,
    decision_about,
    decision_about_all,
    listed,
    shown,
    status_of,
    undo_in,
    wait_on,
)
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import a_comment, a_post, numbered, publish, publish_thread

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        ("approved", "1 comment approved."),
        ("spam", "1 comment marked as spam."),
        ("removed", "1 comment removed."),
    ],
)
async def test_a_decision_can_be_undone(desk: DeskSite, status: str, notice: str) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store)
    comment, other = await wait_on(desk.store, post), await wait_on(desk.store, post)
    answer = await admin.send(QUEUE, decision_about(await shown(admin), comment, status))
    page = await after(admin, answer)
    assert undo_in(await after(admin, answer)) == undo_in(page), "reloading the page offers it again"
    assert "Path=/desk/comments;" in next(
        each for each in answer.headers.get_list("set-cookie") if each.startswith("everpost-undo=")
    )
    assert [await status_of(desk.store, each) for each in (comment, other)] == [status, "pending"]
    assert listed(page) == [other.id]
    assert page.one("//*[@id='outcome'][@role='status']//p") == notice
    undone = await after(admin, await admin.send(QUEUE, undo_in(page)))
    assert undone.one("//*[@id='outcome']//p") == "Undone."
    assert undone.all("//*[@id='outcome']//button") == []
    assert sorted(listed(undone)) == sorted([comment.id, other.id])
    assert (await shown(admin)).all("//*[@id='outcome']//p") == [], "a notice is shown once"


async def test_undoing_keeps_what_someone_else_decided_since(desk: DeskSite) -> None:
    admin, editor = await desk.as_("admin"), await desk.as_("editor")
    comment = await wait_on(desk.store, await publish(desk.store))
    page = await after(
        admin, await admin.send(QUEUE, decision_about(await shown(admin), comment, "approved"))
    )
    approved = await shown(editor, f"{QUEUE}?status=approved")
    assert (await editor.send(QUEUE, decision_about(approved, comment, "spam"))).status_code == 303
    refused = await admin.send(QUEUE, undo_in(page))
    assert refused.status_code == 412
    assert await status_of(desk.store, comment) == "spam"
    assert "Someone else has marked this comment as spam." in refused.text


async def test_a_hundred_comments_are_decided_and_undone_at_once(desk: DeskSite) -> None:
    admin, post = await desk.as_("admin"), a_post()
    pending = [a_comment(post.id, guest_name="Gus", status=CommentStatus.PENDING) for _ in range(100)]
    await publish_thread(desk.store, post, pending)
    answer = await admin.send(QUEUE, decision_about_all(await shown(admin), "removed"))
    page = await after(admin, answer)
    assert page.one("//*[@id='outcome']//p") == "100 comments removed."
    assert listed(page) == []
    undone = await after(admin, await admin.send(QUEUE, undo_in(page)))
    assert sorted(listed(undone)) == sorted(each.id for each in pending)


async def test_a_notice_may_contain_anything(desk: DeskSite, subtests: pytest.Subtests) -> None:
    admin = await desk.as_("admin")
    comment = await wait_on(desk.store, await publish(desk.store))
    for subject in ("", ".x", ".p", ".pAAAA", f".p{'A' * 31}", f".p{'A' * 32}", f".p{'_' * 3232}", ".p$"):
        with subtests.test(subject=subject):
            cookie = f"{admin.cookies['cookie']}; everpost-notice=comments-approved{subject}"
            answer = await admin.get(QUEUE, cookie=cookie)
            assert answer.status_code == 200
            page = Page(answer)
            if page.all("//*[@id='outcome']//form"):
                assert (await admin.send(QUEUE, undo_in(page))).status_code in (400, 404)
    assert await status_of(desk.store, comment) == "pending"


async def test_a_form_without_comments_decides_nothing(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store)
    comments = [await wait_on(desk.store, post) for _ in range(2)]
    sent = decision_about_all(await shown(admin), "spam")
    answer = await admin.send(QUEUE, {name: sent[name] for name in sent if not name.startswith("c.")})
    assert answer.status_code == 422
    assert "Choose at least one comment." in answer.text
    wrong = [
        {**sent, "status": "x"},
        {name: sent[name] for name in sent if name != "status"},
        {**sent, "after": "x"},
        {**sent, "c.x": "1-1"},
        {**sent, **{f"c.{number:024x}": "1-1" for number in range(100)}},
    ]
    for fields in wrong:
        assert (await admin.send(QUEUE, fields)).status_code == 400
    assert {await status_of(desk.store, each) for each in comments} == {"pending"}


async def test_a_decision_returns_to_the_same_page_of_the_queue(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store)
    old, new = await wait_on(desk.store, post), await wait_on(desk.store, post)
    cursor = (await desk.client.get("/api/comments?limit=1", headers=PEOPLE["admin"].headers)).links["next"]
    path = f"{QUEUE}?{cursor['url'].partition('?')[2]}".replace("limit=1&", "").replace("&limit=1", "")
    page = await shown(admin, path)
    older = min(old, new, key=lambda each: each.position)
    assert listed(page) == [older.id]
    answer = await admin.send(QUEUE, decision_about(page, older, "approved"))
    assert answer.headers["location"] == path


async def test_a_form_has_the_effect_of_the_call_of_the_api(
    desk: DeskSite, subtests: pytest.Subtests
) -> None:
    """The effects are equal in everything but ids and stamps."""
    admin, headers = await desk.as_("admin"), PEOPLE["admin"].headers
    for status in CommentStatus:
        with subtests.test(status=status):
            by_form, by_call = [await _thread(desk.store, status) for _ in range(2)]
            fields = {f"c.{each.id}": f"1-{each.stamp:x}" for each in by_form}
            form = {"from": by_form[0].status, "view": "pending", "status": status, **fields}
            assert (await admin.send(QUEUE, form)).status_code == 303
            body = [{"id": each.id, "status": status, "revision": f"1-{each.stamp:x}"} for each in by_call]
            call = await desk.client.post("/api/comments/decisions", json=body, headers=headers)
            assert call.status_code == 200
            assert await _without_ids(desk.store, by_form) == await _without_ids(desk.store, by_call)
            assert {await status_of(desk.store, each) for each in (*by_form, *by_call)} == {status}


async def _thread(store: Store, status: CommentStatus) -> list[Comment]:
    """Two comments that the decision will change."""
    post = await publish(store)
    earlier = CommentStatus.SPAM if status is CommentStatus.PENDING else CommentStatus.PENDING
    return [await wait_on(store, post, status=earlier) for _ in range(2)]


async def _without_ids(store: Store, comments: list[Comment]) -> tuple[Post, list[Comment]]:
    """These comments and their post, as the database holds them."""
    post = await store.posts.get(comments[0].post_id, comments=0)
    found = [await store.comments.get(post.id, each.id) for each in comments]
    same = numbered(1)
    return replace(post, id=same, slug=""), [replace(each, id=same, post_id=same) for each in found]
