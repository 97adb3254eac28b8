"""Pages that ask for the password again if the session is not recent."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI, Response

from everpost.domain.clock import now
from everpost.domain.people.users import Role
from everpost.services.accounts import reauthentication
from everpost.services.accounts.reauthentication import RECENT
from everpost.web.desk.account.confirmation import ConfirmedDesk
from tests.contract.desk.conftest import DeskSite, give_password
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PATH = "/desk/dangerous"


async def show(_desk: ConfirmedDesk) -> Response:
    return Response("Dangerous")


@pytest.fixture
async def dangerous(desk: DeskSite) -> AsyncIterator[DeskSite]:
    """The desk with a page that is guarded."""
    app: FastAPI = desk.app
    app.add_api_route(PATH, show, methods=["GET", "POST"])
    app.router.routes.insert(0, app.router.routes.pop())
    yield desk
    app.router.routes.pop(0)


async def test_a_recent_session_suffices(dangerous: DeskSite) -> None:
    ada = await dangerous.as_("admin")
    assert (await ada.get(PATH)).status_code == 200
    assert (await ada.send(PATH, {})).status_code == 200


async def test_an_older_session_is_sent_to_the_page_that_asks(
    dangerous: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await dangerous.as_("admin")
    later = now() + RECENT
    monkeypatch.setattr(reauthentication, "now", lambda: later + timedelta(seconds=1))
    away = await ada.get(f"{PATH}?a=b")
    assert away.status_code == 303
    assert away.headers["location"] == "/desk/confirm?next=%2Fdesk%2Fdangerous%3Fa%3Db"
    sent = await ada.send(PATH, {})
    assert sent.status_code == 401
    page = Page(sent)
    assert (page.one("//h1"), page.one("//main//a/@href")) == ("Confirm your password", "/desk/confirm")
    assert (await dangerous.get(PATH)).headers["location"].startswith("/desk/login?")


@pytest.mark.parametrize(
    "path",
    [f"/desk/people/{PEOPLE['author'].user.id}", "/desk/settings/database", "/desk/account/passkeys"],
)
async def test_sensitive_pages_are_guarded(
    desk: DeskSite, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await desk.as_("admin")
    assert (await ada.get(path)).status_code == 200
    later = now() + RECENT
    monkeypatch.setattr(reauthentication, "now", lambda: later)
    assert (await ada.get(path)).headers["location"].startswith("/desk/confirm?next=")


async def test_a_role_and_an_export_need_a_recent_session(
    desk: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await desk.as_("admin")
    later = now() + RECENT
    monkeypatch.setattr(reauthentication, "now", lambda: later)
    role = await ada.send(f"/desk/people/{PEOPLE['author'].user.id}/role", {"role": "admin"})
    assert role.status_code == 401
    assert (await desk.store.users.get(PEOPLE["author"].user.id)).role is Role.AUTHOR
    archive = await ada.send("/desk/settings/database/export", {})
    assert (archive.status_code, archive.headers["content-type"]) == (401, "text/html; charset=utf-8")


async def test_only_those_who_have_a_password_are_asked_for_it(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    page = Page(await ada.get("/desk/confirm"))
    assert page.all("//input[@type='password']") == []
    assert page.all("//main//p/a/@href") == ["/desk/account/password"]
    await give_password(desk.store, "admin")
    assert len(Page(await ada.get("/desk/confirm")).all("//input[@type='password']")) == 1
