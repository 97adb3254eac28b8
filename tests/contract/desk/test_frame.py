"""The frame of the desk: the navigation, the number of waiting comments, and pages of errors."""

from pathlib import Path
from typing import get_args

import httpx
import pytest

from everpost.app import create_app
from everpost.domain.comments import CommentStatus
from everpost.settings import Settings
from tests.contract.desk.conftest import COOKIE, DeskSite
from tests.contract.desk.moderation.queues import publish_by, wait_on
from tests.contract.desk.writing.forms import a_post
from tests.contract.http.conftest import LENIENT
from tests.contract.http.people import PEOPLE, Who
from tests.contract.pages.html import Page

CURRENT = "//header//a[@aria-current]"
WAITING = "//header//li/span[@class='unseen']"
ANN = PEOPLE["author"].user.id


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/posts?state=draft", ("Posts", "page")),
        ("/posts/new", ("Write", "page")),
        ("/posts/{post}", ("Posts", "true")),
        ("/posts/{post}/delete", ("Posts", "true")),
        ("/people/invite", ("People", "true")),
        ("/settings/database", ("Settings", "true")),
        ("/account", ("Your account", "page")),
        ("/account/tokens", ("Your account", "true")),
    ],
)
async def test_the_navigation_shows_where_a_page_belongs(
    desk: DeskSite, path: str, current: tuple[str, str]
) -> None:
    post = await a_post(desk.store)
    page = Page(await (await desk.as_("admin")).get(f"/desk{path}".format(post=post.id)))
    assert (page.one(CURRENT), page.one(f"{CURRENT}/@aria-current")) == current


async def test_editors_see_how_many_comments_wait(desk: DeskSite) -> None:
    edda, ann = await desk.as_("editor"), await desk.as_("author")
    post = await publish_by(desk.store, "author")
    assert Page(await edda.get("/desk/posts")).all(WAITING) == []
    await wait_on(desk.store, post, status=CommentStatus.SPAM)
    for _ in range(9):
        await wait_on(desk.store, post)
    assert Page(await edda.get("/desk/posts")).one(WAITING) == "9 waiting"
    await wait_on(desk.store, post)
    assert Page(await edda.get("/desk/account")).one(WAITING) == "9+ waiting"
    assert Page(await edda.get("/desk/account", sec_fetch_dest="empty")).all(WAITING) == []
    assert Page(await edda.get("/desk/comments")).all(WAITING) == []
    assert Page(await ann.get("/desk/posts")).all(WAITING) == []


@pytest.mark.parametrize("who", [who for who in get_args(Who) if who != "nobody"])
async def test_errors_are_in_the_frame_and_lead_back(desk: DeskSite, who: Who) -> None:
    someone = await desk.as_(who)
    for path, way in (
        ("/nothing", ("/desk", "Go to the desk")),
        ("/posts/0", ("/desk/posts", "Back to: Posts")),
        ("/comments?after=x", ("/desk/comments", "Back to: Comments")),
    ):
        answer = await someone.get(f"/desk{path}")
        page = Page(answer)
        assert (answer.status_code, page.one("//h1")) == (404, "Page not found")
        assert (page.one("//main//a/@href"), page.one("//main//a")) == way
        assert page.all("//header//button") == ["Sign out"]


async def test_a_role_that_may_not_is_told_so_in_its_language(desk: DeskSite) -> None:
    post = await publish_by(desk.store, "other author")
    ann = await desk.as_("author")
    for path, english, german in (
        ("people", "Your role does not include this.", "Ihre Rolle umfasst das nicht."),
        (f"posts/{post.id}", "This post belongs to another author.", "Dieser Beitrag gehört jemand anderem."),
    ):
        for language, text in (("en", english), ("de", german)):
            answer = await ann.get(f"/desk/{path}", accept_language=language)
            page = Page(answer)
            assert answer.status_code == 403
            assert text in page.one("//main")
            assert page.all("//main//*[@lang]") == []
            assert len(page.all("//header//nav//a")) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_its_database_the_desk_says_what_to_do(tmp_path: Path, method: str) -> None:
    url = f"sqlite:///{tmp_path}/missing/blog.db"
    app = create_app(Settings.model_validate({"database_url": url, **LENIENT}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
        answer = await client.request(
            method, "/desk/account/password?a=b", headers={"cookie": f"{COOKIE}=evp_x"}
        )
    await app.state.lifecycle.close()
    app.state.renderer.close()
    page = Page(answer)
    assert answer.status_code == 503
    if method == "GET":
        assert page.one("//main//a[.='Try again']/@href") == "/desk/account/password?a=b"
    else:
        assert "Go back in your browser" in page.one("//main")
