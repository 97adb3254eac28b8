"""Tokens for programs: created, shown once, and revoked."""

from datetime import datetime

import httpx
import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import Id
from everpost.domain.people.tokens import MAX_NAMED_TOKENS, Scope, TokenKind
from tests.contract.desk.conftest import PASSWORD, DeskSite, give_password
from tests.contract.desk.forms import form_of
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import tokens_of
from tests.contract.port.people.test_revocations import fill
from tests.contract.port.people.test_tokens import keep

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PATH = "/desk/account/tokens"
ANN = PEOPLE["author"].user
SENT = {
    "name": " Backup ",
    "posts:write": "on",
    "account": "on",
    "last_day": "2099-12-31",
    "password": PASSWORD,
}
SAME = {
    "name": " Backup ",
    "scopes": ["posts:write", "account"],
    "expires_at": "2100-01-01T00:00:00+01:00",
    "current_password": PASSWORD,
}
"""The same as a body of `POST /tokens`."""


@pytest.fixture
async def ann(desk: DeskSite) -> DeskSite:
    """An author with a password, whose blog is in Berlin."""
    await give_password(desk.store, "author")
    await desk.change(time_zone="Europe/Berlin")
    return await desk.as_("author")


async def create(ann: DeskSite, **fields: str) -> httpx.Response:
    return await ann.send(PATH, SENT | {name.replace("__", ":"): text for name, text in fields.items()})


async def ids_of(ann: DeskSite) -> list[Id]:
    return [token.id for token in await tokens_of(ann.store, ANN.id)]


async def test_the_form_does_what_the_call_of_the_api_does(ann: DeskSite) -> None:
    page = await create(ann)
    assert page.status_code == 200
    secret = Page(page).one("//code[@class='secret']")
    response = await ann.client.post("/api/tokens", json=SAME, headers=PEOPLE["author"].headers)
    by_form, by_api = (await tokens_of(ann.store, ANN.id))[-2:]
    described = response.json()
    for token in (by_form, by_api):
        assert (token.name, token.kind, token.login_id) == ("Backup", TokenKind.NAMED, None)
        assert token.scopes == {Scope.POSTS_WRITE, Scope.ACCOUNT}
    assert by_form.expires_at == by_api.expires_at
    assert by_api.id == described["id"]
    mine = await ann.client.get("/api/users/me", headers={"authorization": f"Bearer {secret}"})
    assert mine.json()["id"] == ANN.id


async def test_a_secret_is_shown_once_and_not_stored_by_the_browser(ann: DeskSite) -> None:
    page = await create(ann)
    secret = Page(page).one("//code[@class='secret']")
    assert page.headers["cache-control"] == "no-store"
    listed = await ann.get(PATH)
    assert secret not in listed.text
    assert "Valid until December 31, 2099." in Page(listed).all("//main//li")[-1]


@pytest.mark.parametrize("end", [EARLIEST, LATEST])
async def test_a_token_may_end_at_the_first_or_last_moment(ann: DeskSite, end: datetime) -> None:
    """As in an archive."""
    await keep(ann.store, ANN.id, expires_at=end)
    assert (await ann.get(PATH)).status_code == 200


async def test_a_token_without_a_last_day_never_expires_and_outlives_the_session(ann: DeskSite) -> None:
    await create(ann, last_day="")
    token = (await tokens_of(ann.store, ANN.id))[-1]
    assert (token.expires_at, token.login_id) == (None, None)
    assert "Never expires." in Page(await ann.get(PATH)).all("//main//li")[-1]


async def test_a_mistake_creates_nothing_and_keeps_what_was_typed(ann: DeskSite) -> None:
    before = await ids_of(ann)
    for field, typed, message in (
        ("name", "  ", "Fill in this field."),
        ("name", "", "Fill in this field."),
        ("password", "wrong", "This is not your current password."),
        ("password", "", "Fill in this field."),
        ("last_day", "2020-01-01", "Enter a date that is not in the past."),
        ("last_day", "tomorrow", "Enter a date."),
        ("last_day", "9999-12-31", "Enter a date."),
    ):
        answer = await create(ann, **{field: typed})
        assert answer.status_code == 422
        assert Page(answer).one(f"//*[@id='{field}-error']") == message
        kept = form_of(answer, PATH)
        assert kept["last_day"] == (SENT | {field: typed})["last_day"]
        assert ("posts:write" in kept, "comments:write" in kept) == (True, False)
        assert kept["password"] == ""
    assert await ids_of(ann) == before


async def test_only_scopes_of_the_role_are_offered_and_accepted(ann: DeskSite) -> None:
    assert Page(await ann.get(PATH)).all("//input[@type='checkbox' and @name='admin']") == []
    assert (await create(ann, admin="on")).status_code == 403
    assert Scope.ADMIN not in (await tokens_of(ann.store, ANN.id))[-1].scopes
    ada = await ann.as_("admin")
    assert len(Page(await ada.get(PATH)).all("//input[@type='checkbox']/@name")) == len(Scope)


async def test_without_a_password_a_token_ends_with_the_session(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    assert Page(await ann.get(PATH)).all("//input[@type='password']") == []
    assert (await create(ann, last_day="")).status_code == 200
    token = (await tokens_of(desk.store, ANN.id))[-1]
    assert token.login_id is not None
    await ann.send("/desk/logout", {})
    assert token.id not in await ids_of(ann)


async def test_the_number_of_tokens_is_limited(ann: DeskSite) -> None:
    await fill(ann.store, ANN, TokenKind.NAMED, MAX_NAMED_TOKENS - 1)
    answer = await create(ann)
    assert answer.status_code == 409
    assert Page(answer).one("//*[@id='name-error']").startswith(f"You already have {MAX_NAMED_TOKENS} tokens")


async def test_revoking_does_what_the_call_of_the_api_does(ann: DeskSite) -> None:
    secrets = [Page(await create(ann)).one("//code[@class='secret']") for _ in range(2)]
    first, second = (await tokens_of(ann.store, ANN.id))[-2:]
    answer = await ann.send(f"{PATH}/{first.id}/revoke", {})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    headers = PEOPLE["author"].headers
    assert (await ann.client.delete(f"/api/tokens/{second.id}", headers=headers)).status_code == 204
    for secret in secrets:
        refused = await ann.client.get("/api/users/me", headers={"authorization": f"Bearer {secret}"})
        assert refused.status_code == 401
    assert (await ann.send(f"{PATH}/{first.id}/revoke", {})).status_code == 404


async def test_tokens_of_others_cannot_be_revoked(ann: DeskSite) -> None:
    token = (await tokens_of(ann.store, PEOPLE["editor"].user.id))[0]
    assert (await ann.send(f"{PATH}/{token.id}/revoke", {})).status_code == 404
    assert token in await tokens_of(ann.store, PEOPLE["editor"].user.id)


async def test_sessions_are_not_in_the_list(ann: DeskSite) -> None:
    names = Page(await ann.get(PATH)).all("//main//li//strong")
    assert names == ["A token"]
    assert len(await tokens_of(ann.store, ANN.id)) == 2


async def test_wrong_passwords_are_limited(strict_desk: DeskSite) -> None:
    await give_password(strict_desk.store, "author")
    ann = await strict_desk.as_("author")
    statuses = [(await create(ann, password="wrong")).status_code for _ in range(20)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
