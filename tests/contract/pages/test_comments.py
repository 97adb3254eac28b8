"""Commenting with a form, without a script."""

from collections.abc import Sequence

import pytest

from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post
from tests.contract.pages.conftest import FORM, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

GUS = {"name": "Gus Guest", "content": "I *agree*.\r\nReally."}
OWN = {"origin": "http://blog.example"}


@pytest.fixture(autouse=True)
async def post(site: Site) -> Post:
    return await publish(site.store, title="Hello", slug="hello")


async def comments_of(site: Site, post: Post) -> list[str]:
    found = await site.store.posts.get(post.id, comments=100)
    return [comment.content for comment in found.comments]


async def test_the_form_has_accessible_names_and_a_trap(site: Site) -> None:
    page = Page(await site.get("/hello"))
    assert page.one("//label[@for='name']") == "Name"
    assert page.one("//label[@for='content']") == "Comment"
    assert page.one("//form//button") == "Send comment"
    assert page.one("//input[@id='website']/@tabindex") == "-1"
    assert page.form.action == "/hello#comment-form"
    assert page.form.fields == {"website": "", "name": "", "content": ""}


async def test_a_comment_that_waits_for_approval_can_be_edited_and_deleted(site: Site) -> None:
    sent = await site.send("/hello", GUS)
    assert (sent.status_code, sent.headers["cache-control"]) == (303, "no-store")
    own = sent.headers["location"]
    answer = await site.get(own)
    page = Page(answer)
    assert page.one("//h1") == "Your comment is awaiting approval"
    assert page.one("//div[@class='own']//em") == "agree"
    assert page.form.fields == {"content": "I *agree*.\nReally."}
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert page.one("//meta[@name='robots']/@content") == "noindex"
    assert "set-cookie" not in answer.headers
    assert "agree" not in (await site.get("/hello")).text

    saved = await site.send(page.form.action, {"content": "I disagree.", "action": "save"})
    assert saved.status_code == 303
    page = Page(await site.get(saved.headers["location"]))
    assert page.one("//p[@role='status']") == "Your changes have been saved."
    assert page.one("//div[@class='own']//div[@class='text']") == "I disagree."

    deleted = await site.send(page.form.action, {"content": "", "action": "delete"})
    assert (deleted.status_code, deleted.headers["location"]) == (303, "/hello#comments")
    assert (await site.get(own)).status_code == 404


async def test_a_comment_on_an_open_post_is_shown_at_once(open_site: Site) -> None:
    before = await open_site.get("/hello")
    sent = await open_site.send("/hello", GUS, **OWN, sec_fetch_site="same-origin")
    page = Page(await open_site.get(sent.headers["location"]))
    assert page.one("//h1") == "Your comment is published"
    shown = page.one("//main//a[contains(@href, '#comment-')]/@href")
    after = await open_site.get("/hello", if_none_match=before.headers["etag"])
    assert after.status_code == 200
    assert Page(after).one(f"//li[@id='{shown.partition('#')[2]}']//em") == "agree"


async def test_a_reply_appears_below_its_comment(open_site: Site, post: Post) -> None:
    first = await comment_on(open_site.store, post.id, guest_name="Ann")
    link = Page(await open_site.get("/hello")).one("//a[@aria-label='Reply to Ann']/@href")
    assert link == f"/hello?reply={first.id}#comment-form"
    page = Page(await open_site.get(link))
    assert page.one("//form//h3") == "Reply to Ann"
    assert page.one("//meta[@name='robots']/@content") == "noindex"
    assert page.form.fields["parent_id"] == first.id
    await open_site.send(page.form.action, page.form.fields | GUS)
    tree = Page(await open_site.get("/hello"))
    assert tree.one(f"//li[@id='comment-{first.id}']/ol/li//b") == "Gus Guest"


async def test_sending_the_same_form_again_adds_nothing(site: Site) -> None:
    first, second = await site.send("/hello", GUS), await site.send("/hello", GUS)
    assert first.headers["location"] == second.headers["location"]
    assert (await site.get(second.headers["location"])).status_code == 200
    other = await site.send("/hello", GUS | {"content": "Something else."})
    assert other.headers["location"] != first.headers["location"]
    on_another_post = await publish(site.store, slug="other")
    assert str(on_another_post.id) in (await site.send("/other", GUS)).headers["location"]


async def test_the_same_form_is_refused_after_the_comment_was_edited(site: Site) -> None:
    own = (await site.send("/hello", GUS)).headers["location"]
    await site.send(own, {"content": "Changed."})
    again = await site.send("/hello", GUS)
    assert again.status_code == 409
    assert Page(again).one("//div[@role='alert']") == "You have already sent this comment."


WRONG: Sequence[tuple[dict[str, str], dict[str, str]]] = [
    ({"name": "", "content": "Hello"}, {"name": "Enter your name."}),
    ({"name": "Gus", "content": " \r\n"}, {"content": "Write something first."}),
    ({}, {"name": "Enter your name.", "content": "Write something first."}),
    (
        {"name": "Gus", "content": "x" * 20_001},
        {"content": "Enter at most 20000 characters."},
    ),
    ({"name": "Gus\x00", "content": "Hello"}, {"name": "This contains a character that cannot be stored."}),
    (
        {"name": "Ann Author", "content": "Hello"},
        {"name": "Your name is too similar to the name of a user of this blog."},
    ),
    (
        {"name": "Gus", "content": "http://a.example http://b.example http://c.example"},
        {"content": "A comment can have at most 2 links."},
    ),
]


async def test_errors_are_explained_and_keep_what_was_typed(
    site: Site, post: Post, subtests: pytest.Subtests
) -> None:
    for fields, errors in WRONG:
        with subtests.test(errors=errors):
            answer = await site.send("/hello", fields)
            page = Page(answer)
            assert answer.status_code == 422
            assert answer.headers["cache-control"] == "private, no-store"
            assert page.one("//title").startswith("Error: ")
            for field in ("name", "content"):
                typed = fields.get(field, "").replace("\x00", "").strip()
                assert page.form.fields[field].replace("\ufffd", "").strip() == typed
                expected = [errors[field]] if field in errors else []
                described = page.all(f"//*[@name='{field}'][@aria-invalid='true']/@aria-describedby")
                assert described == ([f"{field}-error"] if expected else [])
                assert page.all(f"//*[@id='{field}-error']") == expected
                assert page.all(f"//div[@role='alert']//a[@href='#{field}']") == expected
    assert await comments_of(site, post) == []


async def test_a_reply_to_a_comment_that_is_gone_keeps_its_text(site: Site, post: Post) -> None:
    for parent in (new_id(), Id("x"), (await pending(site, post)).id):
        answer = await site.send("/hello", GUS | {"parent_id": parent})
        page = Page(answer)
        assert answer.status_code == 422
        assert "no longer shown" in page.one("//div[@role='alert']")
        assert "parent_id" not in page.form.fields
        assert page.form.fields["name"] == GUS["name"]
        assert (await site.get(f"/hello?reply={new_id()}")).status_code == 200


async def test_a_post_that_was_closed_meanwhile_keeps_the_text(site: Site) -> None:
    for policy, reason in (
        (CommentPolicy.CLOSED, "This post is closed for comments."),
        (CommentPolicy.MEMBERS, "Only people with an account on this blog can comment."),
    ):
        await site.change(comment_policy=policy)
        answer = await site.send("/hello", GUS)
        page = Page(answer)
        assert answer.status_code == 403
        assert page.one("//div[@role='alert']") == reason
        assert page.form.fields["name"] == GUS["name"]


async def test_a_filled_trap_marks_spam_that_seems_to_await_approval(site: Site, post: Post) -> None:
    sent = await site.send("/hello", GUS | {"website": "http://spam.example"})
    page = Page(await site.get(sent.headers["location"]))
    assert page.one("//h1") == "Your comment is awaiting approval"
    comment_id = Id(sent.headers["location"].partition("?")[0].rpartition("/")[2])
    stored = await site.store.comments.get(post.id, comment_id)
    assert stored.status is CommentStatus.SPAM


FOREIGN: Sequence[dict[str, str]] = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "cross-site", **OWN},
]


async def test_forms_of_other_origins_are_refused(site: Site) -> None:
    own = (await site.send("/hello", GUS)).headers["location"]
    for headers in FOREIGN:
        for path in ("/hello", own):
            answer = await site.send(path, GUS | {"content": "Forged"}, **headers)
            assert answer.status_code == 403
            assert Page(answer).one("//h1") == "Forbidden"
    assert "Forged" not in (await site.get(own)).text


async def test_the_limits_of_the_api_apply(strict_site: Site) -> None:
    await publish(strict_site.store, slug="hello")
    for number in range(2):
        sent = await strict_site.send("/hello", {"name": "Gus", "content": f"Number {number}"})
        assert sent.status_code == 303
    answer = await strict_site.send("/hello", {"name": "Gus", "content": "Number 2"})
    page = Page(answer)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "limit of guest comments" in page.one("//div[@role='alert']")
    assert page.form.fields["content"].strip() == "Number 2"


NO_FORMS = [
    (b'{"name": "Gus"}', "application/json", 415),
    (b"name=Gus&name=Eve&content=x", FORM, 400),
    (b"name=%ff&content=x", FORM, 400),
    (b"name=Gus&content=" + b"x" * 300_000, FORM, 413),
]


async def test_a_body_that_is_not_a_form_is_refused_with_a_page(site: Site) -> None:
    for body, media_type, status in NO_FORMS:
        answer = await site.client.post("/hello", content=body, headers={"content-type": media_type})
        assert answer.status_code == status
        assert Page(answer).one("//main//p[@class='by']") == f"Error {status}"


async def test_the_longest_comment_of_any_script_is_accepted(site: Site) -> None:
    sent = await site.send("/hello", {"name": "Gus", "content": "\U0001f600" * 20_000})
    assert sent.status_code == 303


async def test_a_wrong_key_changes_nothing(open_site: Site) -> None:
    own = (await open_site.send("/hello", GUS)).headers["location"]
    wrong = own.partition("?")[0] + "?key=wrong"
    assert (await open_site.get(wrong)).headers["location"].startswith("/hello#comment-")
    answer = await open_site.send(wrong, {"content": "Forged"})
    assert answer.status_code == 403
    assert "Forged" not in (await open_site.get("/hello")).text


async def pending(site: Site, post: Post) -> Comment:
    return await comment_on(site.store, post.id, guest_name="Eve", status=CommentStatus.PENDING)
