"""A blog under a path of another application, which does not run its lifespan."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from everpost.app import create_app
from everpost.domain.people.tokens import new_secret
from everpost.settings import Settings

ADMIN = new_secret()
POST = {"title": "Hello", "content": "The first post."}


@pytest.fixture
async def site(blog_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with a blog under `/our blog`; it sends the token of the admin."""
    application = FastAPI()
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}", admin_token=ADMIN))
    application.mount("/our blog", blog)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application),
        base_url="http://site.example",
        headers={"authorization": f"Bearer {ADMIN}"},
    ) as client:
        yield client
    await blog.state.lifecycle.close()


async def test_the_first_requests_open_the_store_once_and_all_are_answered(site: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(site.get("/our blog/posts") for _ in range(8)))
    assert [answer.json() for answer in answers] == [[]] * 8


async def test_a_location_leads_to_the_new_post(site: httpx.AsyncClient) -> None:
    created = await site.post("/our blog/posts", json=POST)
    assert created.headers["location"] == f"/our%20blog/posts/{created.json()['id']}"
    assert (await site.get(created.headers["location"])).json() == created.json()


async def test_a_location_leads_to_the_new_comment(site: httpx.AsyncClient) -> None:
    post = (await site.post("/our blog/posts", json=POST)).headers["location"]
    comment = await site.post(f"{post}/comments", json={"content": "Yes."})
    assert (await site.get(comment.headers["location"])).json() == comment.json()


async def test_links_lead_through_all_pages(site: httpx.AsyncClient) -> None:
    ids = [(await site.post("/our blog/posts", json=POST)).json()["id"] for _ in range(5)]
    seen = []
    address: str | None = "/our blog/posts?limit=2&comments=0&skip=0"
    while address is not None:
        page = await site.get(address)
        seen += [post["id"] for post in page.json()]
        address = page.links["next"]["url"] if "next" in page.links else None
    assert seen == ids[::-1]


async def test_the_description_says_where_the_blog_is(site: httpx.AsyncClient) -> None:
    assert (await site.get("/our blog/openapi.json")).json()["servers"] == [{"url": "/our blog"}]
    assert "/our blog/openapi.json" in (await site.get("/our blog/docs")).text


async def test_an_unsupported_method_is_405(site: httpx.AsyncClient) -> None:
    answer = await site.put("/our blog/posts")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_the_next_request_retries_an_unreachable_database(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    blog = create_app(Settings(database_url=f"sqlite:///{folder}/blog.db"))
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
    blog = create_app(Settings(database_url=f"sqlite:///{tmp_path}/blog.db", admin_token="x"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(blog), base_url="http://blog.example"
    ) as client:
        assert [(await client.get("/posts")).status_code for _ in range(2)] == [503, 503]
    await blog.state.lifecycle.close()
