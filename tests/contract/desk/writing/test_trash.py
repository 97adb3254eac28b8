"""The trash at the desk: undoing a deletion, restoring and deleting for good."""

import pytest

from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostStatus
from everpost.errors import NotFound
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.forms import form_of
from tests.contract.desk.writing.forms import a_post, open_editor, send
from tests.contract.pages.html import Page
from tests.contract.refusals import raises

TRASH = "/desk/posts?state=trash"


async def a_public_post(desk: DeskSite, title: str = "Doomed") -> Post:
    return await a_post(desk.store, title=title, status=PostStatus.PUBLISHED)


async def delete(ann: DeskSite, post_id: Id) -> str:
    """Delete the post as this person. Returns the cookies that the next page gets."""
    path = f"/desk/posts/{post_id}/delete"
    answer = await ann.send(path, form_of(await ann.get(path), path))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts")
    left = answer.headers["set-cookie"].partition(";")[0]
    return f"{ann.cookies['cookie']}; {left}"


async def status_of(store: Store, post_id: Id) -> PostStatus:
    return (await store.posts.get(post_id, comments=0)).status


async def test_a_deletion_is_undone(desk: DeskSite) -> None:
    ann, post = await desk.as_("author"), await a_public_post(desk)
    cookie = await delete(ann, post.id)
    assert await status_of(desk.store, post.id) is PostStatus.TRASHED
    await ann.get("/desk/posts", cookie=cookie)
    reloaded = await ann.get("/desk/posts", cookie=cookie)
    assert Page(reloaded).one("//*[@role='status']") == "The post has been moved to the trash."
    path = f"/desk/posts/{post.id}/restore"
    form = form_of(reloaded, path)
    for _ in ("once", "sent twice"):
        answer = await ann.send(path, form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/posts/{post.id}")
    assert await status_of(desk.store, post.id) is PostStatus.PUBLISHED
    again = await ann.get("/desk/posts", cookie=cookie)
    assert path not in again.text


async def test_the_trash_is_listed_and_restored_from(desk: DeskSite) -> None:
    ann, post = await desk.as_("author"), await a_public_post(desk)
    draft = await a_post(desk.store, title="A draft")
    await a_public_post(desk, "Kept")
    for each in (post, draft):
        await delete(ann, each.id)
    assert Page(await ann.get("/desk/posts")).all("//main//h3/a") == ["Kept"]
    listed = await ann.get(TRASH)
    assert Page(listed).all("//main//h3/a") == ["A draft", "Doomed"]
    assert Page(listed).all("//main//h3/*[@class='mark']") == ["In the trash"] * 2
    path = f"/desk/posts/{draft.id}/restore"
    assert (await ann.send(path, form_of(listed, path))).status_code == 303
    assert await status_of(desk.store, draft.id) is PostStatus.DRAFT
    otto = await desk.as_("other author")
    assert Page(await otto.get(TRASH)).all("//main//h3/a") == []


async def test_a_post_in_the_trash_is_deleted_for_good(desk: DeskSite) -> None:
    ann, post = await desk.as_("author"), await a_public_post(desk)
    await delete(ann, post.id)
    path = f"/desk/posts/{post.id}/delete"
    opened = await ann.get(path)
    assert "Delete “Doomed” for good?" in Page(opened).one("//main//form")
    answer = await ann.send(path, form_of(opened, path))
    assert answer.status_code == 303
    with raises(NotFound, "post"):
        await status_of(desk.store, post.id)


async def test_the_editor_offers_to_restore_the_post(desk: DeskSite) -> None:
    ann, post = await desk.as_("author"), await a_public_post(desk)
    fields = await open_editor(ann, post.id)
    await delete(ann, post.id)
    opened = await ann.get(f"/desk/posts/{post.id}")
    assert Page(opened).all("//main//p")[0].startswith("This post has been in the trash since ")
    refused = await send(ann, post.id, fields | {"title": "Typed"}, "save")
    assert refused.status_code == 409
    assert Page(refused).one("//input[@name='title']/@value") == "Typed"
    assert "This post is in the trash. Restore it first." in refused.text
    path = f"/desk/posts/{post.id}/restore"
    assert (await ann.send(path, form_of(opened, path))).status_code == 303
    assert (await ann.get(f"/desk/posts/{post.id}")).status_code == 200


@pytest.mark.parametrize("name", ["trashed.not-an-id", "trashed.0123456789abcdef01234567", "trashed"])
async def test_a_forged_notice_offers_nothing(desk: DeskSite, name: str) -> None:
    ann = await desk.as_("author")
    opened = await ann.get("/desk/posts", cookie=f"{ann.cookies['cookie']}; everpost-undo={name}")
    assert opened.status_code == 200
    assert "/restore" not in opened.text
