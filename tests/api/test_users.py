"""Users and one's own account over HTTP."""

import json

import pytest

from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Role, User
from tests.api.conftest import PASSWORD, Site

JSON = {"content-type": "application/json"}
UNKNOWN = "ffffffffffffffffffffffff"
ANNA = {"name": "Anna", "email": "Anna@blog.example", "role": "author", "password": PASSWORD}
FIELDS = {"id", "name", "email", "role", "has_password", "created_at", "updated_at", "disabled_at"}

Headers = dict[str, str]


@pytest.fixture
async def boss(site: Site) -> User:
    return await site.user(Role.ADMIN, password=PASSWORD)


@pytest.fixture
async def admin(site: Site, boss: User) -> Headers:
    """The header of an admin."""
    return await site.showing(boss)


async def test_a_user_is_created_read_changed_and_removed(site: Site, admin: Headers) -> None:
    created = await site.client.post("/users", json=ANNA, headers=admin)
    assert created.status_code == 201
    user = created.json()
    assert set(user) == FIELDS
    assert (user["email"], user["role"], user["has_password"]) == ("Anna@blog.example", "author", True)
    path = created.headers["location"]
    read = await site.client.get(path, headers=admin)
    assert (read.json(), read.headers["etag"]) == (user, created.headers["etag"])
    conditions = admin | {"if-match": read.headers["etag"]}
    changed = await site.client.patch(path, json={"role": "editor", "disabled": True}, headers=conditions)
    assert changed.json()["role"] == "editor"
    assert changed.json()["disabled_at"] == changed.json()["updated_at"]
    assert (await site.client.patch(path, json={"name": "B"}, headers=conditions)).status_code == 412
    assert (await site.client.patch(path, json={}, headers=conditions)).status_code == 412
    assert (await site.client.patch(path, json={}, headers=admin)).json() == changed.json()
    assert (await site.client.delete(f"{path}?posts=keep", headers=conditions)).status_code == 412
    assert (await site.client.delete(f"{path}?posts=keep", headers=admin)).status_code == 204
    assert (await site.client.get(path, headers=admin)).status_code == 404


async def test_a_client_with_the_current_etag_gets_304(site: Site, admin: Headers) -> None:
    for path in ("/users", "/users/me", "/settings", "/tokens"):
        read = await site.client.get(path, headers=admin)
        again = await site.client.get(path, headers=admin | {"if-none-match": read.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_an_email_that_is_taken_is_409_in_any_case(site: Site, admin: Headers) -> None:
    await site.client.post("/users", json=ANNA, headers=admin)
    taken = await site.client.post("/users", json=ANNA | {"email": "anna@BLOG.example"}, headers=admin)
    assert taken.status_code == 409
    assert taken.json()["errors"][0]["field"] == "email"
    mine = {"email": "anna@blog.example", "current_password": PASSWORD}
    taken = await site.client.patch("/users/me", json=mine, headers=admin)
    assert taken.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a b@c.example"}, "email"),
        ({"email": f"{'a' * 250}@b.example"}, "email"),
        ({"email": "a\x00@b.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "a" * 1001}, "password"),
        ({"password": 123456789012}, "password"),
        ({"mood": "good"}, "mood"),
        ({"disabled": True}, "disabled"),
        ({"id": UNKNOWN}, "id"),
    ],
)
async def test_an_invalid_value_is_422(
    site: Site, admin: Headers, change: dict[str, object], field: str
) -> None:
    body = json.dumps(ANNA | change)
    refused = await site.client.post("/users", content=body, headers=admin | JSON)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_all_users_are_paged_oldest_first(site: Site, admin: Headers, boss: User) -> None:
    ids = [boss.id, *[(await site.user(Role.AUTHOR)).id for _ in range(4)]]
    seen: list[str] = []
    address: str | None = "/users?limit=2"
    while address is not None:
        page = await site.client.get(address, headers=admin)
        seen += [user["id"] for user in page.json()]
        address = page.links["next"]["url"] if "next" in page.links else None
    assert seen == sorted(ids)


async def test_removing_a_user_requires_the_posts_parameter(site: Site, admin: Headers, boss: User) -> None:
    user = await site.user(Role.AUTHOR)
    for query in (
        "",
        "?posts=",
        "?posts=drop",
        f"?posts={UNKNOWN}",
        f"?posts={user.id}",
        "?posts=keep&posts=keep",
    ):
        refused = await site.client.delete(f"/users/{user.id}{query}", headers=admin)
        assert refused.status_code == 422
        assert [(error["field"], error["in"]) for error in refused.json()["errors"]] == [("posts", "query")]
    header = await site.showing(user)
    post = await site.client.post("/posts", json={"title": "a", "content": "b"}, headers=header)
    assert post.status_code == 201
    given = await site.client.delete(f"/users/{user.id}?posts={boss.id}", headers=admin)
    assert given.status_code == 204
    heir = (await site.client.get(post.headers["location"])).json()["author"]
    assert heir == {"id": boss.id, "name": boss.name}
    assert (await site.client.get("/users/me", headers=header)).status_code == 401


async def test_admins_cannot_lock_themselves_out(site: Site, admin: Headers, boss: User) -> None:
    mine = f"/users/{boss.id}"
    for body in ({"role": "editor"}, {"disabled": True}):
        assert (await site.client.patch(mine, json=body, headers=admin)).status_code == 403
    assert (await site.client.delete(f"{mine}?posts=keep", headers=admin)).status_code == 403
    for body in ({"role": "admin"}, {"disabled": False}, {"name": "Else"}):
        assert (await site.client.patch(mine, json=body, headers=admin)).status_code == 200


async def test_a_user_may_have_no_password(site: Site, admin: Headers) -> None:
    body = {key: value for key, value in ANNA.items() if key != "password"}
    created = await site.client.post("/users", json=body, headers=admin)
    assert created.json()["has_password"] is False


@pytest.mark.parametrize("user_id", [UNKNOWN, "x", "me2"])
async def test_an_unknown_user_id_is_404(site: Site, admin: Headers, user_id: str) -> None:
    path = f"/users/{user_id}"
    assert (await site.client.get(path, headers=admin)).status_code == 404
    assert (await site.client.patch(path, json={"name": "B"}, headers=admin)).status_code == 404
    assert (await site.client.delete(f"{path}?posts=keep", headers=admin)).status_code == 404


async def test_users_change_their_account_but_not_their_permissions(site: Site) -> None:
    user = await site.user(Role.AUTHOR)
    header = await site.showing(user, Scope.ACCOUNT)
    changed = await site.client.patch("/users/me", json={"name": "Else", "email": user.email}, headers=header)
    assert (changed.json()["name"], changed.json()["email"]) == ("Else", user.email)
    assert (await site.client.get("/users/me", headers=header)).json() == changed.json()
    for body in ({"role": "admin"}, {"disabled": False}):
        assert (await site.client.patch("/users/me", json=body, headers=header)).status_code == 422
    assert (await site.client.get(f"/users/{user.id}", headers=header)).status_code == 403


async def test_changing_the_password_requires_the_current_one(site: Site) -> None:
    user = await site.user(Role.AUTHOR, password=PASSWORD)
    header = await site.showing(user)
    body = {"password": "a newer password"}
    for proof in ({}, {"current_password": "a wrong password"}):
        refused = await site.client.patch("/users/me", json=body | proof, headers=header)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["current_password"]
    proven = body | {"current_password": PASSWORD}
    assert (await site.client.patch("/users/me", json=proven, headers=header)).status_code == 200
    form = {"username": user.email, "password": body["password"]}
    assert (await site.client.post("/login", data=form)).status_code == 200


async def test_a_first_password_requires_no_current_one(site: Site) -> None:
    header = await site.showing(await site.user(Role.AUTHOR))
    answer = await site.client.patch("/users/me", json={"password": PASSWORD}, headers=header)
    assert answer.json()["has_password"] is True


async def test_no_answer_has_a_hash_in_it(site: Site, admin: Headers, boss: User) -> None:
    assert boss.password_hash is not None
    for path in ("/users", "/users/me", f"/users/{boss.id}"):
        assert "argon2" not in (await site.client.get(path, headers=admin)).text
