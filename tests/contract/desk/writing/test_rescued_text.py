"""Unsaved text whose post was deleted, or now belongs to someone else: it stays, and becomes a new post."""

import pytest

from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostStatus
from everpost.domain.writing.working_copies import WorkingCopyQuery
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, fields_of, open_editor, send
from tests.contract.desk.writing.test_editor import id_in, stored
from tests.contract.desk.writing.test_unsaved_text import keep
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ANN: User = PEOPLE["author"].user
GONE = "This post was deleted, or is no longer yours."
MARKS = "//main//li//*[@class='mark']"


async def copies(desk: DeskSite) -> list[Id]:
    """The posts of Ann's working copies."""
    page = await desk.store.working_copies.page(WorkingCopyQuery(user_id=ANN.id, limit=100))
    return [each.post_id for each in page.rows]


async def delete(desk: DeskSite, post: Post) -> None:
    """Delete the post for good as this person, from the page that asks first."""
    page = Page(await desk.get(f"/desk/posts/{post.id}/delete"))
    fields = {name: page.one(f"//main//input[@name='{name}']/@value") for name in ("revision", "copy")}
    fields["permanently"] = "true"
    assert (await desk.send(f"/desk/posts/{post.id}/delete", fields)).status_code == 303


async def give_away(desk: DeskSite, post: Post) -> None:
    edda = await desk.as_("editor")
    fields = await open_editor(edda, post.id) | {"author_id": PEOPLE["editor"].user.id}
    assert (await send(edda, post.id, fields, "save")).status_code == 303


async def test_unsaved_text_outlives_its_post(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    await keep(ann, await open_editor(ann, post.id) | {"title": "Mine", "content": "Much work"})
    await delete(await desk.as_("editor"), post)
    for path in ("/desk/posts", "/desk/posts/unsaved"):
        assert Page(await ann.get(path)).one(MARKS) == "Deleted, or no longer yours"
    opened = await ann.get(f"/desk/posts/{post.id}")
    assert Page(opened).one("//main//*[@class='warning'][not(@id)]").startswith(GONE)
    fields = fields_of(opened)
    assert (fields["content"], fields["revision"]) == ("Much work", "")
    fields = await keep(ann, fields | {"content": "Much more work"})
    saved = await send(ann, None, fields, "save")
    added = await stored(desk, id_in(saved.headers["location"]))
    assert (added.content, added.author) == ("Much more work", ANN.author)
    assert await copies(desk) == []


async def test_unsaved_text_of_a_post_that_was_given_away_becomes_a_new_post(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    for status in (PostStatus.DRAFT, PostStatus.PUBLISHED):
        post = await a_post(desk.store, status=status)
        await keep(ann, await open_editor(ann, post.id) | {"content": "Much work", "slug": ""})
        await give_away(desk, post)
        opened = await ann.get(f"/desk/posts/{post.id}")
        assert GONE in opened.text
        saved = await send(ann, None, fields_of(opened), "save")
        if saved.status_code == 404:  # the id is that of a post that she may not see
            saved = await send(ann, None, fields_of(saved), "save")
        added = await stored(desk, id_in(saved.headers["location"]))
        assert (added.content, added.author) == ("Much work", ANN.author)
        assert added.id != post.id
        assert (await stored(desk, post.id)).content == post.content
        assert await copies(desk) == []


async def test_saving_into_a_post_that_is_gone_leaves_no_working_copy_behind(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    deleted, given = await a_post(desk.store), await a_post(desk.store, status=PostStatus.PUBLISHED)
    forms = {
        post.id: await keep(ann, await open_editor(ann, post.id) | {"content": "Much work", "slug": ""})
        for post in (deleted, given)
    }
    await delete(await desk.as_("editor"), deleted)
    await give_away(desk, given)
    for post_id, fields in forms.items():
        refused = await send(ann, post_id, fields, "publish")
        assert refused.status_code in (403, 404)
        again = fields_of(refused) | {"title": ""}
        assert (await send(ann, None, again, "publish")).status_code == 303
    assert await copies(desk) == []


async def test_discarding_text_of_a_post_that_was_given_away(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, status=PostStatus.PUBLISHED)
    await keep(ann, await open_editor(ann, post.id) | {"content": "Much work"})
    await give_away(desk, post)
    page = Page(await ann.get(f"/desk/posts/{post.id}"))
    action = page.one("//form[contains(@action, 'discard')]/@action")
    copy = page.one("//form[contains(@action, 'discard')]/input/@value")
    answer = await ann.send(action, {"copy": copy})
    assert answer.headers["location"] == "/desk/posts"
    assert await copies(desk) == []
    assert (await ann.get(f"/desk/posts/{post.id}")).status_code == 403


async def test_deleting_a_post_deletes_your_own_unsaved_text_unless_it_has_changed(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post, other = await a_post(desk.store), await a_post(desk.store)
    text = "Your unsaved text will be deleted, too."
    assert text not in (await ann.get(f"/desk/posts/{post.id}/delete")).text
    fields = await keep(ann, await open_editor(ann, post.id) | {"content": "typed"})
    assert text in (await ann.get(f"/desk/posts/{post.id}/delete")).text
    await delete(ann, post)
    assert await copies(desk) == []
    fields = await keep(ann, await open_editor(ann, other.id) | {"content": "typed"})
    page = Page(await ann.get(f"/desk/posts/{other.id}/delete"))
    sent = {name: page.one(f"//main//input[@name='{name}']/@value") for name in ("revision", "copy")}
    await keep(ann, fields | {"content": "typed since"})
    assert (await ann.send(f"/desk/posts/{other.id}/delete", sent)).status_code == 303
    assert await copies(desk) == [other.id]


async def test_the_list_of_unsaved_text_has_every_text(desk: DeskSite) -> None:
    ann, kept = await desk.as_("author"), set()
    for number in range(21):
        fields = await open_editor(ann)
        await keep(ann, fields | {"title": f"Title {number}"})
        kept.add(f"/desk/posts/{fields['id']}")
    first = Page(await ann.get("/desk/posts/unsaved"))
    second = Page(await ann.get(first.one("//a[@rel='next']/@href")))
    listed = [each for page in (first, second) for each in page.all("//main//li//a/@href")]
    assert (len(listed), set(listed)) == (21, kept)
    assert second.all("//a[@rel='next']") == []
