"""The people of the blog: their list, their roles, and removing them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from everpost.api.http.etags import revision_text
from everpost.domain.ids import Id
from everpost.domain.people.tokens import ROLE_SCOPES, Scope
from everpost.domain.people.users import Role, User, UserChange
from everpost.domain.records import Batch
from everpost.errors import NotFound
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.forms import form_of
from tests.contract.http.people import JOINED, PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import LATER, a_user, publish, read_post, register, tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ADMIN = PEOPLE["admin"]
ANN = PEOPLE["author"].user


async def by_api(desk: DeskSite, method: str, path: str, body: object = None) -> httpx.Response:
    return await desk.client.request(method, f"/api{path}", json=body, headers=ADMIN.headers)


async def press(ada: DeskSite, user: User, button: str, **fields: str) -> httpx.Response:
    """Open the person's page, or the one for removing, and send one of its forms."""
    page = f"/desk/people/{user.id}"
    action = f"{page}/{button}"
    sent = form_of(await ada.get(action if button == "remove" else page), action)
    return await ada.send(action, sent | fields)


async def with_token(store: Store, role: Role = Role.AUTHOR, *, disabled: bool = False) -> User:
    """A user who has a token, unless the user is disabled."""
    user = await register(store, role=role)
    if disabled:
        return await store.users.save(user.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    secret = f"evp_{user.id}"
    await store.tokens.add(replace(ADMIN.token(0, secret, ROLE_SCOPES[role]), id=user.id, user_id=user.id))
    return user


async def state_of(store: Store, id: Id) -> tuple[Role, bool, int, list[frozenset[Scope]]]:
    """The role, whether the user is disabled, the version, and the scopes of the tokens."""
    user = await store.users.get(id)
    scopes = [token.scopes for token in await tokens_of(store, id)]
    return user.role, user.disabled_at is not None, user.version, scopes


async def test_the_list_shows_everyone_with_role_state_and_last_activity(desk: DeskSite) -> None:
    await desk.store.users.save(ANN.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    await desk.store.users.save(
        PEOPLE["editor"].user.id, UserChange(updated_at=LATER, password_hash="hash"), match=None
    )
    await register(desk.store, name="<b>New</b>", created_at=JOINED + timedelta(days=1))
    await desk.change(time_zone="America/New_York")
    ada = await desk.as_("admin")
    page = Page(await ada.get("/desk/people"))
    assert page.one("//title").startswith("People")
    assert page.one("//h1") == "People"
    assert page.one("//nav//a[@aria-current]") == "People"
    rows = page.all("//main//li")
    assert rows[0].startswith("Ann Author Author Disabled ann.author@")
    assert rows[2].startswith("Edda Editor Editor edda.editor@")
    assert rows[3].startswith("Ada Admin Admin No password yet ada.admin@")
    assert "<b>New</b>" in rows[4]
    assert "Last active" not in rows[0] + rows[4]
    assert "Last active on January 1, 9999." in rows[2]


async def test_a_long_list_has_pages(desk: DeskSite) -> None:
    for number in range(50):
        await register(desk.store, created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number))
    ada = await desk.as_("admin")
    first = Page(await ada.get("/desk/people"))
    assert len(first.all("//main//li")) == 50
    second = Page(await ada.get(first.one("//a[text()='More people']/@href")))
    assert len(second.all("//main//li")) == 4
    assert second.all("//a[text()='More people']") == []
    links = "//main//li//a/@href"
    assert len({*first.all(links), *second.all(links)}) == 54


@pytest.mark.parametrize(
    ("button", "typed", "body", "notice"),
    [
        ("role", {"role": "editor"}, {"role": "editor"}, "The role has been changed."),
        ("role", {"role": "admin"}, {"role": "admin"}, "The role has been changed."),
        ("disable", {}, {"disabled": True}, "The account has been disabled."),
        ("enable", {}, {"disabled": False}, "The account has been enabled."),
    ],
    ids=["editor", "admin", "disable", "enable"],
)
async def test_a_form_does_what_the_call_of_the_api_does(
    desk: DeskSite, button: str, typed: dict[str, str], body: dict[str, object], notice: str
) -> None:
    ada = await desk.as_("admin")
    one, other = [await with_token(desk.store, disabled=button == "enable") for _ in range(2)]
    answer = await press(ada, one, button, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/people/{one.id}")
    assert (await by_api(desk, "PATCH", f"/users/{other.id}", body)).status_code == 200
    assert await state_of(desk.store, one.id) == await state_of(desk.store, other.id)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    shown = Page(await ada.get(f"/desk/people/{one.id}", cookie=f"{ada.cookies['cookie']}; {cookie}"))
    assert shown.one("//*[@role='status']") == notice


@pytest.mark.parametrize("heir", [True, False], ids=["heir", "keep"])
async def test_removing_does_what_the_call_of_the_api_does(desk: DeskSite, heir: bool) -> None:
    ada = await desk.as_("admin")
    one, other = [await with_token(desk.store) for _ in range(2)]
    posts = [await publish(desk.store, author=user.author) for user in (one, other)]
    chosen = ANN.id if heir else "keep"
    answer = await press(ada, one, "remove", posts=chosen)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/people")
    assert (await by_api(desk, "DELETE", f"/users/{other.id}?posts={chosen}")).status_code == 204
    for user, post in zip((one, other), posts, strict=True):
        with pytest.raises(NotFound):
            await desk.store.users.get(user.id)
        author = (await read_post(desk.store, post.id)).author
        assert author == (ANN.author if heir else None)
        assert await tokens_of(desk.store, user.id) == []


async def test_the_heir_must_be_chosen_and_must_exist(desk: DeskSite) -> None:
    ada, gone = await desk.as_("admin"), await register(desk.store)
    disabled = await with_token(desk.store, disabled=True)
    user = await register(desk.store)
    page = await ada.get(f"/desk/people/{user.id}/remove")
    choices = Page(page).all("//select/option/@value")
    assert {"", "keep", gone.id, ADMIN.user.id} <= set(choices)
    assert not {user.id, disabled.id} & set(choices)
    await desk.store.users.remove(gone.id, heir_id=None, match=None)
    for chosen, message in (
        ("", "Choose who gets the posts."),
        ("nonsense", "Choose who gets the posts."),
        (gone.id, "This person has been removed. Choose another."),
        (user.id, "This person has been removed. Choose another."),
    ):
        answer = await press(ada, user, "remove", posts=chosen)
        assert answer.status_code == 422
        assert Page(answer).one("//*[@id='posts-error']") == message
    assert await desk.store.users.get(user.id) == user


async def test_everyone_can_be_the_heir_or_the_author(desk: DeskSite) -> None:
    many = [a_user(name=f"Person {number}") for number in range(120)]
    await desk.store.records.write(Batch(kept=many))
    await publish(desk.store)
    ada, edda = await desk.as_("admin"), await desk.as_("editor")
    for person, path in ((ada, f"people/{ANN.id}/remove"), (edda, "posts/new"), (edda, "posts")):
        page = Page(await person.get(f"/desk/{path}"))
        assert {user.id for user in many} <= set(page.all("//select/option/@value"))


@pytest.mark.parametrize("button", ["role", "disable", "enable", "remove"])
async def test_a_form_made_from_an_earlier_state_changes_nothing(desk: DeskSite, button: str) -> None:
    ada = await desk.as_("admin")
    user = await with_token(desk.store, disabled=button == "enable")
    changed = await desk.store.users.save(user.id, UserChange(updated_at=LATER, name="Renamed"), match=None)
    fields, path = {"role": "admin", "posts": "keep"}, f"/desk/people/{user.id}/{button}"
    revision = ""
    for earlier in ("", "*", revision_text(user.revision)):
        answer = await ada.send(path, fields | {"revision": earlier})
        assert answer.status_code == 412
        assert Page(answer).one("//*[@role='alert']").startswith("Someone else has changed this")
        assert "Renamed" in Page(answer).one("//h1")
        assert await desk.store.users.get(user.id) == changed
        revision = form_of(answer, path)["revision"]
    assert (await ada.send(path, fields | {"revision": revision})).status_code == 303


async def test_admins_cannot_change_or_remove_themselves(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    before = await desk.store.users.get(ADMIN.user.id)
    page = Page(await ada.get(f"/desk/people/{ADMIN.user.id}"))
    assert page.all("//main//form | //main//button") == []
    fields = {"revision": revision_text(before.revision), "role": "author", "posts": "keep"}
    for button in ("role", "disable", "remove"):
        answer = await ada.send(f"/desk/people/{ADMIN.user.id}/{button}", fields)
        assert answer.status_code == 403
    assert await desk.store.users.get(ADMIN.user.id) == before


async def test_an_unknown_role_is_refused(desk: DeskSite) -> None:
    ada, user = await desk.as_("admin"), await register(desk.store)
    answer = await press(ada, user, "role", role="owner")
    assert answer.status_code == 422
    assert len(Page(answer).all("//*[@id='role-error']")) == 1
    assert await desk.store.users.get(user.id) == user


@pytest.mark.parametrize("id", ["f" * 24, "nobody"])
async def test_there_is_no_page_for_someone_who_does_not_exist(desk: DeskSite, id: str) -> None:
    ada = await desk.as_("admin")
    assert (await ada.get(f"/desk/people/{id}")).status_code == 404
    assert (await ada.get(f"/desk/people/{id}/remove")).status_code == 404
    for button in ("role", "disable", "enable", "remove"):
        sent = {"revision": "1-1", "role": "admin", "posts": "keep"}
        assert (await ada.send(f"/desk/people/{id}/{button}", sent)).status_code == 404
