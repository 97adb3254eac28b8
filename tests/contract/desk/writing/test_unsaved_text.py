"""Conflicts and working copies at the desk: no text disappears."""

import pytest

from everpost.domain.clock import now
from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post, PostStatus
from everpost.errors import NotFound
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, fields_of, open_editor, send
from tests.contract.desk.writing.test_editor import id_in, stored
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

BASE = "one\r\ntwo\r\nthree\r\nfour\r\nfive"


async def copy_of(desk: DeskSite, post: Post) -> str | None:
    try:
        found = await desk.store.working_copies.get(PEOPLE["author"].user.id, post.id)
    except NotFound:
        return None
    return found.copy.text.content


async def keep(desk: DeskSite, fields: dict[str, str]) -> dict[str, str]:
    """Write the working copy as the script does. Returns the fields with its revision."""
    answer = await desk.send(f"/desk/posts/{fields['id']}/working-copy", fields)
    assert answer.status_code == 200
    return fields | {"copy": answer.json()["copy"]}


async def test_two_people_see_what_differs_and_merge(desk: DeskSite) -> None:
    ann, edda = await desk.as_("author"), await desk.as_("editor")
    post = await a_post(desk.store, content=BASE, status=PostStatus.PUBLISHED)
    hers, eddas = await open_editor(ann, post.id), await open_editor(edda, post.id)
    eddas |= {"content": BASE.replace("one", "ONE").replace("three", "theirs"), "summary": "A summary"}
    assert (await send(edda, post.id, eddas, "publish")).status_code == 303
    hers |= {"content": BASE.replace("five", "FIVE").replace("three", "mine"), "title": "My title"}
    refused = await send(ann, post.id, hers, "publish")
    assert refused.status_code == 412
    page = Page(refused)
    assert page.one("//title") == "Error: Write · Blog"
    assert page.all("//section[@class='conflict']/h3") == ["Title", "Text", "Summary"]
    contested = page.all("//*[@aria-label='Changed by both']//pre")
    assert contested == ["three", "theirs", "mine"]
    assert page.all("//*[@aria-label='Changed by someone else']//h4")
    merged = fields_of(refused)
    assert merged["content"] == "ONE\r\ntwo\r\nmine\r\nfour\r\nFIVE"
    assert (merged["title"], merged["summary"]) == ("My title", "A summary")
    assert (await send(ann, post.id, merged, "publish")).status_code == 303
    after = await stored(desk, post.id)
    assert (after.title, after.summary) == ("My title", "A summary")
    assert after.content == "ONE\r\ntwo\r\nmine\r\nfour\r\nFIVE"


async def test_a_new_comment_is_no_conflict(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, status=PostStatus.PUBLISHED)
    fields = await open_editor(ann, post.id)
    comment = Comment(
        id=new_id(), post_id=post.id, content="Hi", guest_name="Kim", publication_date=now(), updated_at=now()
    )
    await desk.store.comments.add(comment)
    assert (await stored(desk, post.id)).revision != post.revision
    assert (await send(ann, post.id, fields | {"title": "New"}, "publish")).status_code == 303
    assert (await stored(desk, post.id)).title == "New"


@pytest.mark.parametrize("base", ["", "x", "eJwrSSwuAQAEXQHB", "eJyrVkrLz1eyUkpKLFKqBQAbqAPj"])
async def test_a_damaged_base_is_a_conflict_too(desk: DeskSite, base: str) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    fields = await open_editor(ann, post.id) | {"base": base, "revision": "1-1", "content": "mine"}
    refused = await send(ann, post.id, fields, "save")
    assert refused.status_code == 412
    assert fields_of(refused)["content"] == "mine"


async def test_a_draft_that_someone_has_published_is_not_changed_unseen(desk: DeskSite) -> None:
    ann, edda = await desk.as_("author"), await desk.as_("editor")
    post = await a_post(desk.store, publication_date=now().replace(microsecond=0))
    fields = await open_editor(ann, post.id)
    await send(edda, post.id, await open_editor(edda, post.id), "publish")
    assert (await send(ann, post.id, fields | {"content": "half"}, "save")).status_code == 412


async def test_a_working_copy_comes_back_and_is_saved_into_the_post(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, content="one\r\ntwo")
    fields = await keep(ann, await open_editor(ann, post.id) | {"content": "one\r\nTWO", "title": ""})
    fields = await keep(ann, fields | {"content": "one\r\nTWO\r\n"})
    assert await stored(desk, post.id) == post
    assert "Unsaved changes" in Page(await ann.get("/desk/posts")).one("//main//h3")
    edda = await desk.as_("editor")
    assert (await open_editor(edda, post.id))["content"] == "one\r\ntwo"
    answer = await ann.get(f"/desk/posts/{post.id}")
    assert Page(answer).one("//form[contains(@action, 'discard')]/p").startswith("This is your unsaved text.")
    again = fields_of(answer)
    assert (again["content"], again["title"], again["copy"]) == ("one\r\nTWO\r\n", "", fields["copy"])
    assert (await send(ann, post.id, again, "save")).status_code == 303
    assert (await stored(desk, post.id)).content == "one\r\nTWO\r\n"
    assert await copy_of(desk, post) is None


async def test_a_working_copy_conflicts_with_what_someone_has_saved_since(desk: DeskSite) -> None:
    ann, edda = await desk.as_("author"), await desk.as_("editor")
    post = await a_post(desk.store, content=BASE)
    await keep(ann, await open_editor(ann, post.id) | {"content": BASE.replace("five", "FIVE")})
    theirs = await open_editor(edda, post.id) | {"content": BASE.replace("one", "ONE")}
    await send(edda, post.id, theirs, "save")
    refused = await send(ann, post.id, await open_editor(ann, post.id), "save")
    assert refused.status_code == 412
    merged = fields_of(refused)
    assert merged["content"] == BASE.replace("one", "ONE").replace("five", "FIVE")
    assert (await send(ann, post.id, merged, "save")).status_code == 303
    assert await copy_of(desk, post) is None


async def test_a_refused_form_keeps_its_working_copy(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    fields = await keep(ann, await open_editor(ann, post.id) | {"content": "typed", "slug": "!"})
    refused = await send(ann, post.id, fields, "save")
    assert (refused.status_code, fields_of(refused)["copy"]) == (422, fields["copy"])
    assert await copy_of(desk, post) == "typed"


async def test_text_of_another_tab_is_not_overwritten(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    one, two = await open_editor(ann, post.id), await open_editor(ann, post.id)
    await keep(ann, one | {"content": "first tab"})
    refused = await ann.send(f"/desk/posts/{post.id}/working-copy", two | {"content": "second tab"})
    assert refused.status_code == 412
    assert await copy_of(desk, post) == "first tab"
    await send(ann, post.id, two | {"content": "second tab"}, "save")
    assert await copy_of(desk, post) == "first tab"  # it is not in the post


async def test_a_new_post_exists_as_a_working_copy_first(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    fields = await keep(ann, await open_editor(ann) | {"title": "Only typed", "content": "text"})
    page = Page(await ann.get("/desk/posts"))
    assert page.one("//section[@aria-labelledby='section-new']//h3/a") == "Only typed"
    again = await open_editor(ann, Id(fields["id"]))
    assert (again["content"], again["revision"]) == ("text", "")
    saved = await send(ann, None, again, "publish")
    post = await stored(desk, id_in(saved.headers["location"]))
    assert (post.id, post.title) == (fields["id"], "Only typed")
    assert await copy_of(desk, post) is None


async def test_discarding_goes_back_to_the_post_or_to_the_list(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    fields = await keep(ann, await open_editor(ann, post.id) | {"content": "typed"})
    answer = await ann.send(f"/desk/posts/{post.id}/working-copy/discard", {"copy": fields["copy"]})
    assert answer.headers["location"] == f"/desk/posts/{post.id}"
    assert (await open_editor(ann, post.id))["content"] == "Some content."
    new = await keep(ann, await open_editor(ann) | {"content": "typed"})
    answer = await ann.send(f"/desk/posts/{new['id']}/working-copy/discard", {"copy": new["copy"]})
    assert answer.headers["location"] == "/desk/posts"
    assert (await ann.get(f"/desk/posts/{new['id']}")).status_code == 404


async def test_scripts_learn_that_someone_else_has_saved(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    fields = await open_editor(ann, post.id)
    state = (await ann.get(f"/desk/posts/{post.id}/state")).json()
    assert state == {"updated_at": fields["updated_at"], "copy": ""}
    await send(ann, post.id, fields | {"title": "Another"}, "save")
    answer = await ann.send(f"/desk/posts/{post.id}/working-copy", fields)
    assert answer.json()["updated_at"] != fields["updated_at"]


async def test_another_tab_learns_of_the_working_copy_and_takes_it_over(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    one, two = await open_editor(ann, post.id), await open_editor(ann, post.id)
    path = f"/desk/posts/{post.id}"
    assert (await ann.get(f"{path}/working-copy")).status_code == 404
    one = await keep(ann, one | {"content": "first\r\ntab"})
    assert (await ann.get(f"{path}/state")).json()["copy"] == one["copy"]
    found = (await ann.get(f"{path}/working-copy")).json()
    assert (found["copy"], found["text"]["content"]) == (one["copy"], "first\ntab")
    two = await keep(ann, two | {"content": "second tab", "copy": found["copy"]})
    assert (await ann.send(f"{path}/working-copy", one)).status_code == 412
    assert await copy_of(desk, post) == "second tab"
    new = await keep(ann, await open_editor(ann) | {"content": "new"})
    state = (await ann.get(f"/desk/posts/{new['id']}/state")).json()
    assert state == {"updated_at": None, "copy": new["copy"]}


async def test_text_of_one_person_is_not_kept_for_another(desk: DeskSite) -> None:
    """After someone else has signed in with this browser, an open tab may still send text."""
    ann, otto = await desk.as_("author"), await desk.as_("other author")
    fields = await open_editor(ann) | {"content": "hers", "user": PEOPLE["author"].user.id}
    path = f"/desk/posts/{fields['id']}/working-copy"
    assert (await otto.send(path, fields)).status_code == 401
    assert (await otto.get(path)).status_code == 404
    assert (await ann.send(path, fields)).status_code == 200


@pytest.mark.parametrize("action", ["save", "publish", "unpublish", "schedule"])
async def test_a_form_that_is_sent_twice_is_no_conflict(desk: DeskSite, action: str) -> None:
    ann = await desk.as_("author")
    is_public = action == "unpublish"
    post = await a_post(desk.store, status=PostStatus.PUBLISHED if is_public else PostStatus.DRAFT)
    fields = await open_editor(ann, post.id) | {"content": "typed", "title": "New", "slug": ""}
    if action == "schedule":
        fields["publication_date"] = "2999-01-01T12:00"
    answers = [await send(ann, post.id, fields, action) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    changed = fields | {"content": "typed since"}
    assert (await send(ann, post.id, changed, action)).status_code == 412
    assert (await stored(desk, post.id)).content == "typed"


@pytest.mark.parametrize("text", [{"content": "\x00"}, {"title": "x" * 20_001}])
async def test_text_that_cannot_be_kept_is_refused(desk: DeskSite, text: dict[str, str]) -> None:
    ann = await desk.as_("author")
    fields = await open_editor(ann) | text
    assert (await ann.send(f"/desk/posts/{fields['id']}/working-copy", fields)).status_code == 422
