"""Conformance to HTTP: methods, media types, sizes, and problem documents."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.contract.http.calls import UNKNOWN, assert_problem, comment_on, listed, publish, read, read_post

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")

JSON = {"content-type": "application/json"}
MEBIBYTE = 1024 * 1024
LARGEST_BODY = 2 * MEBIBYTE


def padded(size: int, **fields: str) -> bytes:
    """A JSON object of exactly this many bytes, padded with spaces."""
    return json.dumps(fields).encode().ljust(size)


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    """The body in chunks, without a Content-Length."""
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    await publish(client)
    path = f"/posts/{post['id']}"
    paths = [
        "/posts?limit=1&count=true",
        path,
        f"{path}/comments?limit=1",
        f"{path}/comments/{comment['id']}",
    ]
    for each in [*paths, "/health/live", "/health/ready", "/openapi.json"]:
        head, get = await client.head(each), await read(client, each)
        assert head.status_code == 200, each
        assert head.content == b""
        assert dict(head.headers) == dict(get.headers), each
    for each in ("/posts?limit=x", "/posts/malformed", f"/posts/{UNKNOWN}", "/nowhere"):
        head, get = await client.head(each), await client.get(each)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert dict(head.headers) == dict(get.headers), each


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/posts", "GET, HEAD, POST"),
        ("/posts/{post}", "DELETE, GET, HEAD, PATCH"),
        ("/posts/{post}/comments", "GET, HEAD, POST"),
        ("/posts/{post}/comments/{comment}", "DELETE, GET, HEAD, PATCH"),
        ("/health/live", "GET, HEAD"),
        ("/health/ready", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
async def test_an_unsupported_method_gets_the_allow_header(
    client: httpx.AsyncClient, path: str, allowed: str
) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    where = path.format(post=post["id"], comment=comment["id"])
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"):
        if method not in allowed.split(", "):
            response = await client.request(method, where)
            assert_problem(response, 405)
            assert ", ".join(sorted(response.headers["allow"].split(", "))) == allowed, method
    assert await listed(client, "/posts") == [post["id"]]


async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    for path in ("/", "/nowhere", "/post", "/posts/a/b", "/posts//comments", "/health", "/Posts"):
        for method in ("GET", "POST", "DELETE"):
            with subtests.test(method=method, path=path):
                assert_problem(await client.request(method, path), 404)


async def test_a_validation_problem_names_the_field_and_where_it_was(client: httpx.AsyncClient) -> None:
    response = await client.post("/posts", json={"title": "", "content": "…", "colour": "red"})
    problem = assert_problem(response, 422, "title", "colour")
    assert {error["in"] for error in problem["errors"]} == {"body"}
    assert all(error["detail"] for error in problem["errors"])


async def test_a_problem_document_has_exactly_these_fields(client: httpx.AsyncClient) -> None:
    response = await client.get("/posts/not-an-id")
    assert response.headers["content-type"] == "application/problem+json"
    detail = response.json()["detail"]
    assert response.json() == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": detail}
    await publish(client, slug="taken")
    response = await client.post("/posts", json={"title": "T", "content": "C", "slug": "taken"})
    detail = "Another post, which may be in the trash, already has this slug."
    assert response.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": detail,
        "errors": [{"field": "slug", "in": "body", "detail": detail}],
    }


async def test_a_body_that_is_not_json_is_a_bad_request(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    for sent in (b"", b"{", b"nothing", b"{'title': 'T'}", b'{"title": "T",}', b"\xff", b'{"a": 01}'):
        with subtests.test(sent=sent):
            assert_problem(await client.post("/posts", content=sent, headers=JSON), 400)
            assert_problem(await client.patch(path, content=sent, headers=JSON), 400)
            assert_problem(await client.post(f"{path}/comments", content=sent, headers=JSON), 400)
    assert await read_post(client, post["id"]) == post


OTHER_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "json",
    "*/*",
    "",
)


async def test_a_body_with_another_media_type_is_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    body = b'{"title": "T", "content": "C"}'
    for media_type in OTHER_TYPES:
        with subtests.test(media_type=media_type):
            headers = {"content-type": media_type}
            assert_problem(await client.post("/posts", content=body, headers=headers), 415)
    assert await listed(client, "/posts") == []


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;a=b"]
)
async def test_json_is_accepted_with_any_parameter(client: httpx.AsyncClient, media_type: str) -> None:
    body = '{"title": "Tïtle", "content": "C"}'.encode()
    response = await client.post("/posts", content=body, headers={"content-type": media_type})
    assert (response.status_code, response.json()["title"]) == (201, "Tïtle")


async def test_a_body_of_two_mebibytes_is_accepted_and_a_byte_more_is_refused(
    client: httpx.AsyncClient,
) -> None:
    def body(size: int) -> bytes:
        return padded(size, title="T", content="C")

    largest = await client.post("/posts", content=body(LARGEST_BODY), headers=JSON)
    chunked = await client.post("/posts", content=pieces(body(LARGEST_BODY)), headers=JSON)
    assert [largest.status_code, chunked.status_code] == [201, 201]
    before = await listed(client, "/posts")
    path = f"/posts/{before[0]}"
    for size in (LARGEST_BODY + 1, 3 * MEBIBYTE):
        assert_problem(await client.post("/posts", content=body(size), headers=JSON), 413)
        assert_problem(await client.post("/posts", content=pieces(body(size)), headers=JSON), 413)
        assert_problem(await client.patch(path, content=padded(size, title="X"), headers=JSON), 413)
        assert_problem(
            await client.post(f"{path}/comments", content=pieces(padded(size, content="X")), headers=JSON),
            413,
        )
    assert await listed(client, "/posts") == before
    assert (await read_post(client, before[0]))["version"] == 1


async def test_a_false_content_length_does_not_evade_the_limit(client: httpx.AsyncClient) -> None:
    body = padded(3 * MEBIBYTE, title="T", content="C")
    response = await client.post("/posts", content=pieces(body), headers={**JSON, "content-length": "10"})
    assert_problem(response, 413)
    assert await listed(client, "/posts") == []


async def test_liveness_and_readiness_are_ok(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/health/ready"):
        response = await read(client, path)
        assert response.headers["content-type"] == "application/json"


async def test_the_contract_can_be_read_by_people_and_machines(client: httpx.AsyncClient) -> None:
    docs = await read(client, "/docs")
    assert docs.headers["content-type"].startswith("text/html")
    document = (await read(client, "/openapi.json")).json()
    assert set(document["paths"]) >= {
        "/posts",
        "/posts/{post_id}",
        "/posts/{post_id}/comments",
        "/posts/{post_id}/comments/{comment_id}",
        "/health/live",
        "/health/ready",
    }


async def test_the_document_states_every_status_with_its_problem(client: httpx.AsyncClient) -> None:
    document = (await read(client, "/openapi.json")).json()
    expected = {
        ("/posts", "get"): {"200", "304", "401", "422", "503"},
        ("/posts", "post"): {"200", "201", "400", "401", "403", "408", "409", "413", "415", "422", "503"},
        ("/posts/{post_id}", "get"): {"200", "304", "401", "404", "422", "503"},
        ("/posts/{post_id}", "patch"): {
            "200",
            "400",
            "401",
            "403",
            "404",
            "408",
            "409",
            "412",
            "413",
            "415",
            "422",
            "503",
        },
        ("/posts/{post_id}", "delete"): {"204", "401", "403", "404", "412", "503"},
        ("/comments/trash", "get"): {"200", "304", "401", "403", "422", "503"},
        ("/posts/{post_id}/comments/{comment_id}/restore", "post"): {
            "200",
            "401",
            "403",
            "404",
            "409",
            "503",
        },
        ("/posts/{post_id}/restore", "post"): {"200", "401", "403", "404", "409", "412", "503"},
        ("/posts/{post_id}/comments", "get"): {"200", "304", "401", "404", "422", "503"},
        ("/posts/{post_id}/comments", "post"): {
            "200",
            "201",
            "400",
            "401",
            "403",
            "404",
            "408",
            "409",
            "413",
            "415",
            "422",
            "429",
            "503",
        },
        ("/posts/{post_id}/comments/{comment_id}", "get"): {"200", "304", "401", "404", "503"},
        ("/posts/{post_id}/comments/{comment_id}", "patch"): {
            "200",
            "400",
            "401",
            "403",
            "404",
            "408",
            "412",
            "428",
            "429",
            "413",
            "415",
            "422",
            "503",
        },
        ("/posts/{post_id}/comments/{comment_id}", "delete"): {"204", "401", "403", "404", "412", "503"},
    }
    for (path, method), statuses in expected.items():
        responses = document["paths"][path][method]["responses"]
        assert set(responses) == statuses, (path, method)
        problems = {status for status in responses if status >= "400"}
        assert all(list(responses[status]["content"]) == ["application/problem+json"] for status in problems)
