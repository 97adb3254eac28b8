"""The page of the editor: its buttons and its advice fit the post that it shows."""

from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.posts import PostStatus
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, open_editor
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

BUTTONS = "//div[@class='actions']//button"
DRAFT = ["Save draft", "Preview", "Publish", "Schedule"]


@pytest.mark.parametrize(
    ("status", "days", "buttons"),
    [
        (PostStatus.DRAFT, -1, [*DRAFT, "Delete"]),
        (PostStatus.PUBLISHED, -1, ["Preview", "Update", "Unpublish", "Delete"]),
        (PostStatus.PUBLISHED, 1, ["Preview", "Update", "Unschedule", "Delete"]),
    ],
    ids=["draft", "published", "scheduled"],
)
async def test_the_buttons_fit_the_state_of_the_post(
    desk: DeskSite, status: PostStatus, days: int, buttons: list[str]
) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, status=status, publication_date=now() + timedelta(days=days))
    assert Page(await ann.get(f"/desk/posts/{post.id}")).all(BUTTONS) == buttons
    assert Page(await ann.get("/desk/posts/new")).all(BUTTONS) == DRAFT


async def test_the_advice_is_about_the_text_that_is_shown(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, content="[gone](/gone)", status=PostStatus.PUBLISHED)
    page = Page(await ann.get(f"/desk/posts/{post.id}"))
    assert page.one("//aside//h2") == "Suggestions"
    assert page.one("//aside//li") == "The link to /gone leads nowhere on this blog."
    fields = await open_editor(ann, post.id) | {"content": "### Deep", "title": ""}
    assert (await ann.send(f"/desk/posts/{post.id}/working-copy", fields)).status_code == 200
    page = Page(await ann.get(f"/desk/posts/{post.id}"))
    assert page.all("//aside//li") == ["The post has no title.", "The heading “Deep” skips a level."]
