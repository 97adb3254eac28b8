"""Inviting people, and links with which they set a password."""

from datetime import timedelta

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.people.tokens import TokenKind
from everpost.domain.people.users import UserChange
from everpost.services.accounts import password_resets
from everpost.services.accounts.password_resets import INVITATION_LIFETIME, RESET_LIFETIME
from everpost.services.accounts.passwords import is_right
from tests.contract.desk.account.test_signing_in import cookie_of
from tests.contract.desk.conftest import DeskSite, give_password
from tests.contract.desk.forms import form_of
from tests.contract.http.people import PEOPLE, headers_of
from tests.contract.pages.html import Page
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PATH = "/desk/people/invite"
IVY = {"name": " Ivy Invited ", "email": "ivy@blog.example", "role": "editor"}
PASSWORD = "a horse with a new battery"
ANN = PEOPLE["author"].user


def link_on(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return Page(answer).one("//code[@class='secret']")


def code_in(link: str) -> str:
    return link.partition("#")[2]


async def accept(desk: DeskSite, code: str, **fields: str) -> httpx.Response:
    return await desk.send("/desk/invitation", {"code": code, "new_password": PASSWORD} | fields)


async def test_the_form_does_what_the_call_of_the_api_does(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    fields = form_of(await ada.get(PATH), PATH)
    assert fields == {"name": "", "email": "", "role": "author"}
    link = link_on(await ada.send(PATH, fields | IVY))
    assert link.startswith("http://blog.example/desk/invitation#evp_")
    body = {"name": " Ivan ", "email": "ivan@blog.example", "role": "editor"}
    made = (await desk.client.post("/api/users", json=body, headers=headers_of("admin"))).json()
    ivy = await desk.store.users.find(IVY["email"])
    assert ivy is not None
    assert (ivy.name, ivy.role, ivy.password_hash) == ("Ivy Invited", made["role"], None)
    assert (await desk.store.users.get(made["id"])).version == ivy.version
    assert [token.kind for token in await tokens_of(desk.store, ivy.id)] == [TokenKind.RESET]
    assert code_in(link) not in (await ada.get("/desk/people")).text


@pytest.mark.parametrize(("typed", "name"), [({"name": " Ivy "}, "Ivy"), ({}, "Ivy Invited")], ids=range(2))
async def test_the_link_sets_the_name_and_the_password_once(
    desk: DeskSite, typed: dict[str, str], name: str
) -> None:
    ada = await desk.as_("admin")
    code = code_in(link_on(await ada.send(PATH, IVY)))
    assert Page(await desk.get("/desk/invitation")).one("//title").startswith("Invitation")
    answer = await accept(desk, code, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts")
    ivy = await desk.store.users.find(IVY["email"])
    assert ivy is not None
    assert ivy.name == name
    assert await is_right(PASSWORD, ivy.password_hash)
    signed_in = DeskSite(desk.client, desk.store, desk.app, cookie_of(answer))
    assert (await signed_in.get("/desk/posts")).status_code == 200
    again = await accept(desk, code, name="Somebody else")
    assert (again.status_code, again.headers.get_list("set-cookie")) == (403, [])
    assert await desk.store.users.get(ivy.id) == ivy


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"email": PEOPLE["editor"].user.email}, 409, "email"),
        ({"email": "nobody"}, 422, "email"),
        ({"name": ""}, 422, "name"),
        ({"role": "owner"}, 422, "role"),
    ],
    ids=range(4),
)
async def test_a_mistake_invites_nobody_and_keeps_what_was_typed(
    desk: DeskSite, fields: dict[str, str], status: int, field: str
) -> None:
    ada = await desk.as_("admin")
    answer = await ada.send(PATH, IVY | fields)
    assert answer.status_code == status
    assert len(Page(answer).all(f"//*[@id='{field}-error']")) == 1
    kept = form_of(answer, PATH)
    expected = IVY | {"name": "Ivy Invited"} | fields
    assert (kept["name"], kept["email"]) == (expected["name"], expected["email"])
    assert await desk.store.users.find(IVY["email"]) is None


async def test_a_refused_acceptance_keeps_the_link(desk: DeskSite) -> None:
    code = code_in(link_on(await (await desk.as_("admin")).send(PATH, IVY)))
    for fields, field in (
        ({"new_password": "password1234"}, "new_password"),
        ({"name": "\u202e"}, "name"),
        ({}, "code"),
    ):
        answer = await accept(desk, code if fields else code[:-1], **fields)
        assert answer.status_code in (403, 422)
        assert len(Page(answer).all(f"//*[@id='{field}-error']")) == 1
    assert (await accept(desk, code)).status_code == 303


async def test_an_invitation_works_for_a_week_and_a_reset_for_a_day(
    desk: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_password(desk.store, "author")
    ada = await desk.as_("admin")
    invitation = code_in(link_on(await ada.send(PATH, IVY)))
    reset = link_on(await ada.send(f"/desk/people/{ANN.id}/link", {}))
    assert reset.startswith("http://blog.example/desk/reset#evp_")
    moment = now() + RESET_LIFETIME
    monkeypatch.setattr(password_resets, "now", lambda: moment)
    sent = {"code": code_in(reset), "new_password": PASSWORD}
    assert (await desk.send("/desk/reset", sent)).status_code == 403
    last = moment - RESET_LIFETIME + INVITATION_LIFETIME
    monkeypatch.setattr(password_resets, "now", lambda: last)
    assert (await accept(desk, invitation)).status_code == 403
    monkeypatch.setattr(password_resets, "now", lambda: last - timedelta(minutes=1))
    assert (await accept(desk, invitation)).status_code == 303


async def test_a_person_without_a_password_gets_another_invitation(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    link = link_on(await ada.send(f"/desk/people/{ANN.id}/link", {}))
    assert "/desk/invitation#" in link
    assert (await accept(desk, code_in(link))).status_code == 303


async def test_links_have_the_base_url_of_the_blog(desk: DeskSite) -> None:
    await desk.change(base_url="https://ann.example/blog")
    link = link_on(await (await desk.as_("admin")).send(PATH, IVY))
    assert link.startswith("https://ann.example/blog/desk/invitation#")


async def test_a_disabled_person_gets_no_link(desk: DeskSite) -> None:
    await desk.store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    ada = await desk.as_("admin")
    assert (await ada.send(f"/desk/people/{ANN.id}/link", {})).status_code == 403
    assert [token.kind for token in await tokens_of(desk.store, ANN.id)] == []
