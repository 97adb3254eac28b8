"""Comment policies, visibility and moderation over HTTP."""

import asyncio

import httpx
import pytest

from tests.contract.http.calls import (
    UNKNOWN,
    ask,
    assert_problem,
    comment_on,
    listed,
    publish,
    read,
    read_post,
    walked,
)
from tests.contract.http.guests import comment_as_guest, decision, moderate
from tests.contract.http.people import PEOPLE


@pytest.mark.parametrize(("policy", "status"), [("open", "approved"), ("moderated", "pending")])
async def test_the_policy_decides_about_guest_comments(
    client: httpx.AsyncClient, policy: str, status: str
) -> None:
    await client.patch("/settings", json={"comment_policy": policy})
    on_the_blog = await comment_as_guest(client, (await publish(client))["id"])
    await client.patch("/settings", json={"comment_policy": "closed"})
    on_the_post = await comment_as_guest(client, (await publish(client, comment_policy=policy))["id"])
    for comment in (on_the_blog, on_the_post):
        assert (comment["status"], comment["author"]) == (status, {"name": "Gus"})
        shown = await listed(client, f"/posts/{comment['post_id']}/comments")
        assert shown == ([comment["id"]] if status == "approved" else [])
        assert (await read_post(client, comment["post_id"]))["comment_count"] == len(shown)


async def test_a_post_without_its_own_policy_has_that_of_the_blog(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="closed")
    path = f"/posts/{post['id']}"
    assert_problem(await client.post(f"{path}/comments", json={"content": "C"}), 403)
    assert (await client.patch(path, json={"comment_policy": None})).json()["comment_policy"] is None
    await comment_on(client, post["id"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": "C"}, "name"),
        ({"content": "C", "name": " "}, "name"),
        ({"content": "C", "name": "a" * 101}, "name"),
        ({"content": "", "name": "Gus"}, "content"),
    ],
)
async def test_a_guest_gives_a_name(client: httpx.AsyncClient, body: object, field: str) -> None:
    post = await publish(client)
    answer = await ask(client, "nobody", "POST", f"/posts/{post['id']}/comments", json=body)
    assert_problem(answer, 422, field)


async def test_a_user_comments_under_their_own_name(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}/comments"
    assert_problem(await client.post(path, json={"content": "C", "name": "Somebody"}), 422, "name")
    admin = PEOPLE["admin"].user
    assert (await comment_on(client, post["id"]))["author"] == {"id": admin.id, "name": admin.name}


async def test_a_guest_edits_with_the_key_and_waits_again(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    key = {"x-edit-key": comment["edit_key"]}
    words = {"content": "Better words."}
    assert_problem(await ask(client, "nobody", "PATCH", path, json=words), 404)
    await moderate(client, comment, "approved")
    assert_problem(await ask(client, "nobody", "PATCH", path, json=words), 401)
    wrong = {"x-edit-key": comment["edit_key"][::-1]}
    assert_problem(await ask(client, "nobody", "PATCH", path, json=words, headers=wrong), 403)
    edited = await ask(client, "nobody", "PATCH", path, json=words, headers=key)
    assert (edited.json()["content"], edited.json()["status"]) == ("Better words.", "pending")
    assert await listed(client, f"/posts/{post['id']}/comments") == []
    assert_problem(await ask(client, "nobody", "GET", path), 404)
    assert (await ask(client, "nobody", "GET", path, headers=key)).json() == edited.json()
    await moderate(client, comment, "removed")
    assert_problem(await ask(client, "nobody", "PATCH", path, json=words, headers=key), 403)
    assert "edit_key" not in (await read(client, path)).text


async def test_a_comment_that_fills_in_the_hidden_field_is_spam(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    caught = await comment_as_guest(client, post["id"], website="http://spam.example")
    assert caught["status"] == "pending", "who was caught does not learn how"
    path, key = f"/posts/{post['id']}/comments/{caught['id']}", {"x-edit-key": caught["edit_key"]}
    for method, json in (("GET", None), ("PATCH", {"content": "Other words."})):
        answer = await ask(client, "nobody", method, path, json=json, headers=key)
        assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    assert (await read(client, path)).json()["status"] == "spam"
    assert await listed(client, "/comments?status=spam") == [caught["id"]]
    kept = await comment_as_guest(client, post["id"], website="")
    assert await listed(client, f"/posts/{post['id']}/comments") == [kept["id"]]


async def test_a_guest_has_a_limit_of_comments_per_hour(strict_client: httpx.AsyncClient) -> None:
    posts = [await publish(strict_client) for _ in range(3)]

    async def comment(post: int, address: str) -> httpx.Response:
        headers = {"x-forwarded-for": address}
        body = {"content": "C", "name": "Gus"}
        path = f"/posts/{posts[post]['id']}/comments"
        return await ask(strict_client, "nobody", "POST", path, json=body, headers=headers)

    assert [(await comment(0, f"192.0.2.{n}")).status_code for n in range(3)] == [201, 201, 429]
    assert [(await comment(post, "192.0.2.9")).status_code for post in (1, 1, 2, 2)] == [201, 201, 201, 429]
    refused = await comment(2, "192.0.2.9")
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert (await comment_on(strict_client, posts[0]["id"]))["status"] == "approved", "users are not limited"


async def test_a_guest_comment_has_a_limit_of_links(strict_client: httpx.AsyncClient) -> None:
    post = await publish(strict_client)
    path = f"/posts/{post['id']}/comments"
    two = "See http://a.example and HTTPS://b.example"
    body = {"content": two, "name": "Gus"}
    assert_problem(await ask(strict_client, "nobody", "POST", path, json=body), 422, "content")
    body["content"] = "See http://a.example"
    assert (await ask(strict_client, "nobody", "POST", path, json=body)).status_code == 201
    assert (await comment_on(strict_client, post["id"], content=two))["content"] == two


async def test_a_removed_comment_with_replies_stays_as_a_tombstone(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    parent = await comment_on(client, post["id"], content="The words.")
    child = await comment_on(client, post["id"], parent_id=parent["id"])
    leaf = await comment_on(client, post["id"])
    await moderate(client, parent, "removed")
    await moderate(client, leaf, "removed")
    path = f"/posts/{post['id']}/comments"
    tombstone, shown = (await ask(client, "nobody", "GET", path)).json()
    assert (tombstone["id"], shown["id"]) == (parent["id"], child["id"])
    assert (tombstone["content"], tombstone["author"], tombstone["status"]) == (None, None, "removed")
    assert (tombstone["reply_count"], shown["depth"]) == (1, 1)
    one = await ask(client, "nobody", "GET", f"{path}/{parent['id']}")
    assert one.json() == tombstone
    assert (await read_post(client, post["id"]))["comment_count"] == 1
    assert (await client.get(f"{path}/{parent['id']}")).json()["content"] == "The words."
    await client.delete(f"{path}/{child['id']}")
    assert await listed(client, path) == []
    await moderate(client, parent, "approved")
    assert (await client.get(path)).json()[0]["content"] == "The words."


async def test_a_deleted_comment_is_erased_even_if_it_leaves_a_tombstone(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    parent = await comment_on(client, post["id"], content="The words.")
    await comment_on(client, post["id"], parent_id=parent["id"])
    path = f"/posts/{post['id']}/comments/{parent['id']}"
    assert (await client.delete(path)).status_code == 204
    erased = (await client.get(path)).json()
    assert (erased["content"], erased["author"], erased["status"]) == (None, None, "removed")


async def test_nobody_can_reply_to_an_unapproved_comment(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    parent = await comment_on(client, post["id"])
    for status in ("pending", "spam", "removed"):
        await moderate(client, parent, status)
        body = {"content": "C", "parent_id": parent["id"]}
        assert_problem(await client.post(f"/posts/{post['id']}/comments", json=body), 422, "parent_id")


async def test_the_queue_lists_pending_comments_newest_first(client: httpx.AsyncClient) -> None:
    posts = [await publish(client), await publish(client)]
    made = [await comment_as_guest(client, posts[n % 2]["id"]) for n in range(5)]
    ids = [comment["id"] for comment in made]
    newest_first = sorted(made, key=lambda each: (each["publication_date"], each["id"]), reverse=True)
    assert await walked(client, "/comments?limit=2") == [each["id"] for each in newest_first]
    await moderate(client, made[0], "approved")
    assert ids[0] not in await listed(client, "/comments?status=pending")
    assert await listed(client, "/comments?status=approved") == [ids[0]]
    assert_problem(await client.get("/comments?status=undecided"), 422, "status")


async def test_authors_decide_on_their_own_posts_only(client: httpx.AsyncClient) -> None:
    theirs = await publish(client)
    body = {"title": "By Ann", "content": ""}
    own = (await ask(client, "author", "POST", "/posts", json=body)).json()
    mine, other = await comment_as_guest(client, own["id"]), await comment_as_guest(client, theirs["id"])
    queue = (await ask(client, "author", "GET", "/comments")).json()
    assert [comment["id"] for comment in queue] == [mine["id"]]
    decisions = [decision(each, "approved") for each in (mine, other)]
    outcomes = (await ask(client, "author", "POST", "/comments/decisions", json=decisions)).json()
    assert outcomes[0]["comment"]["status"] == "approved"
    assert (outcomes[1]["comment"], outcomes[1]["problem"]["status"]) == (None, 404)
    assert (await client.get("/comments")).json()[0]["id"] == other["id"]


async def test_each_of_several_decisions_has_its_own_outcome(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    made = [await comment_as_guest(client, post["id"]) for _ in range(3)]
    decisions = [
        decision(made[0], "approved"),
        {"id": UNKNOWN, "status": "approved", "revision": "1-0"},
        decision(made[1], "spam"),
        decision(made[0], "removed"),
    ]
    answer = await client.post("/comments/decisions", json=decisions)
    assert answer.status_code == 200
    outcomes = answer.json()
    assert [each["id"] for each in outcomes] == [each["id"] for each in decisions]
    statuses = [
        each["comment"]["status"] if each["comment"] else each["problem"]["status"] for each in outcomes
    ]
    assert statuses == ["approved", 404, "spam", 412], "the last names what the first has changed"
    assert await listed(client, "/comments") == [made[2]["id"]]


GOOD = {"id": UNKNOWN, "status": "spam", "revision": "1-0"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        [GOOD | {"id": "x"}],
        [GOOD | {"status": "x"}],
        [GOOD | {"revision": 1}],
        [GOOD | {"revision": ""}],
        *([{name: GOOD[name] for name in GOOD if name != missing}] for missing in GOOD),
    ],
)
async def test_malformed_decisions_are_all_refused(client: httpx.AsyncClient, body: object) -> None:
    assert_problem(await client.post("/comments/decisions", json=body), 422)
    too_many = [GOOD] * 101
    assert_problem(await client.post("/comments/decisions", json=too_many), 422)


async def test_of_two_moderators_with_one_etag_one_succeeds(client: httpx.AsyncClient) -> None:
    comment = await comment_as_guest(client, (await publish(client))["id"])
    path = f"/posts/{comment['post_id']}/comments/{comment['id']}"
    tag = (await read(client, path)).headers["etag"]
    statuses = ["approved", "spam", "removed"]
    answers = await asyncio.gather(
        *(client.patch(path, json={"status": each}, headers={"if-match": tag}) for each in statuses)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_a_tree_shows_the_first_screen_of_each_branch(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}/comments"
    roots = [await comment_on(client, post["id"]) for _ in range(3)]
    replies = [await comment_on(client, post["id"], parent_id=roots[0]["id"]) for _ in range(5)]
    deeper = await comment_on(client, post["id"], parent_id=replies[0]["id"])
    deepest = await comment_on(client, post["id"], parent_id=deeper["id"])
    page = await read(client, f"{path}?view=tree&limit=2")
    first, second = page.json()
    assert (first["id"], second["id"]) == (roots[0]["id"], roots[1]["id"])
    assert (first["reply_count"], second["reply_count"], second["replies"]) == (5, 0, [])
    assert [each["id"] for each in first["replies"]] == [each["id"] for each in replies[:3]]
    (below,) = first["replies"][0]["replies"]
    assert (below["id"], below["depth"], below["replies"]) == (deeper["id"], 2, [])
    assert await listed(client, below["next_replies"]) == [deepest["id"]]
    assert second["next_replies"] is None
    assert await walked(client, f"{path}?view=tree&limit=2") == [each["id"] for each in roots]
    assert await listed(client, first["next_replies"]) == [each["id"] for each in replies[3:]]
    whole = f"{path}?view=tree&parent={roots[0]['id']}&limit=2"
    assert await walked(client, whole) == [each["id"] for each in replies]
    assert await listed(client, f"{path}?view=tree&parent={deeper['id']}") == [deepest["id"]]
    assert await listed(client, f"{path}?view=tree&parent={UNKNOWN}") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("view=round", "view"), ("view=tree&parent=x", "parent"), (f"parent={UNKNOWN}", "parent")],
)
async def test_an_unknown_view_is_refused(client: httpx.AsyncClient, query: str, field: str) -> None:
    post = await publish(client)
    assert_problem(await client.get(f"/posts/{post['id']}/comments?{query}"), 422, field)


async def test_a_tombstone_keeps_its_branch_in_the_tree(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    root = await comment_on(client, post["id"])
    reply = await comment_on(client, post["id"], parent_id=root["id"])
    leaf = await comment_on(client, post["id"], parent_id=reply["id"])
    for comment, status in ((root, "spam"), (reply, "removed")):
        await moderate(client, comment, status)
    (shown,) = (await ask(client, "nobody", "GET", f"/posts/{post['id']}/comments?view=tree")).json()
    assert (shown["id"], shown["status"], shown["content"]) == (root["id"], "removed", None)
    assert shown["replies"][0]["replies"][0]["id"] == leaf["id"]
    await moderate(client, leaf, "pending")
    assert await listed(client, f"/posts/{post['id']}/comments?view=tree") == []
    await moderate(client, leaf, "approved")
    assert await listed(client, f"/posts/{post['id']}/comments?view=tree") == [root["id"]]
