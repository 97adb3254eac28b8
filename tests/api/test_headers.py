"""Headers for browsers: security, CORS and caching."""

import httpx
import pytest

from everpost.api.middleware.security_headers import SECURITY_HEADERS
from everpost.api.routing.dependencies import get_store
from everpost.domain.people.users import Role
from tests.api.conftest import Site, Sites

HERE = "https://blog.example"
ELSEWHERE = "https://evil.example"
NOBODY = "f" * 24


def preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,if-match",
    }


async def every_kind(site: Site) -> list[httpx.Response]:
    """Responses of every kind: a resource, an error, no content, a page, a preflight, a failure."""
    client = site.client
    answers = [
        await client.get("/posts"),
        await client.head("/posts"),
        await client.get("/nothing"),
        await client.put("/posts"),
        await client.post("/posts", content=b"{"),
        await client.get("/users"),
        await client.get("/posts", headers={"authorization": "Bearer x"}),
        await client.get("/docs"),
        await client.get("/openapi.json"),
        await client.get("/health/ready"),
        await client.options("/posts", headers=preflight(HERE)),
        await client.options("/posts", headers=preflight(ELSEWHERE)),
    ]

    async def break_down() -> None:
        raise RuntimeError

    site.app.dependency_overrides[get_store] = break_down
    answers.append(await client.get("/posts"))
    site.app.dependency_overrides.clear()
    return answers


@pytest.mark.parametrize("origins", [(), (HERE,)])
async def test_security_headers_are_on_every_response(sites: Sites, origins: tuple[str, ...]) -> None:
    site = await sites.open(cors_origins=origins)
    answers = await every_kind(site)
    assert {answer.status_code for answer in answers} >= {200, 401, 404, 405, 500}
    for answer in answers:
        for name in SECURITY_HEADERS:
            assert len(answer.headers.get_list(name)) == 1, (name, answer.request.url, answer.status_code)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_other_origins_are_not_allowed_by_default(site: Site) -> None:
    for answer in await every_kind(site):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_configured_origin_is_allowed(sites: Sites) -> None:
    site = await sites.open(cors_origins=(HERE,))
    asked = await site.client.options("/posts", headers=preflight(HERE))
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == HERE
    allowed = asked.headers["access-control-allow-methods"].split(", ")
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(allowed)
    assert asked.headers["access-control-allow-headers"] == "authorization,if-match"
    for path in ("/posts", "/nothing", "/users"):
        answer = await site.client.get(path, headers={"origin": HERE})
        assert answer.headers["access-control-allow-origin"] == HERE
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert exposed == ["ETag", "Link", "Location", "Retry-After", "X-Total-Count"]
        assert "access-control-allow-credentials" not in answer.headers


async def test_an_unconfigured_origin_is_not_allowed(sites: Sites) -> None:
    site = await sites.open(cors_origins=(HERE,))
    assert (await site.client.options("/posts", headers=preflight(ELSEWHERE))).status_code == 400
    answer = await site.client.get("/posts", headers={"origin": ELSEWHERE})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_response_that_depends_on_credentials_varies_on_them(site: Site) -> None:
    header = await site.showing(await site.user(Role.ADMIN))
    for path in ("/posts", "/users", "/settings"):
        for sent in ({}, header, {"authorization": "Bearer x"}):
            answer = await site.client.get(path, headers=sent)
            assert answer.headers["vary"] == "Authorization"
    for sent in ({}, header, {"x-edit-key": "k"}):
        answer = await site.client.get(f"/posts/{NOBODY}/comments/{NOBODY}", headers=sent)
        assert answer.headers["vary"] == "Authorization, X-Edit-Key"
    for path in ("/docs", "/health/live", "/openapi.json"):
        assert "vary" not in (await site.client.get(path)).headers


@pytest.mark.parametrize("sent", [{"authorization": "Bearer x"}, {"x-edit-key": "k"}])
async def test_responses_to_credentials_are_not_stored(site: Site, sent: dict[str, str]) -> None:
    token = await site.showing(await site.user(Role.ADMIN))
    post = (await site.client.post("/posts", json={"title": "T", "content": "C"}, headers=token)).json()["id"]
    for headers in (sent, token, token | sent):
        for method, path in [
            ("GET", "/posts"),
            ("HEAD", "/posts"),
            ("GET", f"/posts/{post}"),
            ("GET", f"/posts/{post}/comments"),
            ("GET", f"/posts/{post}/comments/{NOBODY}"),
            ("GET", "/posts?status=draft"),
            ("GET", "/comments"),
            ("GET", "/users"),
            ("GET", "/users/me"),
            ("GET", "/tokens"),
            ("GET", "/settings"),
            ("GET", "/nothing"),
            ("PUT", "/posts"),
            ("POST", "/posts"),
            ("DELETE", f"/posts/{NOBODY}"),
        ]:
            answer = await site.client.request(method, path, headers=headers)
            assert answer.headers["cache-control"] == "private, no-store", (method, path)


async def test_public_responses_may_be_cached_and_errors_may_not(site: Site) -> None:
    for answer in await every_kind(site):
        if answer.request.headers.get("authorization"):
            continue
        kept = "no-store" if answer.status_code >= 400 or "/health/" in str(answer.url) else "no-cache"
        assert answer.headers["cache-control"] == kept, (answer.request.method, answer.url)


async def test_requests_with_a_token_get_304(site: Site) -> None:
    token = await site.showing(await site.user(Role.ADMIN))
    for path in ("/posts", "/users", "/users/me", "/settings", "/tokens", "/comments"):
        first = await site.client.get(path, headers=token)
        again = await site.client.get(path, headers=token | {"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-store")
        assert again.headers["vary"] == "Authorization"
