"""Restoring deleted comments."""

import httpx

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

TRASH = "/comments/trash"


async def test_a_deleted_comment_is_restored_as_it_was(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    path = f"/posts/{post['id']}/comments"
    guest = {"content": "Guest words", "name": "Gus"}
    comment = (await ask(client, "nobody", "POST", path, json=guest)).json()
    key = {"X-Edit-Key": comment.pop("edit_key")}
    before = await read_post(client, post["id"])
    assert (await client.delete(f"{path}/{comment['id']}")).status_code == 204
    assert (await ask(client, "nobody", "GET", path)).json() == []
    (deleted,) = (await client.get(TRASH)).json()
    assert deleted.pop("deleted_at")
    assert deleted.pop("deleted_by") == {"id": PEOPLE["admin"].user.id, "name": PEOPLE["admin"].user.name}
    assert deleted == {name: comment[name] for name in deleted}
    restored = await client.post(f"{path}/{comment['id']}/restore")
    assert (restored.status_code, restored.json()["content"]) == (200, "Guest words")
    after = await read_post(client, post["id"])
    again = {**before["comments"][0], "revision": restored.json()["revision"]}
    assert after == {**before, "version": before["version"] + 2, "comments": [again]}
    edited = await ask(
        client, "nobody", "PATCH", f"{path}/{comment['id']}", json={"content": "Mine"}, headers=key
    )
    assert edited.status_code == 200
    assert await listed(client, TRASH) == []
    assert_problem(await client.post(f"{path}/{comment['id']}/restore"), 404)


async def test_a_reply_comes_back_after_the_comment_that_it_replies_to(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    path = f"/posts/{post['id']}/comments"
    root = (await ask(client, "nobody", "POST", path, json={"content": "A", "name": "Gus"})).json()
    body = {"content": "B", "name": "Gus", "parent_id": root["id"]}
    reply = (await ask(client, "nobody", "POST", path, json=body)).json()
    for each in (reply, root):
        assert (await client.delete(f"{path}/{each['id']}")).status_code == 204
    assert await listed(client, TRASH) == [root["id"], reply["id"]]
    refused = await client.post(f"{path}/{reply['id']}/restore")
    assert_problem(refused, 409, "parent_id")
    assert root["id"] in refused.json()["detail"]
    for each in (root, reply):
        assert (await client.post(f"{path}/{each['id']}/restore")).status_code == 200
    assert await listed(client, path) == [root["id"], reply["id"]]


async def test_what_its_writer_deletes_is_not_kept(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    path = f"/posts/{post['id']}/comments"
    comment = (await ask(client, "nobody", "POST", path, json={"content": "A", "name": "Gus"})).json()
    key = {"X-Edit-Key": comment["edit_key"]}
    deletion = await ask(client, "nobody", "DELETE", f"{path}/{comment['id']}", headers=key)
    assert deletion.status_code == 204
    own = await comment_on(client, post["id"])
    assert (await client.delete(f"{path}/{own['id']}")).status_code == 204
    assert await listed(client, TRASH) == []
    for each in (comment, own):
        assert_problem(await client.post(f"{path}/{each['id']}/restore"), 404)


async def test_moderators_see_the_deleted_comments_on_their_posts(client: httpx.AsyncClient) -> None:
    of_author = (await ask(client, "author", "POST", "/posts", json={"title": "A", "content": ""})).json()
    other = await publish(client)
    deleted: list[str] = []
    for post in (of_author, other, of_author):
        path = f"/posts/{post['id']}/comments"
        comment = (await ask(client, "nobody", "POST", path, json={"content": "A", "name": "Gus"})).json()
        assert (await client.delete(f"{path}/{comment['id']}")).status_code == 204
        deleted.insert(0, comment["id"])
    assert await walked(client, f"{TRASH}?limit=1") == deleted
    seen = [each["id"] for each in (await ask(client, "author", "GET", TRASH)).json()]
    assert seen == [deleted[0], deleted[2]]
    assert (await ask(client, "other author", "GET", TRASH)).json() == []
    assert_problem(await client.post(f"/posts/{UNKNOWN}/comments/{deleted[0]}/restore"), 404)
    assert_problem(await client.post(f"/posts/{other['id']}/comments/{deleted[0]}/restore"), 404)
