"""The queue as a moderator without scripts uses it, and comments for it."""

from typing import Unpack

import httpx

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.http.people import PEOPLE, Who
from tests.contract.pages.html import Page
from tests.contract.port.examples import CommentFields, comment_on, publish

QUEUE = "/desk/comments"


async def publish_by(store: Store, who: Who) -> Post:
    """A post by this person."""
    return await publish(store, title=f"By {who}", author=PEOPLE[who].user.author)


async def wait_on(store: Store, post: Post, **fields: Unpack[CommentFields]) -> Comment:
    """A guest's comment that waits on this post."""
    plain: CommentFields = {"guest_name": "Gus", "status": CommentStatus.PENDING}
    return await comment_on(store, post.id, **(plain | fields))


def fields_in(page: Page, form: str) -> dict[str, str]:
    """The hidden fields of the form at this XPath."""
    inputs = f"{form}//input[@type='hidden']"
    return dict(zip(page.all(f"{inputs}/@name"), page.all(f"{inputs}/@value"), strict=True))


def decision_about(page: Page, comment: Comment, status: str) -> dict[str, str]:
    """What the button of the comment sends."""
    form = f"//article[@id='comment-{comment.id}']//form"
    assert status in page.all(f"{form}//button/@value")
    return {**fields_in(page, form), "status": status}


def decision_about_all(page: Page, status: str) -> dict[str, str]:
    """What the button below the list sends if every comment is selected."""
    boxes = "//input[@type='checkbox'][@form='many']"
    chosen = zip(page.all(f"{boxes}/@name"), page.all(f"{boxes}/@value"), strict=True)
    return {**fields_in(page, "//form[@id='many']"), **dict(chosen), "status": status}


async def shown(desk: DeskSite, path: str = QUEUE) -> Page:
    """A page of the queue."""
    answer = await desk.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer)


def listed(page: Page) -> list[str]:
    """The ids of the comments on the page, in order."""
    return [each.removeprefix("comment-") for each in page.all("//section[@id='queue']//article/@id")]


async def after(desk: DeskSite, answer: httpx.Response) -> Page:
    """The page to which an accepted form redirects, with its notice."""
    assert answer.status_code == 303, answer.text
    names = ("everpost-notice=", "everpost-undo=c")
    notices = [each for each in answer.headers.get_list("set-cookie") if each.startswith(names)]
    cookies = "; ".join(filter(None, [desk.cookies.get("cookie"), *(each.split(";")[0] for each in notices)]))
    return Page(await desk.get(answer.headers["location"], cookie=cookies))


def undo_in(page: Page) -> dict[str, str]:
    """What the button for undoing sends."""
    form = "//*[@id='outcome']//form"
    return {**fields_in(page, form), "status": page.one(f"{form}//button[text()='Undo']/@value")}


async def status_of(store: Store, comment: Comment) -> str | None:
    found = await store.comments.find(comment.id)
    return None if found is None else found.status
