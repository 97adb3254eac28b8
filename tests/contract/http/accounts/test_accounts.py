"""Tokens give no more permissions than they have, and end when their owner wants."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.contract.http.calls import ask, assert_problem, walked
from tests.contract.http.people import PEOPLE, Who

PASSWORD = "correct horse battery"
NEWER = "a newer horse battery staple"
ANN, OTTO, ADA = (PEOPLE[who].user for who in ("author", "other author", "admin"))
MINE, OTHERS = "/users/me", f"/users/{OTTO.id}"

Headers = dict[str, str]


def bearer(secret: str) -> Headers:
    return {"authorization": f"Bearer {secret}"}


async def set_password(client: httpx.AsyncClient, user_id: str, password: str = PASSWORD) -> None:
    assert (await client.patch(f"/users/{user_id}", json={"password": password})).status_code == 200


async def log_in(client: httpx.AsyncClient, email: str = ANN.email, password: str = PASSWORD) -> Headers:
    answer = await client.post("/login", data={"username": email, "password": password})
    assert answer.status_code == 200, answer.text
    return bearer(answer.json()["access_token"])


async def make(client: httpx.AsyncClient, headers: Headers, **body: object) -> httpx.Response:
    return await client.post("/tokens", json={"name": "Made", **body}, headers=headers)


async def narrow(client: httpx.AsyncClient, who: Who, *scopes: str) -> Headers:
    made = await make(client, PEOPLE[who].headers, scopes=list(scopes))
    assert made.status_code == 201
    return bearer(made.json()["token"])


async def works(client: httpx.AsyncClient, headers: Headers) -> bool:
    status = (await client.get(MINE, headers=headers)).status_code
    assert status in {200, 401}
    return status == 200


ESCALATIONS: Sequence[tuple[Who, list[str], str, str, dict[str, str | bool | list[str]]]] = [
    ("author", ["account"], "PATCH", MINE, {"password": PASSWORD}),
    ("author", ["account", "posts:write", "comments:write"], "PATCH", MINE, {"password": PASSWORD}),
    ("author", ["account"], "PATCH", MINE, {"email": "thief@x.example"}),
    ("admin", ["account"], "PATCH", MINE, {"password": PASSWORD}),
    ("admin", ["admin"], "PATCH", f"/users/{ADA.id}", {"password": PASSWORD}),
    ("admin", ["admin", "account"], "PATCH", f"/users/{ADA.id}", {"password": PASSWORD}),
    ("admin", ["admin", "account"], "PATCH", MINE, {"password": PASSWORD}),
    ("admin", ["admin"], "PATCH", f"/users/{ADA.id}", {"email": "thief@x.example"}),
    ("admin", ["admin"], "PATCH", OTHERS, {"password": PASSWORD}),
    ("admin", ["admin"], "PATCH", OTHERS, {"email": "thief@x.example"}),
    ("admin", ["admin"], "PATCH", OTHERS, {"role": "admin"}),
    ("admin", ["admin"], "PATCH", OTHERS, {"role": "author"}),
    ("admin", ["admin"], "PATCH", OTHERS, {"disabled": False}),
    (
        "admin",
        ["admin", "account", "posts:write", "comments:write"],
        "POST",
        "/users",
        {"name": "Eve", "email": "eve@x.example", "role": "admin", "password": PASSWORD},
    ),
    ("admin", ["admin"], "POST", "/users", {"name": "Eve", "email": "eve@x.example", "role": "author"}),
    ("admin", ["admin"], "POST", "/tokens", {"name": "More"}),
    ("author", ["account"], "POST", "/tokens", {"name": "More", "scopes": ["posts:write"]}),
]


async def test_no_token_can_be_used_to_gain_permissions(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    before = (await client.get("/users")).json()
    for who, scopes, method, path, body in ESCALATIONS:
        with subtests.test(who=who, scopes=scopes, path=path, body=body):
            headers = await narrow(client, who, *scopes)
            assert_problem(await client.request(method, path, json=body, headers=headers), 403)
            assert (await client.get("/users")).json() == before


async def test_setting_a_first_password_requires_all_scopes(client: httpx.AsyncClient) -> None:
    body = {"password": PASSWORD, "email": "ann.new@blog.example"}
    assert (await ask(client, "author", "PATCH", MINE, json=body)).status_code == 200
    assert await works(client, await log_in(client, "ann.new@blog.example"))


@pytest.mark.parametrize("path", [MINE, f"/users/{ADA.id}"])
@pytest.mark.parametrize("change", [{"password": NEWER}, {"email": "ada.new@blog.example"}])
async def test_changing_the_password_or_address_requires_the_current_password(
    client: httpx.AsyncClient, path: str, change: dict[str, str]
) -> None:
    await set_password(client, ADA.id)
    for proof in ({}, {"current_password": "not the password"}):
        assert_problem(await client.patch(path, json=change | proof), 422, "current_password")
    proven = change | {"current_password": PASSWORD}
    assert (await client.patch(path, json=proven)).status_code == 200
    same = {"name": "Ada A.", "email": (await client.get(MINE)).json()["email"]}
    assert (await client.patch(path, json=same)).status_code == 200


@pytest.mark.parametrize(("revoke", "stays"), [(None, True), (False, True), (True, False)])
async def test_a_new_password_ends_all_other_logins(
    client: httpx.AsyncClient, revoke: bool | None, stays: bool
) -> None:
    await set_password(client, ANN.id)
    shown, other = await log_in(client), await log_in(client)
    with_shown, with_other = [bearer((await make(client, each)).json()["token"]) for each in (shown, other)]
    with_password = bearer((await make(client, other, current_password=PASSWORD)).json()["token"])
    body = {"password": NEWER, "current_password": PASSWORD}
    if revoke is not None:
        body["revoke_tokens"] = revoke  # type: ignore[assignment]  # it is JSON
    assert (await client.patch(MINE, json=body, headers=shown)).status_code == 200
    assert await works(client, shown)
    assert not await works(client, other)
    assert not await works(client, with_other)
    assert await works(client, with_shown) is stays
    assert await works(client, with_password) is stays
    assert await works(client, PEOPLE["author"].headers) is stays
    assert await works(client, await log_in(client, password=NEWER))


async def test_all_other_tokens_can_be_revoked_without_a_new_password(client: httpx.AsyncClient) -> None:
    await set_password(client, ANN.id)
    login = await log_in(client)
    answer = await ask(client, "author", "PATCH", MINE, json={"revoke_tokens": True})
    assert answer.status_code == 200
    assert not await works(client, login)
    assert await works(client, PEOPLE["author"].headers)


@pytest.mark.parametrize(
    ("body", "stays"), [({"password": NEWER}, True), ({"password": NEWER, "revoke_tokens": True}, False)]
)
async def test_an_admin_who_sets_a_password_ends_all_logins(
    client: httpx.AsyncClient, body: dict[str, object], stays: bool
) -> None:
    await set_password(client, ANN.id)
    login = await log_in(client)
    assert (await client.patch(f"/users/{ANN.id}", json=body)).status_code == 200
    assert not await works(client, login)
    assert await works(client, PEOPLE["author"].headers) is stays


async def test_a_user_who_is_enabled_again_has_to_log_in(client: httpx.AsyncClient) -> None:
    await set_password(client, ANN.id)
    login = await log_in(client)
    for is_disabled in (True, False):
        await client.patch(f"/users/{ANN.id}", json={"disabled": is_disabled})
        assert not await works(client, login)
        assert not await works(client, PEOPLE["author"].headers)
    assert await works(client, await log_in(client))


async def test_tokens_created_by_a_login_end_with_it(client: httpx.AsyncClient) -> None:
    await set_password(client, ANN.id)
    answer = await client.post("/login", data={"username": ANN.email, "password": PASSWORD})
    login, ends = bearer(answer.json()["access_token"]), answer.json()["expires_at"]
    made = (await make(client, login)).json()
    assert (made["kind"], made["login_id"], made["expires_at"]) == ("named", answer.json()["id"], ends)
    sooner = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="milliseconds")
    short = (await make(client, bearer(made["token"]), expires_at=sooner)).json()
    shorter = (await make(client, bearer(short["token"]))).json()
    assert shorter["expires_at"] == short["expires_at"] < ends
    assert shorter["login_id"] == made["login_id"]
    for parent in (login, bearer(made["token"]), bearer(short["token"])):
        assert_problem(await make(client, parent, expires_at="2999-01-01T00:00:00Z"), 403)
    assert (await client.delete("/tokens/current", headers=login)).status_code == 204
    for ended in (made, short, shorter):
        assert not await works(client, bearer(ended["token"]))


async def test_with_the_password_a_token_may_outlive_the_login(client: httpx.AsyncClient) -> None:
    await set_password(client, ANN.id)
    login = await log_in(client)
    assert_problem(await make(client, login, current_password="not the password"), 422, "current_password")
    made = await make(client, login, current_password=PASSWORD)
    assert (made.json()["expires_at"], made.json()["login_id"]) == (None, None)
    await client.delete("/tokens/current", headers=login)
    assert await works(client, bearer(made.json()["token"]))
    narrow_one = await narrow(client, "author", "account")
    wider = await make(client, narrow_one, current_password=PASSWORD, scopes=["posts:write"])
    assert wider.status_code == 201
    assert_problem(await make(client, narrow_one, current_password=PASSWORD, scopes=["admin"]), 403)


async def test_a_token_without_scopes_creates_none_with_scopes(client: httpx.AsyncClient) -> None:
    made = await make(client, PEOPLE["author"].headers, scopes=[])
    assert made.json()["scopes"] == []


async def test_logging_out_requires_neither_an_id_nor_a_scope(client: httpx.AsyncClient) -> None:
    await set_password(client, ANN.id)
    form = {"username": ANN.email, "password": PASSWORD, "scope": "posts:write"}
    answer = await client.post("/login", data=form)
    shown = bearer(answer.json()["access_token"])
    listed = (await ask(client, "author", "GET", "/tokens")).json()
    assert [(each["kind"], each["id"]) for each in listed][-1] == ("login", answer.json()["id"])
    assert (await client.delete("/tokens/current", headers=shown)).status_code == 204
    assert not await works(client, shown)
    assert_problem(await client.delete("/tokens/current", headers=shown), 401)
    assert_problem(await ask(client, "nobody", "DELETE", "/tokens/current"), 401)


async def test_tokens_are_paged(client: httpx.AsyncClient) -> None:
    made = [(await make(client, PEOPLE["admin"].headers)).json()["id"] for _ in range(11)]
    everything = await walked(client, "/tokens")
    assert everything[-11:] == made
    assert len((await client.get("/tokens")).json()) == 10
    assert await walked(client, f"/tokens?limit=5&user_id={ADA.id}") == everything


@pytest.mark.parametrize("way", ["demote", "remove"])
async def test_of_two_admins_who_remove_each_other_one_stays(client: httpx.AsyncClient, way: str) -> None:
    body = {"name": "Eve", "email": "eve@blog.example", "role": "admin", "password": PASSWORD}
    eve = (await client.post("/users", json=body)).json()
    as_eve = await log_in(client, eve["email"])

    async def part(user_id: str, headers: Headers) -> int:
        if way == "remove":
            answer = await client.delete(f"/users/{user_id}?posts=keep", headers=headers)
        else:
            answer = await client.patch(f"/users/{user_id}", json={"role": "editor"}, headers=headers)
        if answer.status_code == 409:
            assert_problem(answer, 409, "user_id")
        return answer.status_code

    as_ada = PEOPLE["admin"].headers
    statuses = await asyncio.gather(part(eve["id"], as_ada), part(ADA.id, as_eve))
    assert len([status for status in statuses if status in {200, 204}]) == 1
    left = [headers for headers in (as_ada, as_eve) if await works(client, headers)]
    assert 200 in [(await client.get("/users", headers=headers)).status_code for headers in left]
