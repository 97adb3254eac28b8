"""Routes with a dependency plan respond exactly as FastAPI would."""

from typing import Any

import pytest

from everpost.api.routing.route import CallRoute
from everpost.domain.people.users import Role
from tests.api.conftest import Site

POST_ID = "0123456789abcdef01234567"
NOBODY = "f" * 24
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/posts", {}),
    ("GET", "/posts?limit=1&limit=2&skip=0&unknown=1", {}),
    ("GET", "/posts?limit=x&skip=-1&sort=none&comments=1e3&count=yes", {}),
    ("GET", "/posts?slug=%00&tag=%00&author=1&after=no", {}),
    ("GET", f"/posts/{POST_ID}", {}),
    ("GET", f"/posts/{POST_ID}", {"headers": {"if-none-match": "*"}}),
    ("GET", f"/posts/{POST_ID}?comments=x", {}),
    ("GET", f"/posts/{POST_ID.upper()}?comments=3", {}),
    ("GET", "/posts/1", {}),
    ("GET", "/posts/1?comments=x", {}),
    ("GET", f"/posts/{NOBODY}", {}),
    ("GET", f"/posts/{POST_ID}", {"headers": {"authorization": "Basic x"}}),
    ("GET", f"/posts/{POST_ID}", {"headers": {"authorization": "Bearer x"}}),
    ("GET", f"/posts/{POST_ID}/comments?view=tree&parent=x", {}),
    ("GET", f"/posts/{POST_ID}/comments?parent={NOBODY}&limit=2", {}),
    ("GET", "/users/me", {}),
    ("GET", "/users?limit=x", {}),
    ("GET", "/users/me", {"headers": {"authorization": ""}}),
    ("GET", "/comments?status=none", {}),
    ("POST", f"/posts/{POST_ID}/comments", {"json": {"content": 1, "name": None}}),
    ("POST", f"/posts/{NOBODY}/comments", {"json": {"content": "x"}}),
    ("POST", "/posts", {"json": {"title": "", "unknown": 1}}),
    ("POST", "/posts", {"json": []}),
    ("POST", "/posts", {"content": b"{", "headers": {"content-type": "application/json"}}),
    ("POST", "/posts", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
    ("POST", "/posts", {}),
    ("POST", "/posts", {"json": {"title": "x"}, "headers": {"authorization": ""}}),
    ("PATCH", f"/posts/{POST_ID}", {"json": {}, "headers": {"if-match": '"1-0-0000000000000000"'}}),
    ("PATCH", f"/posts/{POST_ID}", {"json": {"content": None, "slug": 1}}),
    ("DELETE", f"/posts/{POST_ID}", {"headers": {"if-match": '"x"'}}),
    ("DELETE", f"/users/{NOBODY}", {}),
    ("DELETE", f"/users/{NOBODY}?posts=keep", {}),
    ("POST", "/comments/decisions", {"json": [{"id": "x", "status": "approved"}]}),
    ("POST", "/login", {"data": {"username": "nobody@blog.example", "password": "x"}}),
    ("POST", "/login", {"data": {"username": "nobody@blog.example"}}),
    ("PUT", f"/posts/{POST_ID}", {"json": {}}),
]


async def unrelated() -> None:
    """A dependency of no endpoint."""


@pytest.mark.parametrize("request_", REQUESTS, ids=[f"{method} {path}" for method, path, _ in REQUESTS])
async def test_a_response_equals_that_of_fastapi(
    site: Site, request_: tuple[str, str, dict[str, Any]]
) -> None:
    method, path, options = request_
    admin = await site.user(Role.ADMIN)
    headers = await site.showing(admin)
    new = {"id": POST_ID, "title": "Title", "content": "", "publication_date": "2026-01-01T00:00:00Z"}
    assert (await site.client.post("/posts", json=new, headers=headers)).status_code == 201
    options = {**options, "headers": {**headers, **options.get("headers", {})}}
    ours = await site.client.request(method, path, **options)
    site.app.dependency_overrides[unrelated] = unrelated
    fastapis = await site.client.request(method, path, **options)
    assert (ours.status_code, ours.headers, ours.content) == (
        fastapis.status_code,
        fastapis.headers,
        fastapis.content,
    )


def test_every_route_of_the_contract_is_fast(site: Site) -> None:
    routes = [route for route in site.app.routes if isinstance(route, CallRoute)]
    assert len(routes) > 20
    assert [route.path for route in routes if not route.is_fast] == []
