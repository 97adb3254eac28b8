"""Revisions over HTTP: what a post was before is kept, listed and restored, for its writers only."""

import asyncio
from itertools import pairwise

import httpx
import pytest

from tests.contract.http.calls import UNKNOWN, ask, assert_problem, next_page, publish
from tests.contract.http.people import PEOPLE, Who


async def begin(client: httpx.AsyncClient, **fields: object) -> str:
    """Add a post of Ann's, and return its id."""
    body = {"title": "First", "content": "One.", **fields}
    answer = await ask(client, "author", "POST", "/posts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def change(
    client: httpx.AsyncClient, post_id: str, who: Who = "author", **fields: object
) -> httpx.Response:
    answer = await ask(client, who, "PATCH", f"/posts/{post_id}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer


async def listed(client: httpx.AsyncClient, post_id: str, who: Who = "author") -> list[dict[str, object]]:
    answer = await ask(client, who, "GET", f"/posts/{post_id}/revisions?limit=100")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, object]] = answer.json()
    return rows


async def titles(client: httpx.AsyncClient, post_id: str) -> list[tuple[object, object]]:
    return [(row["number"], row["title"]) for row in await listed(client, post_id)]


async def read(client: httpx.AsyncClient, post_id: str, number: int) -> dict[str, object]:
    answer = await ask(client, "author", "GET", f"/posts/{post_id}/revisions/{number}")
    assert answer.status_code == 200, answer.text
    revision: dict[str, object] = answer.json()
    return revision


async def restore(
    client: httpx.AsyncClient, post_id: str, number: int, *, who: Who = "author", **headers: str
) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(client, who, "POST", f"/posts/{post_id}/revisions/{number}/restore", headers=sent)


async def test_edits_by_one_user_form_a_revision_and_so_does_a_publication(client: httpx.AsyncClient) -> None:
    post_id = await begin(client, status="draft")
    await change(client, post_id, title="Second")
    await change(client, post_id, content="Two.", status="published")
    assert await titles(client, post_id) == [(1, "Second")]
    await change(client, post_id, title="Third")
    await change(client, post_id, tags=["late"])
    assert await titles(client, post_id) == [(2, "Third"), (1, "Second")]
    await change(client, post_id, "editor", title="Fourth")
    assert await titles(client, post_id) == [(3, "Fourth"), (2, "Third"), (1, "Second")]


async def test_a_revision_tells_what_the_post_was_and_who_saved_it(client: httpx.AsyncClient) -> None:
    post_id = await begin(client, summary="Short.", tags=["a", "b"], format="html", content="<p>One.</p>")
    await change(client, post_id, "editor", title="Second", summary=None, content="Two.", format="markdown")
    current, past = await listed(client, post_id)
    ann = {"id": PEOPLE["author"].user.id, "name": "Ann Author"}
    edda = {"id": PEOPLE["editor"].user.id, "name": "Edda Editor"}
    post = (await ask(client, "author", "GET", f"/posts/{post_id}")).json()
    assert current == {
        "number": 2,
        "title": "Second",
        "summary": None,
        "tags": ["a", "b"],
        "format": "markdown",
        "cover": None,
        "is_published": True,
        "author": ann,
        "edited_by": edda,
        "saved_at": post["updated_at"],
    }
    before = {"number": 1, "title": "First", "summary": "Short.", "format": "html", "edited_by": ann}
    assert past == {**current, **before, "saved_at": past["saved_at"]}
    assert await read(client, post_id, 1) == {**past, "content": "<p>One.</p>"}
    assert await read(client, post_id, 2) == {**current, "content": "Two."}


async def test_changes_of_other_fields_are_no_revisions(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    for fields in ({"slug": "moved"}, {"comment_policy": "closed"}, {"kind": "page"}, {"status": "draft"}):
        await change(client, post_id, "editor", **fields)
    assert await titles(client, post_id) == [(1, "First")]


async def test_a_restored_text_is_a_new_revision_and_nothing_is_lost(client: httpx.AsyncClient) -> None:
    post_id = await begin(client, summary="Short.", tags=["a"])
    await change(client, post_id, title="Second", content="Two.", summary=None, tags=["b"], slug="second")
    restored = await restore(client, post_id, 1)
    assert restored.status_code == 200, restored.text
    post = restored.json()
    assert [post[name] for name in ("title", "content", "summary", "tags", "slug")] == [
        *("First", "One.", "Short.", ["a"], "second")
    ]
    again = await ask(client, "author", "GET", f"/posts/{post_id}")
    assert (again.json(), again.headers["etag"]) == (post, restored.headers["etag"])
    assert await titles(client, post_id) == [(3, "First"), (2, "Second"), (1, "First")]
    await restore(client, post_id, 2)
    assert await titles(client, post_id) == [(4, "Second"), (3, "First"), (2, "Second"), (1, "First")]


async def test_restoring_the_current_revision_changes_nothing(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    before = await ask(client, "author", "GET", f"/posts/{post_id}")
    restored = await restore(client, post_id, 1)
    assert (restored.status_code, restored.headers["etag"]) == (200, before.headers["etag"])
    assert_problem(await restore(client, post_id, 1, if_match='"1-1-0123456789abcdef"'), 412)


async def test_a_restore_does_not_overwrite_a_change_that_its_sender_has_not_seen(
    client: httpx.AsyncClient,
) -> None:
    post_id = await begin(client)
    seen = await change(client, post_id, title="Second")
    await change(client, post_id, "editor", title="Third")
    assert_problem(await restore(client, post_id, 1, if_match=seen.headers["etag"]), 412)
    assert await titles(client, post_id) == [(3, "Third"), (2, "Second"), (1, "First")]
    current = await ask(client, "author", "GET", f"/posts/{post_id}")
    assert (await restore(client, post_id, 1, if_match=current.headers["etag"])).status_code == 200


async def test_the_author_stays_when_a_text_is_restored(client: httpx.AsyncClient) -> None:
    post_id = (await publish(client, title="First"))["id"]
    other = PEOPLE["other author"].user.id
    await change(client, post_id, "editor", title="Second", author_id=other)
    restored = await restore(client, post_id, 1, who="other author")
    assert (restored.json()["title"], restored.json()["author"]["id"]) == ("First", other)


async def test_pages_of_revisions(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    for number in range(2, 6):
        await change(client, post_id, "editor" if number % 2 else "author", title=f"Title {number}")
    pages, url = [], f"/posts/{post_id}/revisions?limit=2"
    while url:
        answer = await ask(client, "author", "GET", url)
        pages.append([row["number"] for row in answer.json()])
        url = next_page(answer) or ""
    assert pages == [[5, 4], [3, 2], [1]]
    assert (await ask(client, "author", "GET", f"/posts/{post_id}/revisions?limit=0")).json() == []


@pytest.mark.parametrize("path", ["/revisions?after=x", "/revisions?after=MA", "/revisions?limit=-1"])
async def test_malformed_pages_are_refused(client: httpx.AsyncClient, path: str) -> None:
    post_id = await begin(client)
    assert_problem(await ask(client, "author", "GET", f"/posts/{post_id}{path}"), 422)


@pytest.mark.parametrize("number", ["2", "0", "01", "-1", "x", "2147483648", "99999999999999999999"])
async def test_a_revision_that_does_not_exist(client: httpx.AsyncClient, number: str) -> None:
    post_id = await begin(client)
    path = f"/posts/{post_id}/revisions/{number}"
    assert_problem(await ask(client, "author", "GET", path), 404)
    assert_problem(await ask(client, "author", "POST", f"{path}/restore"), 404)


async def test_a_post_that_does_not_exist_has_no_revisions(client: httpx.AsyncClient) -> None:
    for path in ("/revisions", "/revisions/1"):
        assert_problem(await ask(client, "admin", "GET", f"/posts/{UNKNOWN}{path}"), 404)


async def test_clients_that_have_a_revision_do_not_get_it_again(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    for path, after in ((f"/posts/{post_id}/revisions", 200), (f"/posts/{post_id}/revisions/1", 304)):
        first = await ask(client, "author", "GET", path)
        known = {"if-none-match": first.headers["etag"]}
        assert (await ask(client, "author", "GET", path, headers=known)).status_code == 304
        await change(client, post_id, title=f"Other {path}")
        assert (await ask(client, "author", "GET", path, headers=known)).status_code == after


async def test_names_of_editors_are_current_and_removed_ones_have_none(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    editor = PEOPLE["editor"].user.id
    await change(client, post_id, "editor", title="Second")
    await change(client, post_id, title="Third")
    await ask(client, "admin", "PATCH", f"/users/{editor}", json={"name": "Renamed"})
    assert [row["edited_by"]["name"] for row in await listed(client, post_id)] == [  # type: ignore[index]
        *("Ann Author", "Renamed", "Ann Author")
    ]
    assert (await ask(client, "admin", "DELETE", f"/users/{editor}?posts=keep")).status_code == 204
    assert (await read(client, post_id, 2))["edited_by"] is None
    assert (await listed(client, post_id))[1]["edited_by"] is None


async def test_people_who_save_at_once_lose_no_state(client: httpx.AsyncClient) -> None:
    """Each of them replaces a state of someone else, which is kept once: numbers have no gaps."""
    post_id = await begin(client)
    people: list[Who] = ["author", "editor", "admin"]
    saves = [change(client, post_id, who, title=f"{who} {turn}") for turn in range(4) for who in people]
    await asyncio.gather(*saves)
    rows = await listed(client, post_id)
    assert [row["number"] for row in rows] == [*range(len(rows), 0, -1)]
    # Every state that another person replaced: two neighbours are never by the same person.
    editors = [row["edited_by"]["id"] for row in rows]  # type: ignore[index]
    assert all(later != earlier for later, earlier in pairwise(editors[:-1]))
    assert rows[-1]["title"] == "First"
    assert {row["title"] for row in rows[:-1]} <= {f"{who} {turn}" for turn in range(4) for who in people}


async def test_revisions_are_removed_with_their_post(client: httpx.AsyncClient) -> None:
    post_id = await begin(client)
    await change(client, post_id, title="Second")
    assert (await ask(client, "author", "DELETE", f"/posts/{post_id}")).status_code == 204
    assert_problem(await ask(client, "admin", "GET", f"/posts/{post_id}/revisions/1"), 404)
    assert (
        await ask(client, "author", "POST", "/posts", json={"id": post_id, "title": "New", "content": ""})
    ).status_code == 201
    assert await titles(client, post_id) == [(1, "New")]


@pytest.mark.parametrize("who", ["nobody", "other author"])
async def test_nobody_else_sees_a_past_text(client: httpx.AsyncClient, who: Who) -> None:
    post_id = await begin(client, content="The secret of the past.")
    await change(client, post_id, content="Harmless.")
    for path in ("", "/revisions", "/revisions/1", "/revisions/2"):
        assert "secret of the past" not in (await ask(client, who, "GET", f"/posts/{post_id}{path}")).text
    for path in ("/posts", f"/posts/{post_id}/comments"):
        assert "secret of the past" not in (await ask(client, who, "GET", path)).text
