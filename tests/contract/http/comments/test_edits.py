"""Edits follow the rules of new comments; a decision applies only to the revision that was read."""

from collections.abc import Mapping

import httpx
import pytest

from tests.contract.http.calls import (
    CommentJson,
    ask,
    assert_problem,
    comment_on,
    etag,
    listed,
    publish,
    read,
)
from tests.contract.http.guests import comment_as_guest, decision, moderate
from tests.contract.http.people import PEOPLE

WORDS = {"content": "EVIL"}


def path_of(comment: CommentJson) -> str:
    return f"/posts/{comment['post_id']}/comments/{comment['id']}"


async def edit(
    client: httpx.AsyncClient, comment: CommentJson, body: object = None, **headers: str
) -> httpx.Response:
    """Edit the comment as the guest who wrote it."""
    key = {"x-edit-key": comment["edit_key"], **headers}
    return await ask(client, "nobody", "PATCH", path_of(comment), json=body or WORDS, headers=key)


def from_address(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"192.0.2.{number}"}


async def words_shown(client: httpx.AsyncClient, post_id: str) -> list[str | None]:
    """The content that the public sees."""
    rows = (await ask(client, "nobody", "GET", f"/posts/{post_id}/comments")).json()
    return [row["content"] for row in rows]


@pytest.mark.parametrize("by_blog", [False, True])
@pytest.mark.parametrize(
    ("policy", "status"), [("open", 200), ("moderated", 200), ("members", 401), ("closed", 403)]
)
async def test_a_guest_edits_where_a_guest_may_comment(
    client: httpx.AsyncClient, policy: str, status: int, by_blog: bool
) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    await moderate(client, comment, "approved")
    await client.patch("/settings" if by_blog else f"/posts/{post['id']}", json={"comment_policy": policy})
    answer = await edit(client, comment)
    new = {"name": "Gus", "content": "C"}
    made = await ask(client, "nobody", "POST", f"/posts/{post['id']}/comments", json=new)
    assert (answer.status_code, made.status_code) == (status, 201 if status == 200 else status)
    assert ("EVIL" in await words_shown(client, post["id"])) == (policy == "open")
    if status == 200:
        assert answer.json()["status"] == ("approved" if policy == "open" else "pending")
    key = {"x-edit-key": comment["edit_key"]}
    assert (await ask(client, "nobody", "DELETE", path_of(comment), headers=key)).status_code == 204


async def test_a_user_edits_where_users_may_comment(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    thread = f"/posts/{post['id']}/comments"
    comment = (await ask(client, "author", "POST", thread, json={"content": "C"})).json()
    for policy, status in (("members", 200), ("moderated", 200), ("open", 200), ("closed", 403)):
        await client.patch(f"/posts/{post['id']}", json={"comment_policy": policy})
        answer = await ask(client, "author", "PATCH", path_of(comment), json={"content": policy})
        assert answer.status_code == status
    assert await words_shown(client, post["id"]) == ["open"]
    assert (await client.patch(path_of(comment), json={"content": "By a moderator"})).status_code == 200
    assert (await ask(client, "author", "DELETE", path_of(comment))).status_code == 204


async def test_a_guest_cannot_edit_a_hidden_comment(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    comment = await comment_as_guest(client, post["id"])
    for change in ({"status": "draft"}, {"status": "published", "publication_date": "2999-01-01T00:00:00Z"}):
        await client.patch(f"/posts/{post['id']}", json=change)
        assert_problem(await edit(client, comment), 404)


LINKS: Mapping[str, str] = {
    "plain": "http://a.example and http://b.example",
    "relative to the scheme": "[x](//a.example) [y](//b.example)",
    "entities": "&#104;ttp://a.example https&#58;//b.example",
    "bare": "a.example b.example/path",
    "other schemes": "ftp://a.example mailto:me@b.example",
}


@pytest.mark.parametrize("words", LINKS.values(), ids=LINKS)
async def test_an_edit_has_no_more_links_than_a_new_comment(
    strict_client: httpx.AsyncClient, words: str
) -> None:
    post = await publish(strict_client, comment_policy="open")
    comment = await comment_as_guest(strict_client, post["id"])
    assert_problem(await edit(strict_client, comment, {"content": words}), 422, "content")
    assert (await edit(strict_client, comment, {"content": "http://a.example"})).status_code == 200
    moderated = await strict_client.patch(path_of(comment), json={"content": words})
    assert moderated.status_code == 200, "users are not limited"


async def test_a_comment_refused_for_its_links_counts_for_the_address_not_the_post(
    strict_client: httpx.AsyncClient,
) -> None:
    post = await publish(strict_client, comment_policy="open")
    path = f"/posts/{post['id']}/comments"
    spam = {"name": "Gus", "content": "http://a.example " * 9}
    statuses = [(await ask(strict_client, "nobody", "POST", path, json=spam)).status_code for _ in range(4)]
    assert statuses == [422, 422, 422, 429]
    fine, elsewhere = {"name": "Gus", "content": "a"}, {"x-forwarded-for": "198.51.100.77"}
    answer = await ask(strict_client, "nobody", "POST", path, json=fine, headers=elsewhere)
    assert answer.status_code == 201


async def test_edits_count_as_comments_do(strict_client: httpx.AsyncClient) -> None:
    """Three per hour for an address, two for a post."""
    post_ids = [(await publish(strict_client, comment_policy="open"))["id"] for _ in range(4)]
    path, new = f"/posts/{post_ids[0]}/comments", {"name": "Gus", "content": "C"}
    one = (await ask(strict_client, "nobody", "POST", path, json=new, headers=from_address(9))).json()
    assert (await edit(strict_client, one, **from_address(1))).status_code == 200
    assert_problem(await edit(strict_client, one, **from_address(2)), 429)
    others = []
    for number, post_id in enumerate(post_ids[1:], 10):
        path, address = f"/posts/{post_id}/comments", from_address(number)
        others.append((await ask(strict_client, "nobody", "POST", path, json=new, headers=address)).json())
    edits = [await edit(strict_client, each, **from_address(1)) for each in others]
    assert [answer.status_code for answer in edits] == [200, 200, 429]
    key = {"x-edit-key": one["edit_key"]}
    assert (await ask(strict_client, "nobody", "DELETE", path_of(one), headers=key)).status_code == 204


async def test_a_decision_applies_to_the_revision_that_was_read(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    (seen,) = (await read(client, "/comments")).json()
    assert (await edit(client, comment)).json()["status"] == "pending"
    (outcome,) = (await client.post("/comments/decisions", json=[decision(seen, "approved")])).json()
    assert (outcome["comment"], outcome["problem"]["status"]) == (None, 412)
    assert await words_shown(client, post["id"]) == []
    (seen,) = (await read(client, "/comments")).json()
    (outcome,) = (await client.post("/comments/decisions", json=[decision(seen, "approved")])).json()
    assert (outcome["comment"]["content"], outcome["problem"]) == ("EVIL", None)
    assert outcome["comment"]["revision"] != seen["revision"]


async def test_a_decision_does_not_apply_to_a_new_comment_under_the_same_id(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    key = {"x-edit-key": comment["edit_key"]}
    await ask(client, "nobody", "DELETE", path_of(comment), headers=key)
    again = await comment_as_guest(client, post["id"], id=comment["id"], content="EVIL")
    assert again["revision"] != comment["revision"]
    (outcome,) = (await client.post("/comments/decisions", json=[decision(comment, "approved")])).json()
    assert outcome["problem"]["status"] == 412


async def test_a_decision_names_a_revision_or_an_etag(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    named = {"id": comment["id"], "status": "spam"}
    version, moment = comment["revision"].split("-")
    for wrong in (
        "x",
        "*",
        f"{int(version) + 1}-{moment}",
        f"0{version}-{moment}",
        f"{version}-0",
        version,
        '""',
    ):
        answer = await client.post("/comments/decisions", json=[{**named, "revision": wrong}])
        assert [each["problem"]["status"] for each in answer.json()] == [412], wrong
    tag = await etag(client, path_of(comment))
    assert tag.startswith(f'"{comment["revision"]}-')
    answer = await client.post("/comments/decisions", json=[{**named, "revision": tag}])
    assert answer.json()[0]["comment"]["status"] == "spam"


async def test_a_status_is_for_the_state_that_if_match_names(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_as_guest(client, post["id"])
    path = path_of(comment)
    for body in ({"status": "approved"}, {"status": "approved", "content": "C"}):
        assert_problem(await client.patch(path, json=body), 428)
    seen = {"if-match": await etag(client, path)}
    await edit(client, comment)
    assert_problem(await client.patch(path, json={"status": "approved"}, headers=seen), 412)
    seen = {"if-match": await etag(client, path)}
    assert (await client.patch(path, json={"status": "approved"}, headers=seen)).status_code == 200
    anything = await client.patch(path, json={"status": "spam"}, headers={"if-match": "*"})
    assert anything.status_code == 200, "the state does not matter to who says so"


async def test_moderators_see_who_edited_a_comment_of_another_writer(client: httpx.AsyncClient) -> None:
    body = {"title": "By Ann", "content": "", "comment_policy": "open"}
    post = (await ask(client, "author", "POST", "/posts", json=body)).json()
    admins = await comment_on(client, post["id"], content="An admin's words.")
    path, ann = path_of(admins), PEOPLE["author"].user
    assert "edited_by" not in (await read(client, path)).json()
    changed = await ask(client, "author", "PATCH", path, json={"content": "Ann's words."})
    seen = changed.json()
    assert seen["author"]["name"] == PEOPLE["admin"].user.name
    assert (seen["edited_by"], seen["edited_at"]) == ({"id": ann.id, "name": ann.name}, seen["updated_at"])
    assert (await read(client, path)).json() == seen
    assert (await read(client, "/comments?status=approved")).json() == [seen]
    public = (await ask(client, "nobody", "GET", path)).json()
    assert public == {name: seen[name] for name in seen if name not in {"edited_by", "edited_at"}}
    assert (await ask(client, "other author", "GET", path)).json() == public
    await client.patch(path, json={"content": "An admin's words again."})
    assert (await read(client, path)).json()["edited_by"] == seen["edited_by"], "it is not forgotten"
    await client.patch(f"/users/{ann.id}", json={"disabled": True})
    assert (await read(client, path)).json()["edited_by"] == seen["edited_by"], "moderators still see it"
    await client.delete(f"/users/{ann.id}?posts=keep")
    gone = (await read(client, path)).json()
    assert (gone["edited_by"], gone["edited_at"]) == (None, seen["edited_at"])


async def test_an_edit_by_the_writer_names_no_editor(client: httpx.AsyncClient) -> None:
    post = await publish(client, comment_policy="open")
    own, guests = await comment_on(client, post["id"]), await comment_as_guest(client, post["id"])
    await client.patch(path_of(own), json={"content": "My words."})
    await edit(client, guests)
    for comment in (own, guests):
        assert "edited_by" not in (await read(client, path_of(comment))).json()
    assert await listed(client, f"/posts/{post['id']}/comments") == [own["id"], guests["id"]]


IMITATIONS = ("Ada Admin", "ada  ADMIN", "\u0410da Admin", "Ada Adm1n", "\uff21da Admin")
UNREADABLE = ("\u200b", "\u3164", "\u2800", "A\u200bda", "A\u202eB", "A\x1b[0m", "A\nB", "\u0301", "A\u00ad")


@pytest.mark.parametrize("name", [*IMITATIONS, *UNREADABLE], ids=ascii)
async def test_a_guest_name_of_a_user_or_without_visible_characters_is_refused(
    client: httpx.AsyncClient, name: str
) -> None:
    post = await publish(client, comment_policy="open")
    path, body = f"/posts/{post['id']}/comments", {"name": name, "content": "C"}
    assert_problem(await ask(client, "nobody", "POST", path, json=body), 422, "name")
    assert await listed(client, path) == []
    assert (await comment_as_guest(client, post["id"], name="Ada"))["author"] == {"name": "Ada"}


async def test_a_user_needs_a_visible_name_and_address(client: httpx.AsyncClient) -> None:
    good = {"name": "Nora", "email": "nora@blog.example", "role": "author"}
    me = f"/users/{PEOPLE['author'].user.id}"
    for field, value in (("name", "No\u200bra"), ("name", "\u3164"), ("email", "no\u200bra@blog.example")):
        assert_problem(await client.post("/users", json={**good, field: value}), 422, field)
        assert_problem(await client.patch(me, json={field: value}), 422, field)
    assert (await client.post("/users", json={**good, "name": "Ada Admin"})).status_code == 201
