"""The examples in docs/use-from-your-code.md run on a blog and print what the page says."""

import ast
import inspect
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from everpost.app import create_api
from everpost.domain.comments import CommentStatus
from everpost.domain.posts import PostStatus
from everpost.models import Post
from everpost.settings import Settings
from everpost.stores.sql.store import SqlStore
from tests.contract.http.people import PEOPLE, add_people
from tests.contract.port.examples import MOMENT, comment_on, publish

PAGE = Path(__file__).parents[3] / "docs" / "use-from-your-code.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE_URL = "sqlite+aiosqlite:///everpost.db"
PAGE_SERVER = 'base_url="http://127.0.0.1:8000/api"'
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "mysql": "mysql+asyncmy"}
ANN = PEOPLE["author"]


@pytest.fixture
async def blog(store: SqlStore, url: str) -> AsyncIterator[FastAPI]:
    """The blog of the page, with its application."""
    await add_people(store)
    ann = ANN.user.author
    hello = await publish(store, title="Hello", slug="hello", author=ann, tags=("news", "welcome"))
    later = MOMENT + timedelta(days=1)
    await publish(store, title="Second", slug="second", author=ann, tags=("news",), publication_date=later)
    await publish(store, title="Third", slug="third", author=ann, status=PostStatus.DRAFT)
    first = await comment_on(store, hello.id, guest_name="A guest", content="The first comment.")
    thanks = {"author": ann, "content": "Thank you!", "publication_date": later}
    await comment_on(store, hello.id, parent_id=first.id, **thanks)  # type: ignore[arg-type]  # a dict of fields
    await comment_on(store, hello.id, parent_id=first.id, content="Buy!", status=CommentStatus.PENDING)
    await comment_on(store, hello.id, content="Spam", status=CommentStatus.SPAM)
    app = create_api(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        yield app


async def run(code: str, names: dict[str, Any]) -> None:
    """Run an example like `python -m asyncio`."""
    compiled = compile(code, str(PAGE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    outcome = eval(compiled, names)  # it comes from our own page
    if inspect.isawaitable(outcome):
        await outcome


@pytest.fixture
async def names(blog: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """The names that the examples use and define."""
    names: dict[str, Any] = {"TOKEN": ANN.secret, "transport": httpx.ASGITransport(blog)}
    yield names
    await names["engine"].dispose()


def blocks(own_url: str) -> list[tuple[str, str]]:
    """The examples with their languages, for a database at this URL and a client of this blog."""
    page = PAGE.read_text()
    assert page.count(f'"{PAGE_URL}"') == page.count(PAGE_SERVER) == 1
    page = page.replace(f'"{PAGE_URL}"', repr(own_url))
    return BLOCK.findall(page.replace(PAGE_SERVER, 'transport=transport, base_url="http://blog.example"'))


async def test_the_examples_print_what_the_page_says(
    engine_name: str, url: str, names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    own_url = make_url(url).set(drivername=DRIVERS[engine_name]).render_as_string(hide_password=False)
    summary = None
    for language, text in blocks(own_url):
        printed = capsys.readouterr().out
        assert printed == (text if language == "text" else "")
        if language == "python":
            await run(text, names)
        if "app" in names and summary is None:
            summary = await get_from(names["app"], "/summary/hello")
    assert summary is not None
    assert summary.json() == {"title": "Hello", "comments": ["The first comment.", "Thank you!"]}


@pytest.mark.usefixtures("blog")
async def test_a_session_deletes_nothing_and_loads_nothing_implicitly(
    engine_name: str, url: str, store: SqlStore
) -> None:
    engine = create_async_engine(make_url(url).set(drivername=DRIVERS[engine_name]))
    async with AsyncSession(engine) as session:
        post = (await session.scalars(select(Post).where(Post.slug == "hello"))).one()
        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
            _ = post.comments
        await session.delete(post)
        with pytest.raises(InvalidRequestError, match="written through its API"):
            await session.commit()
    await engine.dispose()
    assert await store.posts.find("hello", comments=0) is not None


async def get_from(app: FastAPI, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://own.example") as client:
        return await client.get(path)
