"""Users over HTTP: unique addresses, current names everywhere, and their posts after removal."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from tests.contract.http.calls import (
    UNKNOWN,
    ask,
    assert_problem,
    comment_on,
    listed,
    publish,
    read_post,
    walked,
)
from tests.contract.http.people import PEOPLE

ANN = PEOPLE["author"].user
OTTO = PEOPLE["other author"].user
PASSWORD = "correct horse battery"


def draft(**fields: object) -> dict[str, object]:
    return {"name": "Nora", "email": "nora@blog.example", "role": "author", "password": PASSWORD, **fields}


async def publish_as_ann(client: httpx.AsyncClient, **fields: object) -> str:
    body = {"title": "By Ann", "content": "", **fields}
    answer = await ask(client, "author", "POST", "/posts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_user_is_read_as_created_and_without_the_password(client: httpx.AsyncClient) -> None:
    created = await client.post("/users", json=draft(name="  Nora "))
    assert created.status_code == 201
    user = created.json()
    assert (user["name"], user["email"], user["role"]) == ("Nora", "nora@blog.example", "author")
    assert user["has_password"]
    assert "argon2" not in created.text
    read = await client.get(created.headers["location"])
    assert (read.json(), read.headers["etag"]) == (user, created.headers["etag"])
    assert user["id"] in await walked(client, "/users?limit=2")


@pytest.mark.parametrize("email", ["nora@blog.example", "NORA@BLOG.EXAMPLE", " Nora@Blog.Example "])
async def test_email_addresses_are_unique_regardless_of_case(client: httpx.AsyncClient, email: str) -> None:
    await client.post("/users", json=draft())
    assert_problem(await client.post("/users", json=draft(email=email)), 409, "email")
    assert_problem(await client.patch(f"/users/{ANN.id}", json={"email": email}), 409, "email")


async def test_of_concurrent_registrations_of_one_address_one_succeeds(client: httpx.AsyncClient) -> None:
    cases = ["nora@blog.example", "Nora@blog.example", "NORA@blog.example", "nora@BLOG.example"] * 2
    answers = await asyncio.gather(
        *(client.post("/users", json=draft(email=email, name=email, password=PASSWORD)) for email in cases)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


REFUSED: Sequence[tuple[str, object]] = (
    ("name", " "),
    ("name", "a" * 101),
    ("email", "nobody"),
    ("email", "@blog.example"),
    ("email", "a b@blog.example"),
    ("email", "a" * 251 + "@b.c"),
    ("role", "owner"),
    ("password", "too short"),
    ("password", "a" * 1001),
    ("password", "a" * 12 + "\x00"),
    ("id", UNKNOWN),
)


async def test_a_value_that_no_user_can_have_is_named(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for field, value in REFUSED:
        with subtests.test(field=field, value=value):
            assert_problem(await client.post("/users", json=draft(**{field: value})), 422, field)


async def test_a_new_name_is_shown_everywhere_immediately(client: httpx.AsyncClient) -> None:
    post_id = await publish_as_ann(client)
    comment = await ask(client, "author", "POST", f"/posts/{post_id}/comments", json={"content": "Me."})
    before = await client.get(f"/posts/{post_id}")
    assert (await client.patch(f"/users/{ANN.id}", json={"name": "Anna"})).status_code == 200
    post = await client.get(f"/posts/{post_id}", headers={"if-none-match": before.headers["etag"]})
    assert post.status_code == 200, "the name is another one: a stale answer must not be confirmed"
    authors = [
        post.json()["author"],
        post.json()["comments"][0]["author"],
        (await client.get("/posts")).json()[0]["author"],
        (await client.get(comment.headers["location"])).json()["author"],
        (await client.get(f"/posts/{post_id}/comments")).json()[0]["author"],
        (await client.get("/comments?status=approved")).json()[0]["author"],
    ]
    assert authors == [{"id": ANN.id, "name": "Anna"}] * len(authors)
    unchanged = await client.patch(
        f"/posts/{post_id}", json={"title": "T"}, headers={"if-match": before.headers["etag"]}
    )
    assert unchanged.status_code == 200, "nobody changed the post since"


async def test_removing_a_user_requires_a_choice_for_the_posts(client: httpx.AsyncClient) -> None:
    assert_problem(await client.delete(f"/users/{ANN.id}"), 422, "posts")
    assert_problem(await client.delete(f"/users/{ANN.id}?posts=all"), 422, "posts")
    assert_problem(await client.delete(f"/users/{ANN.id}?posts={UNKNOWN}"), 422, "posts")
    assert_problem(await client.delete(f"/users/{ANN.id}?posts={ANN.id}"), 422, "posts")
    assert (await client.get(f"/users/{ANN.id}")).status_code == 200


@pytest.mark.parametrize(("posts", "author"), [("keep", None), (OTTO.id, {"id": OTTO.id, "name": OTTO.name})])
async def test_the_posts_of_a_removed_user_are_kept_or_given(
    client: httpx.AsyncClient, posts: str, author: object
) -> None:
    own, draft_id = await publish_as_ann(client), await publish_as_ann(client, status="draft")
    other = await publish(client)
    comment = await ask(client, "author", "POST", f"/posts/{other['id']}/comments", json={"content": "C"})
    before = await read_post(client, own)
    assert (await client.delete(f"/users/{ANN.id}?posts={posts}")).status_code == 204
    assert_problem(await client.get(f"/users/{ANN.id}"), 404)
    assert_problem(await ask(client, "author", "GET", "/posts"), 401)
    assert await read_post(client, own) == {**before, "author": author}
    assert (await client.get(comment.headers["location"])).json()["author"] is None
    assert (await read_post(client, draft_id))["author"] == author
    assert await listed(client, f"/posts?author={ANN.id}") == []
    wanted = [own] if author else []
    assert await listed(client, f"/posts?author={OTTO.id}") == wanted
    seen = (await ask(client, "other author", "GET", f"/posts/{draft_id}")).status_code
    assert seen == (200 if author else 404)


async def test_a_disabled_user_is_locked_out_and_not_named(client: httpx.AsyncClient) -> None:
    post_id = await publish_as_ann(client)
    await ask(client, "author", "POST", f"/posts/{post_id}/comments", json={"content": "Me."})
    disabled = await client.patch(f"/users/{ANN.id}", json={"disabled": True})
    assert disabled.json()["disabled_at"] == disabled.json()["updated_at"]
    assert_problem(await ask(client, "author", "GET", "/users/me"), 401)
    post = await ask(client, "nobody", "GET", f"/posts/{post_id}")
    assert (post.json()["author"], post.json()["comments"][0]["author"]) == (None, None)
    assert (await ask(client, "nobody", "GET", f"/posts?author={ANN.id}")).json() == []
    assert await listed(client, f"/posts?author={ANN.id}") == [post_id]
    assert (await client.patch(f"/users/{ANN.id}", json={"disabled": False})).json()["disabled_at"] is None
    assert_problem(await ask(client, "author", "GET", "/users/me"), 401)
    assert (await read_post(client, post_id))["author"] == {"id": ANN.id, "name": ANN.name}


async def test_editors_list_the_users_who_can_be_authors(client: httpx.AsyncClient) -> None:
    await client.patch(f"/users/{OTTO.id}", json={"disabled": True})
    for who in ("editor", "admin"):
        pages, path = [], "/authors?limit=1"
        while path:
            answer = await ask(client, who, "GET", path)
            pages.append(answer.json())
            path = answer.links.get("next", {}).get("url", "")
        found = [author for page in pages for author in page]
        assert {"id": ANN.id, "name": ANN.name} in found
        assert all(author.keys() == {"id", "name"} for author in found)
        assert OTTO.id not in [author["id"] for author in found]
        assert [] in pages  # the one with the disabled user
        for author in found:
            body = {"title": "By anyone", "content": "", "author_id": author["id"]}
            assert (await ask(client, who, "POST", "/posts", json=body)).json()["author"] == author


async def test_a_role_counts_from_the_next_request_on(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    assert_problem(await ask(client, "author", "PATCH", path, json={"title": "T"}), 403)
    await client.patch(f"/users/{ANN.id}", json={"role": "editor"})
    assert (await ask(client, "author", "PATCH", path, json={"title": "T"})).status_code == 200
    await client.patch(f"/users/{ANN.id}", json={"role": "author"})
    assert_problem(await ask(client, "author", "PATCH", path, json={"title": "U"}), 403)


async def test_the_last_admin_cannot_be_removed_or_demoted(client: httpx.AsyncClient) -> None:
    mine = f"/users/{PEOPLE['admin'].user.id}"
    assert_problem(await client.patch(mine, json={"disabled": True}), 403)
    assert_problem(await client.patch(mine, json={"role": "author"}), 403)
    assert_problem(await client.delete(f"{mine}?posts=keep"), 403)


async def test_of_two_admins_with_one_etag_one_succeeds(client: httpx.AsyncClient) -> None:
    path = f"/users/{ANN.id}"
    tag = (await client.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(client.patch(path, json={"name": f"Ann {n}"}, headers={"if-match": tag}) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5


async def test_nobody_reads_an_address_in_public(client: httpx.AsyncClient) -> None:
    post_id = await publish_as_ann(client)
    await ask(client, "author", "POST", f"/posts/{post_id}/comments", json={"content": "Me."})
    for path in ("/posts", f"/posts/{post_id}", f"/posts/{post_id}/comments"):
        assert "@" not in (await ask(client, "nobody", "GET", path)).text


async def test_users_change_their_account_but_not_their_role(client: httpx.AsyncClient) -> None:
    changed = await ask(client, "author", "PATCH", "/users/me", json={"name": "Anna", "email": "a@b.example"})
    assert (changed.json()["name"], changed.json()["email"]) == ("Anna", "a@b.example")
    assert (await ask(client, "author", "GET", "/users/me")).json() == changed.json()
    assert_problem(await ask(client, "author", "PATCH", "/users/me", json={"role": "admin"}), 422, "role")
    assert (await client.get(f"/users/{ANN.id}")).json() == changed.json()


async def test_a_new_password_requires_the_current_one(client: httpx.AsyncClient) -> None:
    change = {"password": "another password of mine"}
    first = await ask(client, "author", "PATCH", "/users/me", json={"password": PASSWORD})
    assert first.json()["has_password"]
    assert_problem(await ask(client, "author", "PATCH", "/users/me", json=change), 422, "current_password")
    wrong = {**change, "current_password": "not this one either"}
    assert_problem(await ask(client, "author", "PATCH", "/users/me", json=wrong), 422, "current_password")
    right = {**change, "current_password": PASSWORD}
    assert (await ask(client, "author", "PATCH", "/users/me", json=right)).status_code == 200
    form = {"username": ANN.email, "password": change["password"]}
    assert (await client.post("/login", data=form)).status_code == 200


async def test_a_comment_of_a_removed_user_stays_without_a_name(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    assert comment["author"] == {"id": PEOPLE["admin"].user.id, "name": PEOPLE["admin"].user.name}
