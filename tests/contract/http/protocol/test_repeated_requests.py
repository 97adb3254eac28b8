"""A client that sends its own id can safely repeat a request whose response was lost."""

import asyncio

import httpx
import pytest

from tests.contract.http.calls import assert_problem, comment_on, etag, listed, numbered, publish, read_post

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ID = "665f1c2ab7e4d20f3a9c8e01"

POST = {
    "id": ID,
    "title": "Title",
    "content": "Content",
    "publication_date": "2026-01-01T12:00:00.123Z",
    "slug": "A slug",
    "tags": ["a", "b"],
    "kind": "page",
    "summary": "A summary",
    "cover": "https://blog.example/a.png",
    "paths": ["/a", "/a-slug"],
}
COMMENT = {"id": ID, "content": "Content", "publication_date": "2026-01-01T12:00:00.123Z"}


@pytest.mark.parametrize("body", [POST, {"id": ID, "title": "T", "content": ""}], ids=["largest", "smallest"])
async def test_a_repeated_post_is_answered_with_what_is_stored(
    client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    first = await client.post("/posts", json=body)
    assert first.status_code == 201
    for _ in range(2):
        again = await client.post("/posts", json=body)
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["location"] == first.headers["location"]
    kind = body.get("kind", "post")
    assert await listed(client, f"/posts?kind={kind}") == [ID]


async def test_equivalent_requests_count_as_repeated(client: httpx.AsyncClient) -> None:
    first = await client.post("/posts", json=POST)
    same: list[dict[str, object]] = [
        {"id": ID.upper()},
        {"slug": "a-slug"},
        {"publication_date": "2026-01-01T13:00:00.1239+01:00"},
        {"tags": [" a ", "b", "a"]},
        {"paths": ["/%61/"]},
    ]
    for change in same:
        again = await client.post("/posts", json={**POST, **change})
        assert (again.status_code, again.json()) == (200, first.json()), change


async def test_only_what_was_sent_is_compared(client: httpx.AsyncClient) -> None:
    first = await client.post("/posts", json=POST)
    again = await client.post("/posts", json={"id": ID, "title": "Title", "content": "Content"})
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "title"),
        ("title", "Title "),
        ("content", "C\u0327ontent"),
        ("publication_date", "2026-01-01T12:00:00.124Z"),
        ("slug", "another"),
        ("tags", ["b", "a"]),
        ("tags", []),
        ("kind", "post"),
        ("summary", "a summary"),
        ("cover", "https://blog.example/b.png"),
        ("paths", []),
    ],
)
async def test_another_post_under_the_same_id_is_a_conflict(
    client: httpx.AsyncClient, field: str, value: object
) -> None:
    first = await client.post("/posts", json=POST)
    again = await client.post("/posts", json={**POST, field: value})
    assert_problem(again, 409, "id", detail="Another post already has this id.")
    assert await read_post(client, ID) == first.json()


async def test_a_repeated_post_returns_its_current_state(client: httpx.AsyncClient) -> None:
    await client.post("/posts", json=POST)
    await comment_on(client, ID)
    again = await client.post("/posts", json=POST)
    assert (again.status_code, again.json()) == (200, await read_post(client, ID))
    assert again.headers["etag"] == await etag(client, f"/posts/{ID}")
    await client.patch(f"/posts/{ID}", json={"title": "Changed"})
    assert_problem(await client.post("/posts", json=POST), 409, "id")


async def test_a_repeated_post_is_no_conflict_with_its_own_slug(client: httpx.AsyncClient) -> None:
    await publish(client, slug="a-slug")
    assert_problem(await client.post("/posts", json=POST), 409, "slug")
    assert_problem(await client.get(f"/posts/{ID}"), 404)


async def test_a_taken_id_is_reported_before_a_taken_slug(client: httpx.AsyncClient) -> None:
    await publish(client, slug="taken")
    await publish(client, id=ID)
    body = {"id": ID, "title": "Another", "content": "C", "slug": "taken"}
    assert_problem(await client.post("/posts", json=body), 409, "id")


async def test_concurrent_identical_posts_are_created_once(client: httpx.AsyncClient) -> None:
    for number in range(3):
        body = {**POST, "id": numbered(number + 1), "slug": f"slug {number}", "paths": [f"/{number}"]}
        answers = await asyncio.gather(*(client.post("/posts", json=body) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(await listed(client, "/posts?kind=page")) == 3


async def test_of_concurrent_different_posts_with_one_id_one_is_created(client: httpx.AsyncClient) -> None:
    bodies = [{"id": ID, "title": f"Title {n}", "content": "C"} for n in range(6)]
    answers = await asyncio.gather(*(client.post("/posts", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_the_id_of_a_removed_post_can_be_used_again(client: httpx.AsyncClient) -> None:
    await client.post("/posts", json=POST)
    await client.delete(f"/posts/{ID}?permanently=true")
    again = await client.post("/posts", json={**POST, "title": "Another"})
    assert (again.status_code, again.json()["version"]) == (201, 1)


NO_IDS: tuple[object, ...] = (
    *("", "x", "f" * 23, "f" * 25, "g" * 24, " " + "f" * 23, "f" * 24 + "\n"),
    *(1, True, [], {}),
)


async def test_an_id_is_24_hexadecimal_digits(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    post = await publish(client)
    comments = f"/posts/{post['id']}/comments"
    for bad in NO_IDS:
        with subtests.test(bad=bad):
            created = await client.post("/posts", json={"id": bad, "title": "T", "content": "C"})
            assert_problem(created, 422, "id")
            assert_problem(await client.post(comments, json={"id": bad, "content": "C"}), 422, "id")


async def test_a_repeated_comment_is_answered_with_what_is_stored(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}/comments"
    first = await client.post(path, json=COMMENT)
    assert first.status_code == 201
    for body in (COMMENT, {**COMMENT, "id": ID.upper()}, {"id": ID, "content": "Content"}):
        again = await client.post(path, json=body)
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["location"] == first.headers["location"]
    shown = await read_post(client, post["id"])
    assert (shown["comment_count"], shown["version"]) == (1, 2)


async def test_another_comment_under_the_same_id_is_a_conflict(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    parent = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments"
    await client.post(path, json=COMMENT)
    for change in (
        {"content": "content"},
        {"publication_date": "2026-01-01T12:00:00Z"},
        {"parent_id": parent["id"]},
    ):
        refused = await client.post(path, json={**COMMENT, **change})
        assert_problem(refused, 409, "id", detail="Another comment already has this id.")
    assert_problem(await client.post(f"/posts/{other['id']}/comments", json=COMMENT), 409, "id")
    assert await listed(client, f"/posts/{other['id']}/comments") == []


async def test_errors_of_a_comment_are_post_then_id_then_parent(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client)
    await comment_on(client, post["id"], **COMMENT)
    body = {**COMMENT, "content": "Another", "parent_id": numbered(1)}
    assert_problem(await client.post(f"/posts/{numbered(1)}/comments", json=body), 404)
    assert_problem(await client.post(f"/posts/{post['id']}/comments", json=body), 409, "id")


async def test_a_post_and_a_comment_may_have_the_same_id(client: httpx.AsyncClient) -> None:
    await publish(client, id=ID)
    assert (await comment_on(client, ID, id=ID))["id"] == ID


async def test_concurrent_identical_comments_are_created_once(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}/comments"
    for number in range(3):
        body = {**COMMENT, "id": numbered(number + 1)}
        answers = await asyncio.gather(*(client.post(path, json=body) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert all(answer.json() == answers[0].json() for answer in answers)
    assert (await read_post(client, post["id"]))["version"] == 4


async def test_a_comment_answered_twice_is_not_refused_for_its_parent(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    parent = await comment_on(client, post["id"])
    body = {**COMMENT, "parent_id": parent["id"]}
    await comment_on(client, post["id"], **body)
    await client.delete(f"/posts/{post['id']}/comments/{parent['id']}")
    again = await client.post(f"/posts/{post['id']}/comments", json=body)
    assert (again.status_code, again.json()["parent_id"]) == (200, parent["id"])
