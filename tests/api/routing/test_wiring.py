"""The wiring of the application: its store, error handling and OpenAPI document."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute

from everpost.api.routing.dependencies import get_store
from everpost.app import create_api
from everpost.domain.clock import now
from everpost.domain.people.tokens import new_secret
from everpost.domain.rate_limits import WINDOW, Limit
from everpost.errors import Busy, EverpostError, Forbidden, Stale, TooMany, Unauthenticated
from everpost.services.accounts.bootstrap import keep_given_token
from everpost.services.maintenance import task
from everpost.services.maintenance.task import MaintenanceTask
from everpost.settings import Settings
from everpost.stores import open_store
from everpost.stores.port import Store

SECRET = "a secret of the server"
ADMIN = new_secret()


@pytest.fixture
async def app(blog_file: Path) -> AsyncIterator[FastAPI]:
    """A blog in a file; its lifespan runs."""
    app = create_api(Settings(database_url=f"sqlite:///{blog_file}", admin_token=ADMIN))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://blog.example",
        headers={"authorization": f"Bearer {ADMIN}"},
    ) as client:
        yield client


async def test_the_store_can_be_overridden(app: FastAPI, client: httpx.AsyncClient, tmp_path: Path) -> None:
    other = await open_store(f"sqlite:///{tmp_path}/other.db", timeout=5, pool_size=1)
    await keep_given_token(other, ADMIN)

    async def get_other() -> Store:
        return other

    app.dependency_overrides[get_store] = get_other
    created = await client.post("/posts", json={"title": "There", "content": ""})
    app.dependency_overrides.clear()
    assert (await client.get(created.headers["location"])).status_code == 404
    assert (await other.posts.get(created.json()["id"], comments=0)).title == "There"
    await other.close()


async def test_an_unexpected_error_is_a_500_and_is_logged(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def break_down() -> Store:
        raise RuntimeError(SECRET)

    app.dependency_overrides[get_store] = break_down
    with structlog.testing.capture_logs() as logged:
        answer = await client.get("/posts")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Internal Server Error"
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert [(line["event"], line["path"]) for line in logged] == [("unexpected error", "/posts")]


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (Busy(), 503, "1"),
        (Stale("post", "x"), 412, None),
        (Forbidden("Not you."), 403, None),
        (Unauthenticated(), 401, None),
        (TooMany("Too often.", retry_after=7), 429, "7"),
        (EverpostError(SECRET), 500, None),
    ],
)
async def test_an_error_has_the_status_of_the_table(
    app: FastAPI, client: httpx.AsyncClient, error: EverpostError, status: int, retry_after: str | None
) -> None:
    async def fail() -> Store:
        raise error

    app.dependency_overrides[get_store] = fail
    answer = await client.get("/posts")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry_after)
    assert answer.json()["status"] == status
    assert SECRET not in answer.text


async def test_every_endpoint_is_described_with_problems_of_one_form(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    document = (await client.get("/openapi.json")).json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert described == {(method, route.path) for route in routes for method in route.methods or ()}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    schema = answer["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}
                    assert list(answer["content"]) == ["application/problem+json"]


async def test_head_has_the_headers_of_get_and_no_body(client: httpx.AsyncClient) -> None:
    created = await client.post("/posts", json={"title": "a", "content": "b"})
    paths = [
        created.headers["location"],
        "/posts",
        "/users",
        "/settings",
        "/health/live",
        "/health/ready",
        "/docs",
        "/openapi.json",
    ]
    for path in paths:
        got, asked = await client.get(path), await client.head(path)
        assert asked.status_code == 200
        assert asked.headers == got.headers
        assert asked.content == b""


async def test_the_document_stays_the_same(client: httpx.AsyncClient) -> None:
    documents = [(await client.get("/openapi.json")).json() for _ in range(2)]
    assert documents[0] == documents[1]


async def test_expired_rate_limits_are_deleted_when_a_blog_is_opened(blog_file: Path) -> None:
    url = f"sqlite:///{blog_file}"
    began = now() - 2 * WINDOW
    store = await open_store(url, timeout=5, pool_size=1)
    try:
        await store.limits.hit([Limit("key")], began)
        app = create_api(Settings(database_url=url))
        async with app.router.lifespan_context(app):
            (tally,) = await store.limits.hit([Limit("key")], began)
            assert tally.count == 1
    finally:
        await store.close()


async def test_expired_rate_limits_are_deleted_periodically(
    blog_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "INTERVAL", 0.001)
    store = await open_store(f"sqlite:///{blog_file}", timeout=5, pool_size=2)
    forgetter = await MaintenanceTask.start(store)
    try:
        began = now() - 2 * WINDOW
        async with asyncio.timeout(30):
            await store.limits.hit([Limit("key")], began)
            while [tally.count for tally in await store.limits.hit([Limit("key")], began)] != [1]:
                pass
    finally:
        await forgetter.stop()
        await store.close()
