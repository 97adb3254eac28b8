"""The list of comments that a moderator sees, on every store."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict

import pytest

from everpost.domain.comments import CommentChange, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import PostStatus
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.moderation.queues import QUEUE, listed, publish_by, shown, wait_on
from tests.contract.http.people import PEOPLE, Who
from tests.contract.pages.html import Page
from tests.contract.port.examples import LATER, MOMENT, a_comment, a_post, comment_on, publish, publish_thread

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


class Change(TypedDict, total=False):
    """What is changed besides the status."""

    content: str
    editor_id: Id


EDITOR = PEOPLE["editor"].user
REASONS: Sequence[tuple[str, str, Change | None, str]] = [
    ("pending", "moderated", None, "Comments by guests await approval on this post."),
    ("pending", "open", None, "It has been waiting since it was sent."),
    ("pending", "open", {}, "A moderator returned it to the queue."),
    ("pending", "open", {"content": "Other words"}, "Edited by its writer on February 29, 2024."),
    (
        "pending",
        "open",
        {"content": "Other words", "editor_id": EDITOR.id},
        "Edited by Edda Editor on February 29, 2024.",
    ),
    ("spam", "open", None, "It came with a field filled in that only programs see, or was imported as spam."),
    ("spam", "open", {}, "A moderator marked it as spam."),
]
"""A status, the policy of the post, a change of the comment, and the reason that the page gives."""
FILTERS = "//nav[@aria-label='Status']//a"


def facts(page: Page) -> str:
    """The reason why the only comment of the page is waiting."""
    return " ".join(page.all("//article/p[@class='hint']"))


async def test_a_comment_has_what_a_moderator_needs(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store, title="Hello & bye", slug="hello")
    parent = await comment_on(desk.store, post.id, content="x" * 300, author=PEOPLE["editor"].user.author)
    words = "*Yes* <script>alert(1)</script> http://spam.example"
    comment = await wait_on(desk.store, post, content=words, parent_id=parent.id)
    page = await shown(admin)
    assert page.one("//h1") == "Comments"
    assert page.one("//title").startswith("Comments · ")
    article = f"//article[@id='comment-{comment.id}']"
    assert page.one(f"{article}//h2") == "Gus"
    assert page.one(f"{article}//div[@class='words']//em") == "Yes"
    assert page.all(f"{article}//script") == []
    assert page.one(f"{article}//blockquote") == f"Edda Editor {'x' * 160}…"
    assert page.one(f"{article}//a[@href='/hello']") == "Hello & bye"
    assert page.one(f"{article}//time/@datetime").startswith("2024-02-29T12:30:15")
    assert facts(page) == "Comments by guests await approval on this post. 1 link."
    assert page.all(f"{article}//button") == ["Approve", "Spam", "Remove"]


async def test_filters_show_the_comments_with_one_status(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store, slug="hello")
    comments = {status: await wait_on(desk.store, post, status=status) for status in CommentStatus}
    start = await shown(admin)
    assert start.all(FILTERS) == ["Pending", "Approved", "Spam", "Removed"]
    for status, path in zip(CommentStatus, start.all(f"{FILTERS}/@href"), strict=True):
        page = await shown(admin, path)
        assert listed(page) == [comments[status].id]
        assert status not in page.all("//article//button/@value")
        assert page.one(f"{FILTERS}[@aria-current='page']") == status.capitalize()
        links = page.all("//article//a/@href")
        assert (f"/hello#comment-{comments[status].id}" in links) == (status is CommentStatus.APPROVED)


@pytest.mark.parametrize(("who", "sees"), [("author", 1), ("other author", 0), ("editor", 2), ("admin", 2)])
async def test_authors_see_only_the_comments_on_their_own_posts(desk: DeskSite, who: Who, sees: int) -> None:
    writers: tuple[Who, Who] = ("author", "editor")
    for writer in writers:
        await wait_on(desk.store, await publish_by(desk.store, writer))
    page = await shown(await desk.as_(who))
    assert len(listed(page)) == sees
    assert ("No comments are waiting." in page.all("//section[@id='queue']/p")) == (sees == 0)


async def test_a_page_has_a_hundred_comments_newest_first(desk: DeskSite) -> None:
    admin, post = await desk.as_("admin"), a_post()
    comments = [
        a_comment(
            post.id,
            guest_name="Gus",
            status=CommentStatus.PENDING,
            publication_date=MOMENT + timedelta(seconds=number),
        )
        for number in range(101)
    ]
    await publish_thread(desk.store, post, comments)
    page = await shown(admin)
    first = listed(page)
    rest = listed(await shown(admin, page.one("//a[@rel='next']/@href").partition("#")[0]))
    assert first + rest == [each.id for each in reversed(comments)]
    assert (len(first), len(rest)) == (100, 1)
    for wrong in ("after=x", "status=x"):
        assert (await admin.get(f"{QUEUE}?{wrong}")).status_code == 404


async def test_a_comment_says_why_it_waits(desk: DeskSite, subtests: pytest.Subtests) -> None:
    admin, edited_at = await desk.as_("admin"), LATER + timedelta(seconds=1)
    posts = {policy: await publish(desk.store, comment_policy=policy) for policy in CommentPolicy}
    for status, policy, change, reason in REASONS:
        with subtests.test(reason=reason):
            post = posts[CommentPolicy(policy)]
            comment = await wait_on(desk.store, post, status=CommentStatus(status))
            if change is not None:
                made = CommentChange(updated_at=edited_at, status=comment.status, **change)
                await desk.store.comments.save(post.id, comment.id, made, match=None)
            page = await shown(admin, f"{QUEUE}?status={status}")
            assert page.one(f"//article[@id='comment-{comment.id}']/p[@class='hint']") == reason


async def test_a_deleted_comment_leaves_nothing_to_decide(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store)
    parent = await comment_on(desk.store, post.id, guest_name="Gus")
    await wait_on(desk.store, post, parent_id=parent.id)
    await desk.store.comments.remove(post.id, parent.id, match=None)
    page = await shown(admin, f"{QUEUE}?status=removed")
    assert facts(page) == "This comment was deleted. Its place is kept for its replies."
    assert page.all("//article//button") == []
    assert (await shown(admin)).one("//blockquote") == "Someone This comment was deleted."


async def test_a_post_that_is_not_public_has_no_link(desk: DeskSite) -> None:
    admin = await desk.as_("admin")
    post = await publish(desk.store, status=PostStatus.DRAFT, title="Draft")
    await wait_on(desk.store, post)
    page = await shown(admin)
    assert page.all("//article//a") == []
    assert "Draft" in page.all("//article//bdi")
    assert page.one("//article//span[@class='mark'][not(@hidden)]") == "Not public"
