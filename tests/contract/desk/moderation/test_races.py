"""Decisions while something else happens to the comment, on every store."""

import asyncio

import httpx
import pytest

from everpost.domain.comments import Comment
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.moderation.queues import (
    QUEUE,
    decision_about,
    decision_about_all,
    publish_by,
    shown,
    status_of,
    wait_on,
)
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

NEW_WORDS = "Other words"
ROUNDS = range(3)
CHANGED = "//main/ol//article"


async def edit(desk: DeskSite, comment: Comment, key: str) -> httpx.Response:
    """The guest changes the comment."""
    return await desk.client.patch(
        f"/api/posts/{comment.post_id}/comments/{comment.id}",
        json={"content": NEW_WORDS},
        headers={"x-edit-key": key},
    )


async def wait_with_key(desk: DeskSite) -> tuple[Comment, str]:
    """A comment that its guest may edit, and the edit key."""
    post = await publish(desk.store)
    body = {"content": "Words", "name": "Gus"}
    made = (await desk.client.post(f"/api/posts/{post.id}/comments", json=body)).json()
    found = await desk.store.comments.find(made["id"])
    assert found is not None
    return found, made["edit_key"]


async def test_of_two_moderators_one_decides(desk: DeskSite) -> None:
    admin, editor = await desk.as_("admin"), await desk.as_("editor")
    post = await publish(desk.store)
    for _ in ROUNDS:
        comment = await wait_on(desk.store, post)
        page = await shown(admin)
        answers = await asyncio.gather(
            admin.send(QUEUE, decision_about(page, comment, "approved")),
            editor.send(QUEUE, decision_about(page, comment, "spam")),
        )
        assert sorted(answer.status_code for answer in answers) == [303, 412]
        winner, note = (
            ("approved", "Someone else has approved this comment.")
            if answers[0].status_code == 303
            else ("spam", "Someone else has marked this comment as spam.")
        )
        assert await status_of(desk.store, comment) == winner
        (refused,) = [Page(answer) for answer in answers if answer.status_code == 412]
        assert refused.one(f"{CHANGED}/p[@data-note]") == note
        assert refused.one("//*[@role='alert']") == (
            "1 comment was skipped: it has changed since you opened the page."
        )


async def test_a_comment_is_not_approved_with_words_that_the_moderator_has_not_seen(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    comment, key = await wait_with_key(desk)
    page = await shown(admin)
    assert (await edit(desk, comment, key)).status_code == 200
    answer = await admin.send(QUEUE, decision_about(page, comment, "approved"))
    assert answer.status_code == 412
    again = Page(answer)
    assert again.one(f"{CHANGED}//div[@class='words']") == NEW_WORDS
    assert again.all(f"//section[@id='queue']//article[@id='comment-{comment.id}']") == []
    assert await status_of(desk.store, comment) == "pending"
    answer = await admin.send(QUEUE, decision_about(again, comment, "approved"))
    assert answer.status_code == 303
    assert await status_of(desk.store, comment) == "approved"


async def test_an_edit_during_the_decision_is_never_approved_unseen(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    for _ in ROUNDS:
        comment, key = await wait_with_key(desk)
        sent = decision_about(await shown(admin), comment, "approved")
        answer, edited = await asyncio.gather(admin.send(QUEUE, sent), edit(desk, comment, key))
        assert answer.status_code in (303, 412)
        found = await desk.store.comments.get(comment.post_id, comment.id)
        if edited.status_code == 200:
            assert (found.status, found.content) == ("pending", NEW_WORDS)
        else:
            assert (answer.status_code, found.status, found.content) == (303, "approved", "Words")


async def test_a_post_is_deleted_meanwhile(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post, other = await publish(desk.store), await publish(desk.store)
    gone, kept = await wait_on(desk.store, post), await wait_on(desk.store, other)
    page = await shown(admin)
    await desk.store.posts.remove(post.id, match=None)
    answer = await admin.send(QUEUE, decision_about(page, gone, "approved"))
    assert answer.status_code == 404
    assert Page(answer).one("//*[@role='alert']") == (
        "1 comment no longer exists, or you may no longer moderate it."
    )
    answer = await admin.send(QUEUE, decision_about_all(page, "approved"))
    assert answer.status_code == 404
    assert Page(answer).one("//*[@id='outcome']//p") == "1 comment approved."
    assert await status_of(desk.store, kept) == "approved"


async def test_a_post_is_deleted_during_the_decision(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    for _ in ROUNDS:
        post = await publish(desk.store)
        comment = await wait_on(desk.store, post)
        sent = decision_about(await shown(admin), comment, "approved")
        path = f"/api/posts/{post.id}?permanently=true"
        deletion = desk.client.delete(path, headers=PEOPLE["admin"].headers)
        answer, deleted = await asyncio.gather(admin.send(QUEUE, sent), deletion)
        assert (answer.status_code in (303, 404), deleted.status_code) == (True, 204)
        assert await status_of(desk.store, comment) is None


async def test_a_session_ends_meanwhile(desk: DeskSite) -> None:
    for _ in ROUNDS:
        admin = await desk.as_("admin")
        comment = await wait_on(desk.store, await publish(desk.store))
        sent = decision_about(await shown(admin), comment, "approved")
        answer, _ = await asyncio.gather(admin.send(QUEUE, sent), admin.send("/desk/logout", {}))
        assert answer.status_code in (303, 401)
        decided = answer.status_code == 303
        assert await status_of(desk.store, comment) == ("approved" if decided else "pending")
        again = await admin.send(QUEUE, {**sent, "status": "spam"}, accept="application/json")
        assert again.status_code == 401
        assert await status_of(desk.store, comment) == ("approved" if decided else "pending")


async def test_an_author_loses_the_post_meanwhile(desk: DeskSite) -> None:
    author = await desk.as_("author")
    post = await publish_by(desk.store, "author")
    comment = await wait_on(desk.store, post)
    sent = decision_about(await shown(author), comment, "approved")
    await desk.client.patch(
        f"/api/posts/{post.id}",
        json={"author_id": PEOPLE["editor"].user.id},
        headers=PEOPLE["admin"].headers | {"if-match": "*"},
    )
    assert (await author.send(QUEUE, sent)).status_code == 404
    assert await status_of(desk.store, comment) == "pending"


async def test_scripts_get_the_outcomes(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    edited, key = await wait_with_key(desk)
    post, other = await publish(desk.store), await publish(desk.store)
    decided, gone = await wait_on(desk.store, post), await wait_on(desk.store, other)
    page = await shown(admin)
    await edit(desk, edited, key)
    await desk.store.posts.remove(other.id, match=None)
    sent = decision_about_all(page, "removed")
    answer = await admin.send(QUEUE, sent, accept="application/json")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    outcomes = answer.json()
    now = await desk.store.comments.get(edited.post_id, edited.id)
    assert outcomes["text"] == "1 comment removed."
    assert list(outcomes["decided"]) == [decided.id]
    assert outcomes["gone"] == [gone.id]
    assert outcomes["changed"] == {
        edited.id: {
            "revision": f"2-{now.stamp:x}",
            "status": "pending",
            "label": "Pending",
            "content": NEW_WORDS,
            "note": "This comment has changed. Read it again before you decide.",
        }
    }
