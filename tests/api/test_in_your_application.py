"""docs/in-your-application.md is true: its examples form a program that works."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.users import Role, User

PAGE = Path(__file__).parents[2] / "docs" / "in-your-application.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
FILE = "sqlite:///everpost.db"
OWN_FILE = "sqlite+aiosqlite:///everpost.db"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "mysql": "mysql+asyncmy"}
"""The databases that can also hold tables of the application's own."""
ANN = User(
    id=new_id(),
    name="Ann Author",
    email="ann@blog.example",
    role=Role.AUTHOR,
    created_at=now(),
    updated_at=now(),
)


@pytest.fixture
async def names(blog_url: str, store_name: str, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """The names that the examples define, in a running application."""
    names: dict[str, Any] = {"__name__": "main"}
    own_url = make_url(blog_url) if store_name in DRIVERS else make_url(f"sqlite:///{tmp_path}/own.db")
    own_url = own_url.set(drivername=DRIVERS.get(store_name, "sqlite+aiosqlite"))
    async with AsyncExitStack() as running:
        for example in EXAMPLES:
            code = example.replace(OWN_FILE, own_url.render_as_string(hide_password=False))
            exec(compile(code.replace(FILE, blog_url), str(PAGE), "exec"), names)
        app = names["app"]
        await running.enter_async_context(app.router.lifespan_context(app))
        yield names
        async with names["engine"].begin() as connection:
            await connection.run_sync(names["Base"].metadata.drop_all)
        await names["engine"].dispose()


@pytest.fixture
async def client(names: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    store = await names["blog_store"]()
    await store.users.add(ANN)
    transport = httpx.ASGITransport(names["app"])
    async with httpx.AsyncClient(transport=transport, base_url="http://site.example") as client:
        yield client


async def test_the_blog_is_mounted_in_another_application(client: httpx.AsyncClient) -> None:
    assert (await client.get("/blog/api/posts")).json() == []
    assert (await client.get("/blog/")).headers["content-type"].startswith("text/html")
    assert "/blog/api/openapi.json" in (await client.get("/blog/api/docs")).text


async def test_another_application_publishes_through_the_services(client: httpx.AsyncClient) -> None:
    published = await client.post("/releases/1.0")
    assert (published.status_code, published.json()) == (201, {"title": "Version 1.0", "slug": "version-1-0"})
    again = await client.post("/releases/1.0")
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "Another post, which may be in the trash, already has this slug.",
    )
    assert [post["author"]["name"] for post in (await client.get("/blog/api/posts")).json()] == [ANN.name]


async def test_another_application_has_tables_in_the_same_database(
    names: dict[str, Any], client: httpx.AsyncClient, store_name: str
) -> None:
    await client.post("/releases/1.0")
    post_id = (await client.get("/blog/api/posts")).json()[0]["id"]
    assert (await client.post(f"/downloads/{post_id}")).status_code == 204
    if store_name not in DRIVERS:  # the page puts the tables into a database of their own
        return
    async with names["Session"]() as session:
        assert await names["downloaded_posts"](session) == ["Version 1.0"]


async def test_the_test_on_the_page_passes(names: dict[str, Any], tmp_path: Path) -> None:
    tests = [each for name, each in names.items() if name.startswith("test_") and inspect.isfunction(each)]
    assert len(tests) == 1
    await tests[0](tmp_path)


def test_every_example_is_complete() -> None:
    assert len(EXAMPLES) == 4
    for example in EXAMPLES:
        ast.parse(example)


def test_the_package_gives_what_an_application_needs_and_imports_it_lazily() -> None:
    code = (
        "import sys, everpost; assert 'fastapi' not in sys.modules;"
        "from everpost import Settings, create_api, create_app;"
        "assert all(map(callable, (Settings, create_api, create_app)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
