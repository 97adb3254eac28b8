"""The fast path for public posts, whose responses equal those of the route."""

import httpx
import pytest
from fastapi import FastAPI

from everpost.domain.people.users import Role
from tests.api.conftest import Site

POST, DRAFT, NOTHING = "0123456789abcdef01234567", "0123456789abcdef01234568", "f" * 24
REQUESTS: list[tuple[str, str, dict[str, str]]] = [
    ("GET", POST, {}),
    ("GET", POST, {"if-none-match": "{tag}"}),
    ("GET", POST, {"if-none-match": 'W/"x", W/{tag}'}),
    ("GET", POST, {"if-none-match": "*"}),
    ("GET", POST, {"if-none-match": '"x"'}),
    ("HEAD", POST, {}),
    ("HEAD", POST, {"if-none-match": "{tag}"}),
    ("GET", POST, {"x-edit-key": "x"}),
    ("GET", POST, {"authorization": ""}),
    ("GET", POST, {"authorization": "Bearer x"}),
    ("GET", POST.upper(), {}),
    ("GET", f"{POST}?comments=x", {}),
    ("GET", f"{POST}%0A", {}),
    ("GET", f"{POST}/", {}),
    ("GET", DRAFT, {}),
    ("GET", NOTHING, {}),
    ("PUT", POST, {}),
]


async def nothing() -> None:
    """A dependency of no endpoint; overriding it makes FastAPI resolve every request."""


@pytest.fixture
async def site(site: Site) -> Site:
    admin = await site.showing(await site.user(Role.ADMIN))
    for name, status in ((POST, "published"), (DRAFT, "draft")):
        post = {"id": name, "title": "Title", "content": "Text", "status": status}
        assert (await site.client.post("/posts", json=post, headers=admin)).status_code == 201
    return site


async def long_way(
    app: FastAPI, client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> httpx.Response:
    app.dependency_overrides[nothing] = nothing
    try:
        return await client.request(method, path, headers=headers)
    finally:
        del app.dependency_overrides[nothing]


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
async def test_the_response_equals_that_of_the_route(
    site: Site, request_: tuple[str, str, dict[str, str]]
) -> None:
    method, name, sent = request_
    tag = (await site.client.get(f"/posts/{POST}")).headers["etag"]
    headers = {key: value.replace("{tag}", tag) for key, value in sent.items()}
    for _ in range(2):  # the second is answered from what the first left behind
        short = await site.client.request(method, f"/posts/{name}", headers=headers)
        long = await long_way(site.app, site.client, method, f"/posts/{name}", headers)
        assert (short.status_code, short.headers, short.content) == (
            long.status_code,
            long.headers,
            long.content,
        )


async def test_a_mounted_blog_uses_the_fast_path_too(site: Site) -> None:
    around = FastAPI()
    around.mount("/blog", site.app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(around), base_url="http://blog.example"
    ) as client:
        mounted = await client.get(f"/blog/posts/{POST}")
    assert mounted.content == (await site.client.get(f"/posts/{POST}")).content
    assert mounted.headers["vary"] == "Authorization"
