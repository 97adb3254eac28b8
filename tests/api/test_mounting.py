"""A blog under a path of another application, which does not run its lifespan."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from everpost.api.routing.route import CallRoute
from everpost.app import create_api, create_app
from everpost.domain.people.tokens import new_secret
from everpost.domain.reserved import is_reserved
from everpost.settings import Settings

ADMIN = new_secret()
PATHS = ("/", "/api/posts", "/health/live", "/health/ready")
MOUNTS = {"the whole blog": (create_app, "/our blog/api"), "the API alone": (create_api, "/our blog")}
POST = {"title": "Hello", "content": "The first post."}


@pytest.fixture(params=MOUNTS)
def mount(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def root(mount: str) -> str:
    """The path of the API."""
    return MOUNTS[mount][1]


@pytest.fixture
async def site(mount: str, blog_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with a blog under `/our blog`; it sends the token of the admin."""
    application = FastAPI()
    create, _ = MOUNTS[mount]
    blog = create(Settings(database_url=f"sqlite:///{blog_file}", admin_token=ADMIN))
    application.mount("/our blog", blog)
    async with client_of(application, headers={"authorization": f"Bearer {ADMIN}"}) as client:
        yield client
    await blog.state.lifecycle.close()


def client_of(application: FastAPI, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application)
    return httpx.AsyncClient(transport=transport, base_url="http://site.example", headers=headers)


async def test_the_first_requests_open_the_store_once_and_all_are_answered(
    site: httpx.AsyncClient, root: str
) -> None:
    answers = await asyncio.gather(*(site.get(f"{root}/posts") for _ in range(8)))
    assert [answer.json() for answer in answers] == [[]] * 8


async def test_a_location_leads_to_the_new_post(site: httpx.AsyncClient, root: str) -> None:
    created = await site.post(f"{root}/posts", json=POST)
    assert created.headers["location"] == f"{quote(root)}/posts/{created.json()['id']}"
    assert (await site.get(created.headers["location"])).json() == created.json()


async def test_the_shortcut_for_readers_works_below_every_path(
    site: httpx.AsyncClient, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = (await site.post(f"{root}/posts", json=POST)).headers["location"]
    del site.headers["authorization"]
    whole = await site.get(post)
    assert (await site.get(post, headers={"if-none-match": whole.headers["etag"]})).status_code == 304
    monkeypatch.setattr(CallRoute, "matches", None)  # the routes are not asked
    assert (await site.get(post)).json() == whole.json()


async def test_a_location_leads_to_the_new_comment(site: httpx.AsyncClient, root: str) -> None:
    post = (await site.post(f"{root}/posts", json=POST)).headers["location"]
    comment = await site.post(f"{post}/comments", json={"content": "Yes."})
    assert (await site.get(comment.headers["location"])).json() == comment.json()


async def test_links_lead_through_all_pages(site: httpx.AsyncClient, root: str) -> None:
    ids = [(await site.post(f"{root}/posts", json=POST)).json()["id"] for _ in range(5)]
    seen = []
    address: str | None = f"{root}/posts?limit=2&comments=0&skip=0"
    while address is not None:
        page = await site.get(address)
        seen += [post["id"] for post in page.json()]
        address = page.links["next"]["url"] if "next" in page.links else None
    assert seen == ids[::-1]


async def test_the_openapi_document_names_the_root(site: httpx.AsyncClient, root: str) -> None:
    assert (await site.get(f"{root}/openapi.json")).json()["servers"] == [{"url": root}]
    page = await site.get(f"{root}/docs")
    assert f"{root}/openapi.json" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for file in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert (await site.get(file)).status_code == 200


async def test_an_unsupported_method_is_405(site: httpx.AsyncClient, root: str) -> None:
    answer = await site.put(f"{root}/posts")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_the_whole_blog_has_pages_the_api_and_probes(blog_file: Path) -> None:
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}"))
    async with blog.router.lifespan_context(blog), client_of(blog) as client:
        found = {path: await client.get(path) for path in PATHS}
        kinds = {path: answer.headers["content-type"] for path, answer in found.items()}
        assert kinds == {
            "/": "text/html; charset=utf-8",
            "/api/posts": "application/json",
            "/health/live": "application/json",
            "/health/ready": "application/json",
        }
        assert {answer.status_code for answer in found.values()} == {200}
        for path in ("/posts", "/apis", "/docs", "/openapi.json"):
            missing = await client.get(path)
            assert (missing.status_code, missing.headers["content-type"]) == (404, kinds["/"])
        for path in ("/api", "/api/", "/api/nothing", "/health/nothing"):
            missing = await client.get(path)
            assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


def test_no_slug_can_take_the_place_of_another_page(blog_file: Path) -> None:
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}"))
    paths = [*(route.path for route in blog.routes if isinstance(route, Route | Mount)), *PATHS]
    first = {path.split("/")[1].replace("{number}", "1") for path in paths}
    segments = {segment for segment in first if segment and not segment.startswith("{")}
    assert "tags" in segments
    assert all(map(is_reserved, segments))


async def test_a_server_may_pass_paths_without_the_root_path(blog_file: Path) -> None:
    """As Starlette, it also serves behind a proxy that removes the prefix, if the server does not add it."""
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}", admin_token=ADMIN))
    transport = httpx.ASGITransport(blog, root_path="/blog")
    headers = {"authorization": f"Bearer {ADMIN}"}
    async with (
        blog.router.lifespan_context(blog),
        httpx.AsyncClient(transport=transport, base_url="http://site.example", headers=headers) as client,
    ):
        created = await client.post("/api/posts", json=POST)
        assert created.headers["location"] == f"/blog/api/posts/{created.json()['id']}"
        read = await client.get(f"/api/posts/{created.json()['id']}")
        assert read.json() == created.json()
        assert (await client.get("/")).status_code == (await client.get("/health/live")).status_code == 200


async def test_the_next_request_retries_an_unreachable_database(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    blog = create_api(Settings(database_url=f"sqlite:///{folder}/blog.db"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(blog), base_url="http://blog.example"
    ) as client:
        early = await client.get("/posts")
        assert (early.status_code, early.headers["retry-after"]) == (503, "1")
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
        folder.mkdir()
        assert (await client.get("/posts")).json() == []
    await blog.state.lifecycle.close()


async def test_a_malformed_token_in_the_settings_grants_no_access(tmp_path: Path) -> None:
    blog = create_api(Settings(database_url=f"sqlite:///{tmp_path}/blog.db", admin_token="x"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(blog), base_url="http://blog.example"
    ) as client:
        assert [(await client.get("/posts")).status_code for _ in range(2)] == [503, 503]
    await blog.state.lifecycle.close()
