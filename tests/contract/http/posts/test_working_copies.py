"""Working copies over HTTP: nothing typed is lost, whatever others do in the meantime."""

import asyncio
import json

import httpx
import pytest

from everpost.domain.ids import new_id
from tests.contract.http.calls import ask, assert_problem, next_page, publish
from tests.contract.http.people import PEOPLE, Who

EMPTY = {"if-none-match": "*"}
ANY = {"if-match": "*"}
LONGEST = 1_000_000


def path_of(post_id: str) -> str:
    return f"/posts/{post_id}/working-copy"


async def put(
    client: httpx.AsyncClient,
    post_id: str,
    text: object,
    *,
    headers: dict[str, str],
    who: Who = "author",
    **more: object,
) -> httpx.Response:
    return await ask(client, who, "PUT", path_of(post_id), json={"text": text, **more}, headers=headers)


async def begin(client: httpx.AsyncClient, post_id: str, *, who: Who = "author", **more: object) -> str:
    """Create a working copy, and return its ETag."""
    answer = await put(client, post_id, {"title": "Mine"}, headers=EMPTY, who=who, **more)
    assert answer.status_code == 201, answer.text
    return answer.headers["etag"]


async def text_of(client: httpx.AsyncClient, post_id: str, *, who: Who = "author") -> object:
    answer = await ask(client, who, "GET", path_of(post_id))
    assert answer.status_code == 200, answer.text
    return answer.json()["text"]


async def own_post(client: httpx.AsyncClient, **fields: object) -> httpx.Response:
    """Ann's post."""
    post = await publish(client, author_id=PEOPLE["author"].user.id, **fields)
    return await ask(client, "author", "GET", f"/posts/{post['id']}")


def base_of(post: httpx.Response) -> dict[str, object]:
    fields = post.json()
    text = {"title": fields["title"], "content": fields["content"]}
    return {"etag": post.headers["etag"], "updated_at": fields["updated_at"], "text": text}


async def test_a_new_text_is_kept_before_its_post_exists(client: httpx.AsyncClient) -> None:
    post_id = new_id()
    text = {"title": "", "content": "a\r\nb\rc\n\u2028\U0001f600", "slug": "Half a sl-", "tags": "a, ,"}
    made = await put(client, post_id, text, headers=EMPTY)
    assert made.status_code == 201
    assert made.json()["post_updated_at"] is None
    read = await ask(client, "author", "GET", path_of(post_id))
    assert read.json()["text"] == text
    assert read.json()["base"] is None
    assert (await ask(client, "author", "GET", f"/posts/{post_id}")).status_code == 404
    for status in ("draft", "published"):
        assert (await ask(client, "author", "GET", f"/posts?status={status}")).json() == []


async def test_a_save_needs_a_precondition(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"if-none-match": '"1-1-0123456789abcdef"'}):
        assert_problem(await put(client, new_id(), {}, headers=headers), 428)


async def test_two_tabs_do_not_overwrite_each_other(client: httpx.AsyncClient) -> None:
    post_id = new_id()
    tag = await begin(client, post_id)
    first = await put(client, post_id, {"title": "One tab"}, headers={"if-match": tag})
    assert first.status_code == 200
    second = await put(client, post_id, {"title": "Another"}, headers={"if-match": tag})
    assert_problem(second, 412)
    assert f"at {first.json()['updated_at'][:19]}Z" in second.json()["detail"]
    assert_problem(await put(client, post_id, {"title": "Another"}, headers=EMPTY), 412)
    assert await text_of(client, post_id) == {"title": "One tab"}
    again = await ask(client, "author", "GET", path_of(post_id))
    third = await put(client, post_id, {"title": "Both"}, headers={"if-match": again.headers["etag"]})
    assert third.status_code == 200


async def test_a_repeated_request_succeeds_and_changes_nothing(client: httpx.AsyncClient) -> None:
    post = await own_post(client)
    post_id, base = post.json()["id"], base_of(post)
    made = await put(client, post_id, {"title": "M"}, headers=EMPTY, base=base)
    repeated = await put(client, post_id, {"title": "M"}, headers=EMPTY, base=base)
    assert (made.status_code, repeated.status_code) == (201, 200)
    assert repeated.headers["etag"] == made.headers["etag"]
    old = {"if-match": made.headers["etag"]}
    saved, again = [await put(client, post_id, {"title": "Mi"}, headers=old) for _ in range(2)]
    assert (saved.status_code, again.status_code) == (200, 200)
    assert again.headers["etag"] == saved.headers["etag"] != made.headers["etag"]
    assert_problem(await put(client, post_id, {"title": "Mi"}, headers=old, base=None), 412)


async def test_nobody_else_reads_a_working_copy(client: httpx.AsyncClient) -> None:
    post_id = (await own_post(client)).json()["id"]
    await begin(client, post_id)
    others: tuple[Who, ...] = ("other author", "editor", "admin")
    for who in others:
        for method in ("GET", "DELETE"):
            assert_problem(await ask(client, who, method, path_of(post_id)), 404)
        assert (await ask(client, who, "GET", "/users/me/working-copies")).json() == []
    assert_problem(await ask(client, "nobody", "GET", path_of(post_id)), 401)
    assert await text_of(client, post_id) == {"title": "Mine"}
    public = await ask(client, "nobody", "GET", f"/posts/{post_id}")
    assert "Mine" not in public.text


async def test_two_users_write_the_same_post_separately(client: httpx.AsyncClient) -> None:
    post_id = (await own_post(client)).json()["id"]
    await begin(client, post_id)
    await put(client, post_id, {"title": "Edda's"}, headers=EMPTY, who="editor")
    assert await text_of(client, post_id) == {"title": "Mine"}
    assert await text_of(client, post_id, who="editor") == {"title": "Edda's"}


async def test_the_base_is_kept_after_someone_else_has_saved(client: httpx.AsyncClient) -> None:
    post = await own_post(client, title="Title", content="The base.")
    post_id = post.json()["id"]
    tag = await begin(client, post_id, base=base_of(post))
    theirs = await ask(client, "editor", "PATCH", f"/posts/{post_id}", json={"content": "Theirs."})
    assert theirs.status_code == 200
    saved = await put(client, post_id, {"title": "Mine", "content": "My."}, headers={"if-match": tag})
    assert saved.json()["base_updated_at"] == post.json()["updated_at"]
    assert saved.json()["post_updated_at"] == theirs.json()["updated_at"]
    read = (await ask(client, "author", "GET", path_of(post_id))).json()
    assert read["base"] == base_of(post)
    assert read["text"]["content"] == "My."
    mine = {"if-match": read["base"]["etag"]}
    assert_problem(
        await ask(client, "author", "PATCH", f"/posts/{post_id}", json={"content": "My."}, headers=mine), 412
    )
    assert await text_of(client, post_id) == {"title": "Mine", "content": "My."}


async def test_saving_the_post_removes_the_working_copy(client: httpx.AsyncClient) -> None:
    post = await own_post(client)
    path = f"/posts/{post.json()['id']}"
    tag = await begin(client, post.json()["id"])
    query = httpx.QueryParams({"working_copy": tag})
    stale = {"if-match": '"7-1-0123456789abcdef"'}
    refused = await ask(client, "author", "PATCH", f"{path}?{query}", json={"title": "New"}, headers=stale)
    assert_problem(refused, 412)
    assert await text_of(client, post.json()["id"]) == {"title": "Mine"}
    saved = await ask(client, "author", "PATCH", f"{path}?{query}", json={"title": "New"})
    assert saved.json()["title"] == "New"
    assert_problem(await ask(client, "author", "GET", path_of(post.json()["id"])), 404)
    assert_problem(await put(client, post.json()["id"], {"title": "Old"}, headers={"if-match": tag}), 404)


@pytest.mark.parametrize("change", [{}, {"title": "New"}])
async def test_a_working_copy_with_unsaved_text_stays(client: httpx.AsyncClient, change: object) -> None:
    post_id = (await own_post(client)).json()["id"]
    tag = await begin(client, post_id)
    newer = await put(client, post_id, {"title": "More"}, headers={"if-match": tag})
    path = f"/posts/{post_id}?working_copy="
    old, new = "-".join(tag.strip('"').split("-")[:2]), newer.json()["revision"]
    assert (await ask(client, "author", "PATCH", path + old, json=change)).status_code == 200
    assert await text_of(client, post_id) == {"title": "More"}
    assert (await ask(client, "author", "PATCH", path + new, json=change)).status_code == 200
    assert_problem(await ask(client, "author", "GET", path_of(post_id)), 404)


async def test_creating_the_post_removes_the_working_copy(client: httpx.AsyncClient) -> None:
    post_id = new_id()
    query = httpx.QueryParams({"working_copy": await begin(client, post_id)})
    body = {"id": post_id, "title": "A title", "content": "Text."}
    made = [await ask(client, "author", "POST", f"/posts?{query}", json=body) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200]
    assert_problem(await ask(client, "author", "GET", path_of(post_id)), 404)


async def test_a_malformed_revision_is_refused(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "author", "POST", "/posts?working_copy=x", json={"title": "A", "content": ""})
    assert_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == "working_copy"


async def test_a_text_survives_the_removal_of_its_post(client: httpx.AsyncClient) -> None:
    post = await own_post(client)
    post_id = post.json()["id"]
    tag = await begin(client, post_id, base=base_of(post))
    forever = f"/posts/{post_id}?permanently=true"
    assert (await ask(client, "editor", "DELETE", forever)).status_code == 204
    again = await put(client, post_id, {"title": "More"}, headers={"if-match": tag})
    assert (again.status_code, again.json()["post_updated_at"]) == (200, None)
    body = {"id": post_id, "title": "More", "content": ""}
    path = f"/posts?working_copy={again.json()['revision']}"
    assert (await ask(client, "author", "POST", path, json=body)).status_code == 201
    assert_problem(await ask(client, "author", "GET", path_of(post_id)), 404)


async def test_deleting_a_post_discards_only_your_own_working_copy(client: httpx.AsyncClient) -> None:
    post_id = (await own_post(client)).json()["id"]
    tag = await begin(client, post_id)
    await begin(client, post_id, who="editor")
    query = httpx.QueryParams({"working_copy": tag})
    assert (await ask(client, "author", "DELETE", f"/posts/{post_id}?{query}")).status_code == 204
    assert_problem(await ask(client, "author", "GET", path_of(post_id)), 404)
    assert (await ask(client, "editor", "GET", path_of(post_id))).json()["text"] == {"title": "Mine"}


async def test_a_demoted_editor_still_reads_and_discards_what_was_typed(client: httpx.AsyncClient) -> None:
    draft = await own_post(client, status="draft")
    post_id = draft.json()["id"]
    tag = await begin(client, post_id, who="editor", base=base_of(draft))
    edda = f"/users/{PEOPLE['editor'].user.id}"
    assert (await ask(client, "admin", "PATCH", edda, json={"role": "author"})).status_code == 200
    refused = await put(client, post_id, {"title": "More"}, headers={"if-match": tag}, who="editor")
    assert_problem(refused, 404)
    read = await ask(client, "editor", "GET", path_of(post_id))
    assert read.json()["text"] == {"title": "Mine"}
    assert read.json()["post_updated_at"] is None
    (listed,) = (await ask(client, "editor", "GET", "/users/me/working-copies")).json()
    assert (listed["post_id"], listed["post_updated_at"]) == (post_id, None)
    assert (await ask(client, "editor", "DELETE", path_of(post_id))).status_code == 204


async def test_a_removed_user_leaves_no_working_copy_to_the_heir(client: httpx.AsyncClient) -> None:
    post_id = (await own_post(client)).json()["id"]
    await begin(client, post_id)
    ann, otto = (PEOPLE[who].user.id for who in ("author", "other author"))
    assert (await ask(client, "admin", "DELETE", f"/users/{ann}?posts={otto}")).status_code == 204
    assert_problem(await put(client, post_id, {}, headers=ANY), 401)
    assert_problem(await ask(client, "other author", "GET", path_of(post_id)), 404)
    assert (await put(client, post_id, {}, headers=EMPTY, who="other author")).status_code == 201


async def test_a_list_shows_all_unsaved_texts_latest_first(client: httpx.AsyncClient) -> None:
    ids = [new_id() for _ in range(3)]
    for post_id in ids:
        await begin(client, post_id)
    await put(client, ids[0], {"title": "Latest"}, headers=ANY)
    answer = await ask(client, "author", "GET", "/users/me/working-copies?limit=2")
    rows = answer.json()
    while (following := next_page(answer)) is not None:
        answer = await ask(client, "author", "GET", following)
        rows += answer.json()
    assert {row["post_id"] for row in rows} == set(ids)
    assert [row["updated_at"] for row in rows] == sorted((row["updated_at"] for row in rows), reverse=True)
    assert {row["title"] for row in rows} == {"Mine", "Latest"}
    latest = await ask(client, "author", "GET", path_of(rows[0]["post_id"]))
    assert latest.headers["etag"].startswith(f'"{rows[0]["revision"]}-')


@pytest.mark.parametrize("field", ["title", "content", "slug", "publication_date"])
@pytest.mark.parametrize(("typed", "reason"), [("a\x00", "NUL character"), ("\ud800", "unpaired surrogate")])
async def test_text_that_no_store_can_hold_is_refused_clearly(
    client: httpx.AsyncClient, field: str, typed: str, reason: str
) -> None:
    for body in ({"text": {field: typed}}, {"text": {}, "base": {"text": {field: typed}}}):
        sent = client.build_request(
            "PUT", path_of(new_id()), content=json.dumps(body), headers={"content-type": "application/json"}
        )
        sent.headers["if-none-match"] = "*"
        answer = await client.send(sent)
        assert_problem(answer, 422)
        assert any(reason in error["detail"] for error in answer.json()["errors"])


async def test_sizes_are_limited(client: httpx.AsyncClient) -> None:
    post = await own_post(client)
    post_id = post.json()["id"]
    base = base_of(post) | {"text": {"content": "é" * LONGEST}}
    longest = {"content": "é" * LONGEST, "title": "a" * 20_000}
    assert (await put(client, post_id, longest, headers=EMPTY, base=base)).status_code == 201
    assert await text_of(client, post_id) == longest
    for text in ({"content": "a" * (LONGEST + 1)}, {"title": "a" * 20_001}):
        assert_problem(await put(client, post_id, text, headers=ANY), 422)
    huge = dict.fromkeys(("content", "title"), "😀" * LONGEST)
    assert_problem(await put(client, post_id, huge, headers=ANY), 413)
    assert await text_of(client, post_id) == longest


async def test_many_writers_save_at_once_and_no_post_changes(client: httpx.AsyncClient) -> None:
    post = await own_post(client)
    post_id = post.json()["id"]
    people: list[Who] = ["author", "editor", "admin"]
    for who in people:
        await begin(client, post_id, who=who)
    ids = [new_id() for _ in range(20)]
    saved = await asyncio.gather(
        *(put(client, post_id, {"content": who * 10_000}, headers=ANY, who=who) for who in people),
        *(put(client, each, {"content": "a" * 100_000}, headers=EMPTY) for each in ids),
    )
    assert {answer.status_code for answer in saved} == {200, 201}
    again = await ask(client, "author", "GET", f"/posts/{post_id}")
    assert again.headers["etag"] == post.headers["etag"]
