"""Tokens, logging in and the settings of the blog over HTTP."""

import httpx
import pytest

from everpost.domain.people.tokens import Scope, is_well_formed
from everpost.domain.people.users import Role
from tests.api.conftest import PASSWORD, Site

FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}
FIELDS = {"id", "name", "kind", "login_id", "scopes", "created_at", "expires_at", "last_used_at"}


def bearer(answer: httpx.Response, field: str) -> dict[str, str]:
    return {"authorization": f"Bearer {answer.json()[field]}"}


async def test_a_token_is_made_shown_once_used_and_revoked(site: Site) -> None:
    header = await site.showing(await site.user(Role.EDITOR))
    body = {"name": "A robot", "scopes": ["posts:write"], "expires_at": "2999-01-01T00:00:00Z"}
    made = await site.client.post("/tokens", json=body, headers=header)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "private, no-store"
    assert set(made.json()) == FIELDS | {"token"}
    assert is_well_formed(made.json()["token"])
    assert made.json()["expires_at"] == "2999-01-01T00:00:00.000Z"
    assert (await site.client.get("/users/me", headers=bearer(made, "token"))).status_code == 200
    listed = (await site.client.get("/tokens", headers=header)).json()
    assert [set(token) for token in listed] == [FIELDS, FIELDS]
    robot = next(token for token in listed if token["name"] == "A robot")
    assert robot["scopes"] == ["posts:write"]
    assert len(robot["last_used_at"]) == len("2026-05-04")
    assert (await site.client.delete(made.headers["location"], headers=header)).status_code == 204
    assert (await site.client.delete(made.headers["location"], headers=header)).status_code == 404
    assert (await site.client.get("/users/me", headers=bearer(made, "token"))).status_code == 401


async def test_a_token_has_the_scopes_of_the_one_that_made_it(site: Site) -> None:
    header = await site.showing(await site.user(Role.ADMIN), Scope.ACCOUNT, Scope.COMMENTS_WRITE)
    made = await site.client.post("/tokens", json={"name": "One"}, headers=header)
    assert made.json()["scopes"] == ["account", "comments:write"]
    more = await site.client.post("/tokens", json={"name": "One", "scopes": ["admin"]}, headers=header)
    assert more.status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "a", "scopes": ["all"]}, "scopes.0"),
        ({"name": "a", "scopes": "admin"}, "scopes"),
        ({"name": "a", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "a", "expires_at": "tomorrow"}, "expires_at"),
        ({"name": "a", "user_id": "ffffffffffffffffffffffff"}, "user_id"),
    ],
)
async def test_an_invalid_value_is_422(site: Site, body: dict[str, object], field: str) -> None:
    header = await site.showing(await site.user(Role.AUTHOR))
    refused = await site.client.post("/tokens", json=body, headers=header)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_the_tokens_of_others_are_for_admins(site: Site) -> None:
    anna, ben = await site.user(Role.AUTHOR), await site.user(Role.EDITOR)
    of_anna, of_ben = await site.showing(anna), await site.showing(ben)
    admin = await site.showing(await site.user(Role.ADMIN))
    of_others = f"/tokens?user_id={anna.id}"
    assert (await site.client.get(of_others, headers=of_ben)).status_code == 403
    (token,) = (await site.client.get(of_others, headers=admin)).json()
    path = f"/tokens/{token['id']}"
    assert (await site.client.delete(path, headers=of_ben)).status_code == 404
    assert (await site.client.delete(path, headers=admin)).status_code == 204
    assert (await site.client.get("/users/me", headers=of_anna)).status_code == 401
    assert (
        await site.client.get("/tokens?user_id=ffffffffffffffffffffffff", headers=admin)
    ).status_code == 404
    assert (await site.client.get("/tokens?user_id=x", headers=admin)).status_code == 422
    assert (await site.client.delete("/tokens/x", headers=admin)).status_code == 404


async def test_a_login_gives_a_token_that_expires(site: Site) -> None:
    user = await site.user(Role.EDITOR, password=PASSWORD)
    form = {"username": user.email, "password": PASSWORD, "grant_type": "password", "scope": ""}
    entered = await site.client.post("/login", data=form, headers={"authorization": "Basic Og=="})
    assert entered.status_code == 200
    assert entered.headers["cache-control"] == "private, no-store"
    assert set(entered.json()) == {"access_token", "token_type", "expires_at", "id"}
    assert entered.json()["token_type"] == "bearer"
    header = bearer(entered, "access_token")
    assert (await site.client.get("/users/me", headers=header)).json()["email"] == user.email


async def test_a_login_for_less(site: Site) -> None:
    user = await site.user(Role.EDITOR, password=PASSWORD)
    form = {"username": user.email, "password": PASSWORD, "scope": "posts:write"}
    header = bearer(await site.client.post("/login", data=form), "access_token")
    assert (await site.client.patch("/users/me", json={"name": "Else"}, headers=header)).status_code == 403


async def test_a_login_that_fails_says_how_and_not_why(site: Site) -> None:
    user = await site.user(Role.EDITOR, password=PASSWORD)
    answers = [
        await site.client.post("/login", data={"username": email, "password": "a wrong password"})
        for email in (user.email, "nobody@blog.example")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["www-authenticate"] == 'Bearer realm="everpost"'


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 415),
        ("", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/x-www-form-urlencoded; charset=latin-1", 415),
        ("application/x-www-form-urlencoded; charset=utf-8", 401),
    ],
)
async def test_only_a_form_is_read(site: Site, content_type: str, status: int) -> None:
    answer = await site.client.post(
        "/login", content=b"username=a%40b.example&password=wrong", headers={"content-type": content_type}
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"username=a%40b.example", 422),
        (b"username=a%40b.example&password=", 422),
        (b"username=a%00%40b.example&password=wrong", 422),
        (b"username=a%40b.example&password=wrong&mood=good", 422),
        (b"username=a%40b.example&password=wrong&scope=everything", 422),
        (b"username=a%40b.example&password=wrong&grant_type=refresh_token", 422),
        (b"username=a%40b.example&password=" + b"a" * 1001, 422),
        (b"username=a%40b.example&password=wrong&password=wrong", 400),
        (b"username=%ff&password=wrong", 400),
        (b"username=\xff&password=wrong", 400),
        (b"{}", 400),
        (b"&".join([b"a=b"] * 100), 400),
        (b"a=" + b"b" * (2 * 1024 * 1024), 413),
    ],
)
async def test_a_malformed_form_is_refused(site: Site, body: bytes, status: int) -> None:
    answer = await site.client.post("/login", content=body, headers=FORM_TYPE)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_settings_of_the_blog_are_read_and_changed_by_admins(site: Site) -> None:
    header = await site.showing(await site.user(Role.ADMIN))
    read = await site.client.get("/settings", headers=header)
    assert read.json()["comment_policy"] == "moderated"
    conditions = header | {"if-match": read.headers["etag"]}
    changed = await site.client.patch("/settings", json={"comment_policy": "closed"}, headers=conditions)
    assert changed.json() == {**read.json(), "comment_policy": "closed"}
    for body in ({"comment_policy": "open"}, {}):
        stale = await site.client.patch("/settings", json=body, headers=conditions)
        assert stale.status_code == 412
    for wrong in ({"comment_policy": "free"}, {"comment_policy": None}, {"mood": "good"}):
        assert (await site.client.patch("/settings", json=wrong, headers=header)).status_code == 422
    editor = await site.showing(await site.user(Role.EDITOR))
    assert "comment_policy" not in (await site.client.get("/settings", headers=editor)).json()
    refused = await site.client.patch("/settings", json={"title": "Mine"}, headers=editor)
    assert refused.status_code == 403


async def test_a_user_has_100_tokens_at_most(site: Site) -> None:
    user = await site.user(Role.EDITOR, password=PASSWORD)
    header = await site.showing(user)
    made = [await site.client.post("/tokens", json={"name": "One"}, headers=header) for _ in range(100)]
    assert [answer.status_code for answer in made] == [201] * 98 + [409] * 2
    assert [error["field"] for error in made[-1].json()["errors"]] == ["name"]
    form = {"username": user.email, "password": PASSWORD}
    for _ in range(3):
        entered = await site.client.post("/login", data=form)
        mine = await site.client.get("/users/me", headers=bearer(entered, "access_token"))
        assert mine.status_code == 200
    assert len((await site.client.get("/tokens?limit=100", headers=header)).json()) == 100
