"""Logging in, and the tokens of logins."""

import asyncio
from datetime import datetime

import httpx
import pytest

from everpost.domain.people.tokens import is_well_formed
from tests.contract.http.calls import ask, assert_problem
from tests.contract.http.people import PEOPLE

PASSWORD = "correct horse battery"
ANN = PEOPLE["author"].user


async def set_password(client: httpx.AsyncClient) -> None:
    changed = await client.patch(f"/users/{ANN.id}", json={"password": PASSWORD})
    assert changed.status_code == 200


async def log_in(
    client: httpx.AsyncClient, password: str = PASSWORD, email: str = ANN.email, address: str = "192.0.2.1"
) -> httpx.Response:
    form = {"username": email, "password": password}
    return await client.post("/login", data=form, headers={"x-forwarded-for": address})


async def test_a_login_gives_a_token_that_expires(client: httpx.AsyncClient) -> None:
    await set_password(client)
    answer = await log_in(client, email=ANN.email.upper())
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    given = answer.json()
    assert set(given) == {"access_token", "token_type", "expires_at", "id"}
    assert is_well_formed(given["access_token"])
    assert datetime.fromisoformat(given["expires_at"]) > datetime.now().astimezone()
    me = await client.get("/users/me", headers={"authorization": f"Bearer {given['access_token']}"})
    assert me.json()["id"] == ANN.id


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ANN.email, "not the password"),
        (ANN.email, PASSWORD.upper()),
        ("unknown@blog.example", PASSWORD),
        (PEOPLE["editor"].user.email, PASSWORD),
    ],
    ids=["wrong password", "wrong case", "unknown email", "no password"],
)
async def test_a_login_that_fails_does_not_say_why(
    client: httpx.AsyncClient, email: str, password: str
) -> None:
    await set_password(client)
    assert_problem(
        await log_in(client, password, email), 401, detail="The email address or the password is wrong."
    )


async def test_a_disabled_user_cannot_log_in(client: httpx.AsyncClient) -> None:
    await set_password(client)
    await client.patch(f"/users/{ANN.id}", json={"disabled": True})
    assert_problem(await log_in(client), 401)


async def test_after_too_many_failures_every_login_waits(strict_client: httpx.AsyncClient) -> None:
    await set_password(strict_client)
    for _ in range(2):
        assert_problem(await log_in(strict_client, "not the password"), 401)
    refused = await log_in(strict_client)
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert (await log_in(strict_client, address="192.0.2.2")).status_code == 200
    claimed = await log_in(strict_client, address="192.0.2.3, 192.0.2.1")
    assert_problem(claimed, 429)


async def test_logins_that_succeed_are_not_counted(strict_client: httpx.AsyncClient) -> None:
    await set_password(strict_client)
    for _ in range(4):
        assert (await log_in(strict_client)).status_code == 200


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (415, "application/json", b'{"username": "a@b.c", "password": "x"}'),
        (422, "application/x-www-form-urlencoded", b""),
        (422, "application/x-www-form-urlencoded", b"username=a@b.c"),
        (422, "application/x-www-form-urlencoded", b"username=a@b.c&password=%00%00%00"),
        (413, "application/x-www-form-urlencoded", b"a" * (2 * 1024 * 1024 + 1)),
    ],
)
async def test_a_malformed_login_form_is_refused(
    client: httpx.AsyncClient, status: int, content_type: str, body: bytes
) -> None:
    answer = await client.post("/login", content=body, headers={"content-type": content_type})
    assert_problem(answer, status)


async def test_a_secret_is_shown_only_once(client: httpx.AsyncClient) -> None:
    body = {"name": "Mine", "scopes": ["posts:write"], "expires_at": "2999-01-01T00:00:00Z"}
    made = await ask(client, "author", "POST", "/tokens", json=body)
    assert (made.status_code, made.headers["cache-control"]) == (201, "private, no-store")
    secret = made.json()["token"]
    assert is_well_formed(secret)
    tokens = await ask(client, "author", "GET", "/tokens")
    assert [token["name"] for token in tokens.json()][-1] == "Mine"
    assert secret not in tokens.text
    mine = {"authorization": f"Bearer {secret}"}
    post = {"title": "T", "content": "C"}
    assert (await client.post("/posts", json=post, headers=mine)).status_code == 201
    assert_problem(await client.get("/tokens", headers=mine), 403)


async def test_a_new_token_has_no_more_scopes_than_its_creator(client: httpx.AsyncClient) -> None:
    wanted = {"name": "More", "scopes": ["admin"]}
    assert_problem(await ask(client, "author", "POST", "/tokens", json=wanted), 403)
    narrow = await client.post("/tokens", json={"name": "Narrow", "scopes": ["account"]})
    headers = {"authorization": f"Bearer {narrow.json()['token']}"}
    wanted = {"name": "Wider", "scopes": ["account", "posts:write"]}
    assert_problem(await client.post("/tokens", json=wanted, headers=headers), 403)


@pytest.mark.careful_passwords
async def test_a_login_does_not_stop_other_requests(client: httpx.AsyncClient) -> None:
    await set_password(client)
    logins = [asyncio.create_task(log_in(client, "not the password")) for _ in range(2)]
    for _ in range(len(logins) + 1):
        assert (await client.get("/health/ready")).status_code == 200
    assert not all(login.done() for login in logins), "hashing runs beside the loop"
    await asyncio.gather(*logins)
