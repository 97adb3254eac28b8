"""Requests that these tests share, and the types of their responses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NotRequired, TypedDict

import httpx

from everpost.domain.ids import new_id
from tests.contract.http.people import Who, headers_of

UNKNOWN = "ffffffffffffffffffffffff"
"""An id that nothing has."""

PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    507: "Insufficient Storage",
}
"""RFC 9110, section 15. Python 3.11 has older words for two of them."""

POST_FIELDS = {
    "id",
    "title",
    "content",
    "publication_date",
    "updated_at",
    "version",
    "slug",
    "tags",
    "format",
    "status",
    "kind",
    "summary",
    "paths",
    "cover",
    "author",
    "comment_policy",
    "comment_count",
    "comments",
}
COMMENT_FIELDS = {
    "id",
    "post_id",
    "parent_id",
    "depth",
    "status",
    "author",
    "content",
    "publication_date",
    "updated_at",
    "reply_count",
    "revision",
}


class AuthorJson(TypedDict):
    id: NotRequired[str]
    name: str


class CommentJson(TypedDict):
    id: str
    post_id: str
    parent_id: str | None
    depth: int
    status: str
    author: AuthorJson | None
    content: str | None
    publication_date: str
    updated_at: str
    reply_count: int
    revision: str
    edited_at: NotRequired[str]
    edited_by: NotRequired[AuthorJson | None]
    edit_key: NotRequired[str]


class PostJson(TypedDict):
    id: str
    title: str
    content: str
    publication_date: str
    updated_at: str
    version: int
    slug: str
    tags: list[str]
    format: str
    status: str
    kind: str
    summary: str | None
    paths: list[str]
    cover: str | None
    author: AuthorJson | None
    comment_policy: str | None
    comment_count: int
    comments: list[CommentJson]


FieldJson = TypedDict("FieldJson", {"field": str, "in": str, "detail": str})


class ProblemJson(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldJson]]


def numbered(number: int) -> str:
    """An id whose place in the order of ids is easy to see."""
    return f"{number:024x}"


async def ask(
    client: httpx.AsyncClient,
    who: Who,
    method: str,
    path: str,
    *,
    json: object = None,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> httpx.Response:
    """Send a request as one of the people, or anonymously."""
    request = client.build_request(method, path, json=json, content=content, headers=headers)
    del request.headers["authorization"]
    request.headers.update(headers_of(who))
    return await client.send(request)


async def publish(client: httpx.AsyncClient, **fields: object) -> PostJson:
    # A slug of its own: to find a free one for the same title again and again takes its time.
    slug = {} if "title" in fields else {"slug": f"slug-{fields.get('id') or new_id()}"}
    body = {"title": "A title", "content": "Some content.", **slug, **fields}
    response = await client.post("/posts", json=body)
    assert response.status_code == HTTPStatus.CREATED, response.text
    post: PostJson = response.json()
    return post


async def comment_on(client: httpx.AsyncClient, post_id: str, **fields: object) -> CommentJson:
    response = await client.post(f"/posts/{post_id}/comments", json={"content": "A comment.", **fields})
    assert response.status_code == HTTPStatus.CREATED, response.text
    comment: CommentJson = response.json()
    return comment


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The response to a GET, which must succeed."""
    response = await client.get(path)
    assert response.status_code == HTTPStatus.OK, response.text
    return response


async def read_post(client: httpx.AsyncClient, post_id: str) -> PostJson:
    post: PostJson = (await read(client, f"/posts/{post_id}")).json()
    return post


async def etag(client: httpx.AsyncClient, path: str) -> str:
    return (await read(client, path)).headers["etag"]


async def listed(client: httpx.AsyncClient, path: str) -> list[str]:
    """The ids on one page."""
    return [row["id"] for row in (await read(client, path)).json()]


def next_page(response: httpx.Response) -> str | None:
    """The target of the `Link` of a page; None at the end of the list."""
    link = response.links.get("next")
    return None if link is None else link["url"]


async def walked(client: httpx.AsyncClient, path: str, *, is_at_rest: bool = True) -> list[str]:
    """The ids of a whole list, page by page, following the links. If others remove rows meanwhile, the last
    page may be empty.
    """
    ids: list[str] = []
    page: str | None = path
    while page is not None:
        response = await read(client, page)
        rows = [row["id"] for row in response.json()]
        assert rows or not is_at_rest, f"{page} is an empty page that a link led to"
        ids += rows
        page = next_page(response)
    return ids


def assert_problem(
    response: httpx.Response, status: int, *fields: str, detail: str | None = None
) -> ProblemJson:
    """Check that the response is a problem document (RFC 9457) with errors for exactly these fields."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: ProblemJson = response.json()
    assert problem["type"] == "about:blank"
    assert problem["title"] == PHRASES[status]
    assert problem["status"] == status
    assert problem["detail"]
    if detail is not None:
        assert problem["detail"] == detail
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail"}
    assert ("errors" in problem) == (status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}), (
        problem
    )
    errors = problem.get("errors", [])
    assert [set(error) for error in errors] == [{"field", "in", "detail"}] * len(errors), problem
    if fields:
        assert sorted(error["field"] for error in errors) == sorted(fields), problem
    return problem
