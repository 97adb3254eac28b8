"""Forms about passwords and passkeys have the same effect as their calls of the API, on every database."""

import json
from dataclasses import replace

import httpx
import pytest

from everpost.domain.clock import EPOCH
from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.services.accounts.passwords import is_right
from everpost.stores.port import Store
from tests.contract.desk.account.test_signing_in import FIREFOX
from tests.contract.desk.conftest import DeskSite, give_password, start_session
from tests.contract.http.accounts.credentials import Device, secret_for
from tests.contract.http.people import PEOPLE, Who, headers_of
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

NEWER = "a horse with a new battery"
ANN, OTTO = PEOPLE["author"].user, PEOPLE["other author"].user
"""Ann uses the desk, Otto the API."""


async def state(store: Store, user_id: Id) -> tuple[User, bool, list[object], list[str]]:
    """The user without what must differ between two, the password, the tokens and the passkeys."""
    user = await store.users.get(user_id)
    same = {
        "id": ANN.id,
        "name": "",
        "email": "",
        "password_hash": None,
        "updated_at": EPOCH,
        "created_at": EPOCH,
    }
    tokens: list[object] = [(each.kind, each.scopes) for each in await tokens_of(store, user_id)]
    passkeys = [each.name for each in await store.passkeys.of_user(user_id)]
    right = await is_right(NEWER, user.password_hash)
    return replace(user, **same), right, sorted(tokens, key=str), passkeys  # type: ignore[arg-type]


async def call(desk: DeskSite, who: Who, method: str, path: str, body: object = None) -> httpx.Response:
    """A call of the API."""
    return await desk.client.request(method, f"/api{path}", json=body, headers=headers_of(who))


async def assert_equal(desk: DeskSite) -> None:
    assert await state(desk.store, ANN.id) == await state(desk.store, OTTO.id)


@pytest.mark.parametrize("has_password", [True, False])
async def test_links(desk: DeskSite, has_password: bool) -> None:
    if has_password:
        for who in ("author", "other author"):
            await give_password(desk.store, who)
    ada = await desk.as_("admin")
    before = await state(desk.store, ANN.id)
    assert (await ada.send(f"/desk/people/{ANN.id}/link", {})).status_code == 200
    assert (await call(desk, "admin", "POST", f"/users/{OTTO.id}/reset-link")).status_code == 200
    await assert_equal(desk)
    assert await state(desk.store, ANN.id) != before


async def test_invitations(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    form, body = ({"name": "Ivy", "email": f"{name}@blog.example", "role": "editor"} for name in ("a", "b"))
    assert (await ada.send("/desk/people/invite", form)).status_code == 200
    made = await call(desk, "admin", "POST", "/invitations", body)
    invited = await desk.store.users.find(form["email"])
    assert invited is not None
    assert await state(desk.store, invited.id) == await state(desk.store, made.json()["user"]["id"])


@pytest.mark.parametrize("page", ["reset", "invitation"])
async def test_setting_a_password_with_a_link(desk: DeskSite, page: str) -> None:
    for who in ("author", "other author"):
        await start_session(desk.store, who)
    secrets = [await secret_for(desk.store, user) for user in (ANN, OTTO)]
    sent = await desk.send(f"/desk/{page}", {"code": secrets[0], "new_password": NEWER})
    assert sent.status_code == 303
    body = {"token": secrets[1], "password": NEWER}
    assert (await call(desk, "nobody", "POST", "/login/reset", body)).status_code == 200
    await assert_equal(desk)
    assert (await state(desk.store, ANN.id))[1]


async def test_passkeys(desk: DeskSite) -> None:
    ann, devices = await desk.as_("author"), (Device(), Device())
    await start_session(desk.store, "other author")
    name = " A phone "
    credential = await devices[0].create(desk.store, ANN)
    form = {"name": name, "credential": json.dumps(credential)}
    assert (await ann.send("/desk/account/passkeys", form)).status_code == 303
    body = {"name": name, "credential": await devices[1].create(desk.store, OTTO)}
    added = await call(desk, "other author", "POST", "/users/me/passkeys", body)
    assert added.status_code == 201
    await assert_equal(desk)
    assert (await state(desk.store, ANN.id))[3] == ["A phone"]

    signed = [json.dumps(await devices[0].sign(desk.store)), await devices[1].sign(desk.store)]
    sent = await desk.send("/desk/login/passkey", {"credential": signed[0]}, user_agent=FIREFOX)
    assert sent.status_code == 303
    assert (
        await call(desk, "nobody", "POST", "/login/passkey", {"credential": signed[1]})
    ).status_code == 200
    await assert_equal(desk)

    (key,) = await desk.store.passkeys.of_user(ANN.id)
    assert (await ann.send(f"/desk/account/passkeys/{key.id}", {})).status_code == 303
    path = f"/users/me/passkeys/{added.json()['id']}"
    assert (await call(desk, "other author", "DELETE", path)).status_code == 204
    await assert_equal(desk)
    assert (await state(desk.store, ANN.id))[3] == []
