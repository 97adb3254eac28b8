"""Posts: created, read, changed and removed."""

import httpx
import pytest

from tests.contract.http.calls import (
    POST_FIELDS,
    UNKNOWN,
    PostJson,
    assert_problem,
    comment_on,
    listed,
    publish,
    read,
    read_post,
)

MALFORMED = [
    "1",
    "x" * 24,
    "f" * 23,
    "f" * 25,
    "0x" + "f" * 22,
    "%20" * 24,
    "post",
    "null",
    "-1",
    "f" * 3000,
    "\uff46" * 24,
]


async def test_the_smallest_post_is_a_title_and_content(client: httpx.AsyncClient) -> None:
    post = await publish(client, title="T", content="")
    assert set(post) == POST_FIELDS
    assert (post["title"], post["content"]) == ("T", "")
    assert (post["version"], post["slug"], post["tags"]) == (1, "t", [])
    assert (post["format"], post["status"], post["comment_policy"]) == ("markdown", "published", None)
    assert (post["kind"], post["summary"], post["cover"], post["paths"]) == ("post", None, None, [])
    assert (post["comment_count"], post["comments"]) == (0, [])
    assert post["publication_date"] == post["updated_at"]
    assert len(post["id"]) == 24
    assert int(post["id"], 16) > 0


@pytest.mark.parametrize("field", ["title", "content"])
async def test_a_post_needs_both_of_them(client: httpx.AsyncClient, field: str) -> None:
    fields = {"title": "T", "content": "C"}
    del fields[field]
    assert_problem(await client.post("/posts", json=fields), 422, field)
    assert await listed(client, "/posts") == []


async def test_all_fields_of_a_post_are_stored(client: httpx.AsyncClient) -> None:
    sent = {
        "id": "665f1c2ab7e4d20f3a9c8e01",
        "title": "Title",
        "content": "Content",
        "publication_date": "2020-02-29T12:00:00.123Z",
        "slug": "a-slug",
        "tags": ["b", "a"],
        "format": "html",
        "status": "draft",
        "kind": "page",
        "summary": "A summary",
        "paths": ["/b", "/a"],
        "cover": "https://blog.example/a.png",
        "comment_policy": "members",
    }
    response = await client.post("/posts", json=sent)
    assert response.status_code == 201
    post = response.json()
    assert {name: post[name] for name in sent} == sent
    assert await read_post(client, post["id"]) == post


async def test_a_created_post_has_a_location(client: httpx.AsyncClient) -> None:
    response = await client.post("/posts", json={"title": "T", "content": "C"})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["location"] == f"/posts/{response.json()['id']}"
    there = await read(client, response.headers["location"])
    assert there.json() == response.json()
    assert there.headers["etag"] == response.headers["etag"]


async def test_every_post_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    ids = {(await publish(client))["id"] for _ in range(20)}
    assert len(ids) == 20


async def test_an_id_in_capitals_names_the_same_post(client: httpx.AsyncClient) -> None:
    post = await publish(client, id="ABCDEF0123456789ABCDEF01")
    assert post["id"] == "abcdef0123456789abcdef01"
    assert await read_post(client, "ABCDEF0123456789ABCDEF01") == post
    assert await read_post(client, "abcdef0123456789abcdef01") == post


async def test_unknown_and_malformed_ids_are_not_found(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for name in (UNKNOWN, *MALFORMED):
        with subtests.test(name=name):
            path = f"/posts/{name}"
            answers = [
                await client.get(path),
                await client.patch(path, json={"title": "T"}),
                await client.delete(path),
                await client.get(f"{path}/comments"),
                await client.post(f"{path}/comments", json={"content": "C"}),
                await client.get(f"{path}/comments/{UNKNOWN}"),
            ]
            for answer in answers:
                assert "post" in assert_problem(answer, 404)["detail"]


CHANGES = {
    "title": "Another title",
    "content": "Another content",
    "publication_date": "1999-12-31T23:59:59.999Z",
    "slug": "another-slug",
    "tags": ["another", "tag"],
    "kind": "page",
    "summary": "Another summary",
    "paths": ["/another-path"],
    "cover": "https://blog.example/another.png",
}


@pytest.mark.parametrize("field", CHANGES)
async def test_an_update_changes_only_the_sent_fields(client: httpx.AsyncClient, field: str) -> None:
    before = await publish(client, slug="slug", tags=["tag"], publication_date="2000-01-01T00:00:00Z")
    response = await client.patch(f"/posts/{before['id']}", json={field: CHANGES[field]})
    assert response.status_code == 200
    after: PostJson = response.json()
    expected = {**before, field: CHANGES[field], "version": 2, "updated_at": after["updated_at"]}
    if field == "slug":
        expected["paths"] = ["/slug"]
    assert after == expected
    assert after["updated_at"] >= before["updated_at"]
    there = await read(client, f"/posts/{before['id']}")
    assert there.json() == expected
    assert there.headers["etag"] == response.headers["etag"]


async def test_an_empty_change_changes_nothing(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    before = await read(client, f"/posts/{post['id']}")
    response = await client.patch(f"/posts/{post['id']}", json={})
    assert response.status_code == 200
    assert response.json() == post
    assert response.headers["etag"] == before.headers["etag"]


async def test_a_changed_post_comes_back_with_its_comments(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    response = await client.patch(f"/posts/{post['id']}", json={"title": "T"})
    assert response.json()["comments"] == [comment]
    assert response.json()["comment_count"] == 1


async def test_null_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    post = await publish(client)
    for field in ("title", "content", "publication_date", "tags", "format", "status", "author_id"):
        with subtests.test(field=field):
            assert_problem(await client.patch(f"/posts/{post['id']}", json={field: None}), 422, field)
    assert await read_post(client, post["id"]) == post


async def test_read_only_and_unknown_fields_are_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    for field in ("version", "updated_at", "comment_count", "comments", "author", "_id"):
        with subtests.test(field=field):
            change = {"title": "T", field: post.get(field, 1)}
            assert_problem(await client.post("/posts", json={"content": "C", **change}), 422, field)
            assert_problem(await client.patch(f"/posts/{post['id']}", json=change), 422, field)
    assert await listed(client, "/posts") == [post["id"]]
    assert await read_post(client, post["id"]) == post


async def test_an_id_cannot_be_changed(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    assert_problem(await client.patch(f"/posts/{post['id']}", json={"id": UNKNOWN}), 422, "id")


async def test_a_removed_post_is_gone(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    response = await client.delete(f"/posts/{post['id']}?permanently=true")
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    assert_problem(await client.get(f"/posts/{post['id']}"), 404)
    assert_problem(await client.delete(f"/posts/{post['id']}?permanently=true"), 404)
    assert await listed(client, "/posts") == [other["id"]]


async def test_a_removed_post_removes_its_whole_thread(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    mine = [await comment_on(client, post["id"]) for _ in range(12)]
    kept = await comment_on(client, other["id"])
    await client.delete(f"/posts/{post['id']}?permanently=true")
    path = f"/posts/{post['id']}/comments"
    assert_problem(await client.get(path), 404)
    assert_problem(await client.get(f"{path}/{mine[0]['id']}"), 404)
    assert await listed(client, f"/posts/{other['id']}/comments") == [kept["id"]]
    again = await publish(client, id=post["id"])
    assert (again["comment_count"], again["comments"]) == (0, [])
    assert (await comment_on(client, other["id"], id=mine[0]["id"]))["id"] == mine[0]["id"]


async def test_two_posts_with_the_same_id_have_different_etags(client: httpx.AsyncClient) -> None:
    post = await publish(client, title="The first one")
    seen = (await read(client, f"/posts/{post['id']}")).headers["etag"]
    again = {"id": post["id"], "title": "The second one"}
    await client.delete(f"/posts/{post['id']}?permanently=true")
    while (await publish(client, **again))["updated_at"] == post["updated_at"]:
        await client.delete(f"/posts/{post['id']}?permanently=true")
    response = await client.patch(f"/posts/{post['id']}", json={"title": "T"}, headers={"If-Match": seen})
    assert_problem(response, 412)
    assert (await read_post(client, post["id"]))["title"] == "The second one"
