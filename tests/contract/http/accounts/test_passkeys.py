"""Passkeys over HTTP, on every database. The desk's own tests cover what authenticators may sign."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.people.users import UserChange
from everpost.services.accounts import reauthentication
from everpost.services.accounts.reauthentication import RECENT
from everpost.stores.port import Store
from tests.contract.desk.account.authenticator import Authenticator
from tests.contract.desk.conftest import PASSWORD, give_password
from tests.contract.http.accounts.credentials import Device
from tests.contract.http.calls import ask, assert_problem
from tests.contract.http.conftest import Applications
from tests.contract.http.people import PEOPLE

ANN = PEOPLE["author"].user
PATH = "/users/me/passkeys"


@pytest.fixture
async def store(applications: Applications, store_name: str) -> Store:
    """The store behind `client`."""
    return (await applications.empty_blog(store_name)).store


async def log_in(client: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    options = await ask(client, "nobody", "POST", "/login/passkey/options")
    assert (options.status_code, options.headers["cache-control"]) == (200, "no-store")
    credential = json.loads(device.sign(options.text))
    return await ask(client, "nobody", "POST", "/login/passkey", json={"credential": credential})


async def test_a_passkey_is_added_listed_used_and_deleted(client: httpx.AsyncClient) -> None:
    device = Authenticator()
    options = await ask(client, "author", "POST", f"{PATH}/options")
    assert (options.status_code, options.json()["rp"]["id"]) == (200, "blog.example")
    body = {"name": " A phone ", "credential": json.loads(device.create(options.text))}
    added = await ask(client, "author", "POST", PATH, json=body)
    assert (added.status_code, added.json()["name"]) == (201, "A phone")
    listed = await ask(client, "author", "GET", PATH)
    assert listed.json() == [added.json()]
    unchanged = {"if-none-match": listed.headers["etag"]}
    assert (await ask(client, "author", "GET", PATH, headers=unchanged)).status_code == 304
    assert (await ask(client, "editor", "GET", PATH)).json() == []
    login = await log_in(client, device)
    assert (login.status_code, login.headers["cache-control"]) == (200, "no-store")
    mine = {"authorization": f"Bearer {login.json()['access_token']}"}
    assert (await client.get("/users/me", headers=mine)).json()["id"] == ANN.id
    one = f"{PATH}/{added.json()['id']}"
    assert_problem(await ask(client, "admin", "DELETE", one), 404)
    assert (await ask(client, "author", "DELETE", one)).status_code == 204
    for path in (one, f"{PATH}/0"):
        assert_problem(await ask(client, "author", "DELETE", path), 404)
    assert_problem(await log_in(client, device), 401)


async def test_a_challenge_works_once(client: httpx.AsyncClient, store: Store) -> None:
    device = Device()
    await device.register(store, ANN)
    body = {"credential": await device.sign(store)}
    logins = [ask(client, "nobody", "POST", "/login/passkey", json=body) for _ in range(4)]
    answers = await asyncio.gather(*logins)
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_disabled_user_does_not_log_in(client: httpx.AsyncClient, store: Store) -> None:
    device = Device()
    await device.register(store, ANN)
    await store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    body = {"credential": await device.sign(store)}
    assert_problem(await ask(client, "nobody", "POST", "/login/passkey", json=body), 401)


async def test_credentials_of_others_or_without_meaning_are_refused(
    client: httpx.AsyncClient, store: Store
) -> None:
    other = await Device().create(store, PEOPLE["editor"].user)
    nested = json.loads("[" * 90 + "]" * 90)
    for credential in (other, {}, {"response": {"clientDataJSON": 1}}, {"response": nested}):
        refused = await ask(client, "author", "POST", PATH, json={"name": "A", "credential": credential})
        assert_problem(refused, 422)
        assert refused.json()["errors"][0]["field"] == "credential"
        body = {"credential": credential}
        assert_problem(await ask(client, "nobody", "POST", "/login/passkey", json=body), 401)
    assert list(await store.passkeys.of_user(ANN.id)) == []


async def test_a_credential_belongs_to_one_user(client: httpx.AsyncClient, store: Store) -> None:
    device = Device()
    await device.register(store, PEOPLE["editor"].user)
    body = {"name": "A", "credential": await device.create(store, ANN)}
    refused = await ask(client, "author", "POST", PATH, json=body)
    assert_problem(refused, 409)
    assert refused.json()["errors"][0]["field"] == "credential"


async def test_names_follow_the_rules_of_other_names(client: httpx.AsyncClient, store: Store) -> None:
    credential = await Device().create(store, ANN)
    for name in ("", " ", "\u200b", "\u202e", "\u200f\u200e", "a\u202eb", "x" * 101, "\0"):
        body = {"name": name, "credential": credential}
        refused = await ask(client, "author", "POST", PATH, json=body)
        assert_problem(refused, 422)
        assert refused.json()["errors"][0]["field"] == "name"
    assert list(await store.passkeys.of_user(ANN.id)) == []


async def test_a_new_passkey_requires_the_password_or_a_recent_login(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_password(store, "author")
    entered = await client.post("/login", data={"username": ANN.email, "password": PASSWORD})
    login = {"authorization": f"Bearer {entered.json()['access_token']}"}

    async def add(headers: dict[str, str], **more: str) -> int:
        body = {"name": "A phone", "credential": await Device().create(store, ANN)} | more
        return (await client.post(PATH, json=body, headers=headers)).status_code

    named = PEOPLE["author"].headers
    assert await add(named) == 422
    assert await add(named, current_password="wrong") == 422
    assert await add(named, current_password=PASSWORD) == 201
    assert await add(login) == 201
    later = now() + RECENT + timedelta(seconds=1)
    monkeypatch.setattr(reauthentication, "now", lambda: later)
    assert await add(login) == 422


async def test_a_token_with_fewer_scopes_adds_no_passkey(client: httpx.AsyncClient, store: Store) -> None:
    made = await ask(client, "author", "POST", "/tokens", json={"name": "Less", "scopes": ["account"]})
    less = {"authorization": f"Bearer {made.json()['token']}"}
    body = {"name": "A phone", "credential": await Device().create(store, ANN)}
    assert_problem(await client.post(PATH, json=body, headers=less), 403)
    assert_problem(await client.post(f"{PATH}/options", headers=less), 403)
    assert (await client.get(PATH, headers=less)).json() == []
