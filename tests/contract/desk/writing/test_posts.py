"""The list of posts at the desk."""

from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.posts import PostKind, PostStatus
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

DRAFT, PUBLISHED = PostStatus.DRAFT, PostStatus.PUBLISHED


def shown(page: Page) -> list[tuple[str, str]]:
    """The titles and states of the posts, in order."""
    return list(zip(page.all("//main//h3/a"), page.all("//main//h3/*[@class='mark']"), strict=True))


async def test_every_state_is_seen_at_a_glance(desk: DeskSite) -> None:
    store, moment = desk.store, now()
    await a_post(store, title="One draft", updated_at=moment - timedelta(hours=1))
    await a_post(store, title="Later draft", updated_at=moment)
    for days in (3, -3, 5, -1):
        await a_post(
            store, title=f"In {days} days", publication_date=moment + timedelta(days=days), status=PUBLISHED
        )
    ann = await desk.as_("author")
    page = Page(await ann.get("/desk/posts"))
    assert page.one("//title") == "Posts · Blog"
    assert page.all("//section[not(@hidden)]/h2") == ["Drafts", "Scheduled posts", "Published posts"]
    drafts = [("Later draft", "Draft"), ("One draft", "Draft")]
    scheduled = [("In 3 days", "Scheduled"), ("In 5 days", "Scheduled")]
    published = [("In -1 days", "Published"), ("In -3 days", "Published")]
    assert shown(page) == drafts + scheduled + published
    for state, expected in (("draft", drafts), ("scheduled", scheduled), ("published", published)):
        assert shown(Page(await ann.get(f"/desk/posts?state={state}"))) == expected


async def test_authors_see_their_own_posts_and_editors_all(desk: DeskSite) -> None:
    for who in ("author", "other author"):
        for status in PostStatus:
            await a_post(desk.store, who, title=f"{who} {status}", status=status)
    ann, edda = await desk.as_("author"), await desk.as_("editor")
    assert {title for title, _ in shown(Page(await ann.get("/desk/posts")))} == {
        "author draft",
        "author published",
    }
    other = PEOPLE["other author"].user.id
    assert "other" not in str(shown(Page(await ann.get(f"/desk/posts?author={other}"))))
    assert len(shown(Page(await edda.get("/desk/posts")))) == 4
    by_other = Page(await edda.get(f"/desk/posts?author={other}"))
    assert {title for title, _ in shown(by_other)} == {"other author draft", "other author published"}
    assert by_other.one("//select[@name='author']/option[@selected]") == "Otto Other"


async def test_posts_are_found_by_title_tag_and_kind(desk: DeskSite) -> None:
    await a_post(desk.store, title="Apple pie", tags=("food",))
    await a_post(desk.store, title="Éclair", tags=("food",), status=PUBLISHED)
    await a_post(desk.store, title="About", kind=PostKind.PAGE)
    ann = await desk.as_("author")
    for query, titles in (
        ("title=APPLE", ["Apple pie"]),
        ("title=%C3%A9clair&tag=&author=&kind=", ["Éclair"]),
        ("title=", ["Apple pie", "Éclair"]),
        ("tag=food&title=a", ["Apple pie", "Éclair"]),
        ("tag=nothing", []),
        ("kind=page", ["About"]),
    ):
        assert [title for title, _ in shown(Page(await ann.get(f"/desk/posts?{query}")))] == titles


@pytest.mark.parametrize("state", ["draft", "scheduled", "published"])
async def test_pages_follow_by_cursor(desk: DeskSite, state: str) -> None:
    moment, sign = now(), 1 if state == "scheduled" else -1
    status = DRAFT if state == "draft" else PUBLISHED
    for number in range(25):
        date = moment + sign * timedelta(hours=number + 1)
        await a_post(
            desk.store, title=f"Post {number}", publication_date=date, updated_at=date, status=status
        )
    ann = await desk.as_("author")
    found, path = [], f"/desk/posts?state={state}&title=post"
    for count in (20, 5):
        page = Page(await ann.get(path))
        titles = [title for title, _ in shown(page)]
        assert len(titles) == count
        found += titles
        path = next(iter(page.all("//section/p/a/@href")), "")
    assert (found, path) == ([f"Post {number}" for number in range(25)], "")
    overview = Page(await ann.get("/desk/posts"))
    assert len(shown(overview)) == (20 if state == "published" else 5)
    (more,) = overview.all("//section/p/a/@href")
    assert shown(Page(await ann.get(more)))


@pytest.mark.parametrize("query", ["after=x", "state=gone", "kind=x", "author=x", "tag=%00"])
async def test_a_malformed_address_is_not_found(desk: DeskSite, query: str) -> None:
    assert (await (await desk.as_("author")).get(f"/desk/posts?{query}")).status_code == 404


async def test_the_first_use_says_what_to_do(desk: DeskSite) -> None:
    ann, edda = await desk.as_("author"), await desk.as_("editor")
    for someone in (ann, edda):
        page = Page(await someone.get("/desk/posts"))
        assert page.all("//main//a") == ["New post"]
        assert page.all("//main//form | //main/section[not(@hidden)]//h2") == []
    assert "No posts match" in Page(await ann.get("/desk/posts?title=a")).one("//main/section[not(@hidden)]")
    await a_post(desk.store, "other author", kind=PostKind.PAGE)
    assert Page(await ann.get("/desk/posts")).all("//main//a") == ["New post"]
    page = Page(await edda.get("/desk/posts"))  # nothing but a page, which the filter finds
    assert page.one("//main//form//option[@value='page']") == "Pages"
    assert page.all("//main//a[.='New post']")
