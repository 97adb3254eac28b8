"""Comments: creating, reading, editing and deleting them, and the effect on their post."""

import asyncio

import httpx
import pytest

from tests.contract.http.calls import (
    COMMENT_FIELDS,
    UNKNOWN,
    CommentJson,
    assert_problem,
    comment_on,
    listed,
    publish,
    read,
    read_post,
)


async def test_the_smallest_comment_is_its_content(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"], content="C")
    assert set(comment) == COMMENT_FIELDS
    assert (comment["content"], comment["post_id"], comment["parent_id"]) == ("C", post["id"], None)
    assert comment["publication_date"] == comment["updated_at"]


async def test_a_comment_needs_a_content(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    assert_problem(await client.post(f"/posts/{post['id']}/comments", json={}), 422, "content")
    assert await read_post(client, post["id"]) == post


async def test_all_fields_of_a_comment_are_stored(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    parent = await comment_on(client, post["id"])
    sent = {
        "id": "665f1c2ab7e4d20f3a9c8e11",
        "content": "Content",
        "publication_date": "2020-02-29T12:00:00.123Z",
        "parent_id": parent["id"],
    }
    comment = await comment_on(client, post["id"], **sent)
    assert {**comment, **sent} == comment


async def test_a_created_comment_has_a_location(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    response = await client.post(f"/posts/{post['id']}/comments", json={"content": "C"})
    assert response.status_code == 201
    assert response.headers["location"] == f"/posts/{post['id']}/comments/{response.json()['id']}"
    there = await read(client, response.headers["location"])
    assert there.json() == response.json()
    assert there.headers["etag"] == response.headers["etag"]


async def test_comments_come_inside_their_post_the_oldest_first(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    newer = await comment_on(client, post["id"], publication_date="2021-01-01T00:00:00Z")
    older = await comment_on(client, post["id"], publication_date="2020-01-01T00:00:00Z")
    shown = await read_post(client, post["id"])
    assert shown["comments"] == [older, newer]
    assert shown["comment_count"] == 2


async def test_every_change_of_a_thread_is_a_new_version_of_its_post(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    other = await publish(client)
    comment = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    versions = [(await read_post(client, post["id"]))["version"]]
    await client.patch(path, json={"content": "Edited"})
    versions.append((await read_post(client, post["id"]))["version"])
    await client.delete(path)
    after = await read_post(client, post["id"])
    assert [*versions, after["version"]] == [2, 3, 4]
    assert after["updated_at"] == post["updated_at"]
    assert after["comment_count"] == 0
    assert await read_post(client, other["id"]) == other


async def test_an_edited_comment_changes_in_its_content_only(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    before = await comment_on(client, post["id"], publication_date="2000-01-01T00:00:00Z")
    path = f"/posts/{post['id']}/comments/{before['id']}"
    response = await client.patch(path, json={"content": "Edited"})
    assert response.status_code == 200
    after: CommentJson = response.json()
    changed = {"updated_at": after["updated_at"], "revision": after["revision"]}
    assert after == {**before, "content": "Edited", **changed}
    assert after["revision"].startswith("2-")
    assert after["updated_at"] >= before["updated_at"]
    there = await read(client, path)
    assert there.json() == after
    assert there.headers["etag"] == response.headers["etag"]
    assert (await read_post(client, post["id"]))["comments"] == [after]


async def test_an_empty_edit_changes_nothing(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    response = await client.patch(f"/posts/{post['id']}/comments/{comment['id']}", json={})
    assert (response.status_code, response.json()) == (200, comment)
    assert (await read_post(client, post["id"]))["version"] == 2


async def test_only_the_content_and_the_status_of_a_comment_can_be_changed(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    for field in ("id", "post_id", "parent_id", "publication_date", "updated_at", "version", "x"):
        with subtests.test(field=field):
            assert_problem(await client.patch(path, json={"content": "Edited", field: UNKNOWN}), 422, field)
    assert_problem(await client.patch(path, json={"content": None}), 422, "content")
    assert (await read(client, path)).json() == comment


async def test_unknown_fields_of_a_comment_are_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    for field in ("post_id", "updated_at", "version", "author"):
        with subtests.test(field=field):
            body = {"content": "C", field: UNKNOWN}
            assert_problem(await client.post(f"/posts/{post['id']}/comments", json=body), 422, field)
    assert await listed(client, f"/posts/{post['id']}/comments") == []


async def test_a_removed_comment_is_gone(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    kept = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    response = await client.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert_problem(await client.get(path), 404)
    assert_problem(await client.patch(path, json={"content": "C"}), 404)
    assert_problem(await client.delete(path), 404)
    assert (await read_post(client, post["id"]))["comments"] == [kept]


async def test_unknown_and_malformed_comment_ids_are_not_found(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    await comment_on(client, post["id"])
    for name in (UNKNOWN, "1", "x" * 24, "f" * 23, "%20", "comments"):
        with subtests.test(name=name):
            path = f"/posts/{post['id']}/comments/{name}"
            answers = [
                await client.get(path),
                await client.patch(path, json={"content": "C"}),
                await client.delete(path),
            ]
            for answer in answers:
                assert "comment" in assert_problem(answer, 404)["detail"]


async def test_a_comment_is_found_under_its_own_post_only(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    comment = await comment_on(client, post["id"])
    elsewhere = f"/posts/{other['id']}/comments/{comment['id']}"
    assert_problem(await client.get(elsewhere), 404)
    assert_problem(await client.patch(elsewhere, json={"content": "C"}), 404)
    assert_problem(await client.delete(elsewhere), 404)
    assert (await read(client, f"/posts/{post['id']}/comments/{comment['id']}")).json() == comment


async def test_a_parent_is_a_comment_of_the_same_post(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    elsewhere = await comment_on(client, other["id"])
    gone = await comment_on(client, post["id"])
    await client.delete(f"/posts/{post['id']}/comments/{gone['id']}")
    before = await read_post(client, post["id"])
    for parent in (elsewhere["id"], gone["id"], post["id"], UNKNOWN, "malformed", "", 1):
        body = {"content": "C", "parent_id": parent}
        assert_problem(await client.post(f"/posts/{post['id']}/comments", json=body), 422, "parent_id")
    assert await read_post(client, post["id"]) == before


async def test_a_comment_is_not_its_own_parent(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    body = {"content": "C", "id": UNKNOWN, "parent_id": UNKNOWN}
    assert_problem(await client.post(f"/posts/{post['id']}/comments", json=body), 422, "parent_id")


async def test_no_parent_can_be_said_aloud(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    assert (await comment_on(client, post["id"], parent_id=None))["parent_id"] is None


async def test_comments_made_at_the_same_time_are_all_kept(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    made = await asyncio.gather(*(comment_on(client, post["id"], content=f"{n}") for n in range(12)))
    shown = await read_post(client, post["id"])
    assert shown["comment_count"] == 12
    assert shown["version"] == 13
    assert {comment["id"] for comment in shown["comments"]} == {comment["id"] for comment in made}


async def test_no_comment_survives_a_concurrent_removal_of_its_post(client: httpx.AsyncClient) -> None:
    survivor = await publish(client)
    for round_number in range(4):
        post = await publish(client)
        path = f"/posts/{post['id']}/comments"
        ids = [f"{round_number:012x}{n:012x}" for n in range(6)]
        answers = await asyncio.gather(
            *(client.post(path, json={"id": each, "content": "C"}) for each in ids[:3]),
            client.delete(f"/posts/{post['id']}?permanently=true"),
            *(client.post(path, json={"id": each, "content": "C"}) for each in ids[3:]),
        )
        assert answers[3].status_code == 204
        assert {answer.status_code for answer in answers} <= {201, 204, 404}
        for each in ids:
            await comment_on(client, survivor["id"], id=each)
    assert (await read_post(client, survivor["id"]))["comment_count"] == 24
