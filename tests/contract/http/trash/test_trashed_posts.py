"""Deleting posts, and restoring them."""

from datetime import datetime

import httpx
import pytest

from everpost.domain.clock import now
from tests.contract.http.calls import (
    ask,
    assert_problem,
    comment_on,
    etag,
    listed,
    publish,
    read,
    read_post,
)


async def delete(client: httpx.AsyncClient, post_id: str, query: str = "") -> None:
    assert (await client.delete(f"/posts/{post_id}{query}")).status_code == 204


async def test_a_deleted_post_is_gone_for_the_public_and_comes_back(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="mine", tags=["a"], paths=["/old"])
    path = f"/posts/{post['id']}"
    comment = await comment_on(client, post["id"])
    before, began = await read_post(client, post["id"]), now()
    paths = [path, f"{path}/comments", f"{path}/comments/{comment['id']}"]
    lists = ["/posts", "/posts?slug=mine", "/posts?path=/old", "/posts?tag=a", "/tags", "/posts?title=t"]
    seen = {each: (await ask(client, "nobody", "GET", each)).json() for each in (*paths, *lists)}
    response = await client.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    for each in paths:
        assert_problem(await ask(client, "nobody", "GET", each), 404)
    for each in (*lists, "/posts?status=trashed"):
        assert (await ask(client, "nobody", "GET", each)).json() == []
    trashed = (await read(client, path)).json()
    assert trashed.pop("trashed_at") >= began.isoformat()
    assert trashed.pop("former_status") == "published"
    changed = ("status", "updated_at", "version")
    assert {name: trashed[name] for name in trashed if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    restored = await client.post(f"{path}/restore")
    assert restored.status_code == 200
    assert restored.headers["etag"] == await etag(client, path)
    assert restored.json() == await read_post(client, post["id"])
    for each in (*paths[1:], "/tags"):
        assert (await ask(client, "nobody", "GET", each)).json() == seen[each]
    for each in lists[:4]:
        assert [row["id"] for row in (await ask(client, "nobody", "GET", each)).json()] == [post["id"]]


async def test_deleting_twice_destroys_nothing(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    await delete(client, post["id"])
    assert_problem(await client.delete(path), 404)
    assert_problem(await client.delete(f"{path}?permanently=false"), 404)
    assert await listed(client, "/posts?status=trashed") == [post["id"]]
    assert_problem(await client.delete(f"{path}?permanently=maybe"), 422)
    await delete(client, post["id"], "?permanently=true")
    assert_problem(await client.get(path), 404)
    assert_problem(await client.post(f"{path}/restore"), 404)
    assert await listed(client, "/posts?status=trashed") == []


async def test_preconditions_hold_for_the_trash(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    outdated = {"If-Match": await etag(client, path)}
    await comment_on(client, post["id"])
    assert_problem(await client.delete(path, headers=outdated), 412)
    current = {"If-Match": await etag(client, path)}
    assert (await client.delete(path, headers=current)).status_code == 204
    assert_problem(await client.post(f"{path}/restore", headers=current), 412)
    current = {"If-Match": await etag(client, path)}
    assert (await client.post(f"{path}/restore", headers=current)).status_code == 200
    again = await client.post(f"{path}/restore", headers={"If-Match": await etag(client, path)})
    assert_problem(again, 409, "status", detail="This post is not in the trash.")


async def test_nothing_changes_a_post_in_the_trash(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    comment = await comment_on(client, post["id"])
    await delete(client, post["id"])
    before = (await read(client, path)).json()
    detail = "This post is in the trash. Restore it first."
    for refused in (
        await client.patch(path, json={"title": "Another"}),
        await client.patch(path, json={"status": "draft"}),
        await client.patch(path, json={}),
        await client.post(f"{path}/comments", json={"content": "Words"}),
        await client.patch(f"{path}/comments/{comment['id']}", json={"content": "Words"}),
        await client.delete(f"{path}/comments/{comment['id']}"),
    ):
        assert_problem(refused, 409, "status", detail=detail)
    decision = {"id": comment["id"], "revision": comment["revision"], "status": "spam"}
    (outcome,) = (await client.post("/comments/decisions", json=[decision])).json()
    assert outcome["problem"]["status"] == 409
    assert (await read(client, path)).json() == before


@pytest.mark.parametrize("call", ["POST", "PATCH"])
async def test_no_other_call_moves_a_post_to_the_trash(client: httpx.AsyncClient, call: str) -> None:
    post = await publish(client)
    path = "/posts" if call == "POST" else f"/posts/{post['id']}"
    body = {"title": "A", "content": "B", "status": "trashed"}
    answer = await client.request(call, path, json=body)
    assert_problem(answer, 422, "status")
    assert answer.json()["errors"][0]["detail"] == "should be 'draft' or 'published'"


async def test_a_repeated_request_does_not_find_the_post_in_the_trash(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    await delete(client, post["id"])
    body = {"id": post["id"], "title": post["title"], "content": post["content"]}
    assert_problem(await client.post("/posts", json=body), 409, "id")


async def test_drafts_and_scheduled_posts_come_back_as_they_were(client: httpx.AsyncClient) -> None:
    draft = await publish(client, status="draft")
    scheduled = await publish(client, publication_date="2999-01-01T00:00:00Z")
    for post in (draft, scheduled):
        await delete(client, post["id"])
        restored = (await client.post(f"/posts/{post['id']}/restore")).json()
        assert (restored["status"], restored["publication_date"]) == (
            post["status"],
            post["publication_date"],
        )
        assert datetime.fromisoformat(restored["updated_at"]) >= datetime.fromisoformat(post["updated_at"])
        assert_problem(await ask(client, "nobody", "GET", f"/posts/{post['id']}"), 404)


async def test_a_link_to_a_preview_shows_nothing_in_the_trash(client: httpx.AsyncClient) -> None:
    post = await publish(client, status="draft")
    await client.patch("/settings", json={"base_url": "https://blog.example"})
    assert (await client.post(f"/posts/{post['id']}/preview", json={})).status_code == 200
    await delete(client, post["id"])
    assert_problem(await client.post(f"/posts/{post['id']}/preview", json={}), 409, "status")
    assert (await client.delete(f"/posts/{post['id']}/preview")).status_code == 204
