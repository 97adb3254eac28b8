"""Forms that could not be saved, without scripts: error pages show what was typed, and a way to send it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import html

from everpost.app import create_app
from everpost.domain.ids import Id
from everpost.settings import Settings
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.test_security import FOREIGN
from tests.contract.desk.writing.forms import a_post, open_editor, send
from tests.contract.desk.writing.test_editor import id_in, stored
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"
TYPED = {"title": "A <b>title", "content": "\r\n  Much work </textarea><script>\r\n", "tags": 'a, "b"'}


@pytest.fixture
async def away(desk: DeskSite) -> AsyncIterator[DeskSite]:
    """The desk of a blog whose database is away."""
    app = create_app(Settings.model_validate({"database_url": NOWHERE, "database_timeout": 1}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
        yield DeskSite(client, desk.store, app, desk.secret)


def form_in(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """The action and the fields of the form on an error page, as a browser would send them."""
    (form,) = html.document_fromstring(answer.text).xpath("//main//form")
    fields = {}
    for name, text in form.form_values():
        is_area = form.inputs[name].tag == "textarea"
        fields[name] = (
            text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n") if is_area else text
        )
    return form.action, fields


def has_form(answer: httpx.Response) -> bool:
    return bool(Page(answer).all("//main//form"))


async def test_a_post_survives_a_database_that_is_away(desk: DeskSite, away: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    for post_id in (post.id, None):
        sent = await open_editor(ann, post_id) | TYPED
        refused = await send(away, post_id, sent, "publish")
        assert refused.status_code == 503
        action, again = form_in(refused)
        assert again == sent | {"action": "publish"}
        saved = await ann.send(action, again)
        assert saved.status_code == 303
        after = await stored(desk, post_id or id_in(saved.headers["location"]))
        assert (after.title, after.tags) == (TYPED["title"], ("a", "b"))
        assert after.content.replace("\r\n", "\n") == TYPED["content"].replace("\r\n", "\n")


async def test_a_post_survives_the_end_of_the_session(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    sent = await open_editor(ann) | TYPED
    await ann.send("/desk/logout", {})
    refused = await send(ann, None, sent, "save")
    assert refused.status_code == 401
    assert Page(refused).one("//main//a/@href") == "/desk/login"
    action, again = form_in(refused)
    assert again == sent | {"action": "save"}
    assert form_in(await send(desk, None, sent, "save")) == (action, again)
    saved = await (await desk.as_("author")).send(action, again)
    assert (await stored(desk, Id(sent["id"]))).title == TYPED["title"]
    assert saved.status_code == 303


async def test_a_form_is_not_saved_for_someone_who_has_signed_in_since(desk: DeskSite) -> None:
    """Even an admin, who may write every post. The user who has opened the form can send it again."""
    ann, ada = await desk.as_("author"), await desk.as_("admin")
    post = await a_post(desk.store)
    for post_id in (post.id, None):
        sent = await open_editor(ann, post_id) | TYPED
        refused = await send(ada, post_id, sent, "publish")
        assert refused.status_code == 403
        assert "Someone else has signed in with this browser" in refused.text
        assert (await stored(desk, post.id)) == post
        action, again = form_in(refused)
        assert again == sent | {"action": "publish"}
        assert (await ada.send(action, again)).status_code == 403
        saved = await ann.send(action, again)
        after = await stored(desk, post_id or id_in(saved.headers["location"]))
        assert (after.title, after.author) == (TYPED["title"], PEOPLE["author"].user.author)
        post = await stored(desk, post.id)


async def test_a_form_that_a_page_has_already_read_is_shown_again(desk: DeskSite) -> None:
    """Such as one whose sender may not choose this author."""
    ann = await desk.as_("author")
    sent = await open_editor(ann) | TYPED | {"author_id": PEOPLE["editor"].user.id}
    refused = await send(ann, None, sent, "save")
    assert refused.status_code == 403
    assert form_in(refused)[1]["content"] == sent["content"]


@pytest.mark.parametrize("headers", [*FOREIGN, {"sec_fetch_mode": "cors"}], ids=range(4))
async def test_forms_of_other_origins_and_of_scripts_are_not_shown(
    desk: DeskSite, away: DeskSite, headers: dict[str, str]
) -> None:
    sent = await open_editor(await desk.as_("author")) | TYPED
    for site, status in ((away, (503,)), (desk, (401, 403))):
        refused = await site.send("/desk/posts/new", sent, **headers)
        assert refused.status_code in status
        assert not has_form(refused)
        assert "Much work" not in refused.text


async def test_secrets_and_forms_without_typed_text_are_not_shown(desk: DeskSite, away: DeskSite) -> None:
    post = await a_post(desk.store)
    for path, fields in (
        (
            "/desk/welcome",
            {"title": "Blog", "name": "Ann", "email": "ann@blog.example", "password": "pass-1"},
        ),
        ("/desk/account", {"name": "Ann", "current_password": "pass-1"}),
        (f"/desk/posts/{post.id}/delete", {"revision": "1-1"}),
        ("/desk/comments", {"status": "spam", "c.665f1c2ab7e4d20f3a9c8e01": "1-1"}),
    ):
        refused = await away.send(path, fields)
        assert refused.status_code == 503
        assert not has_form(refused)
        assert "pass-1" not in refused.text


async def test_settings_survive_a_database_that_is_away(desk: DeskSite, away: DeskSite) -> None:
    ada = await desk.as_("admin")
    page = html.document_fromstring((await ada.get("/desk/settings")).text)
    (form,) = page.xpath("//form[contains(@class, 'settings')]")
    sent = {name: text.removeprefix("\n") for name, text in form.form_values()} | {"description": "Typed"}
    action, again = form_in(await away.send("/desk/settings", sent))
    assert again == sent
    assert (await ada.send(action, again)).status_code == 303
    assert (await desk.store.blog.get()).description == "Typed"
