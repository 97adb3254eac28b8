"""Themes: a folder replaces single templates and files. One that cannot be used is refused at the start."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from devtools import theme_variables
from jinja2 import PackageLoader

from everpost.app import check_theme, create_app
from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.errors import Misconfigured
from everpost.settings import Settings, read_settings
from everpost.stores.port import Store
from everpost.web import contexts
from tests.contract.pages.html import Page
from tests.contract.port.examples import a_comment, a_post, a_user, comment_on, publish, publish_thread

EXAMPLE = Path(__file__).parents[2] / "examples" / "newspaper"
FORM = {"content-type": "application/x-www-form-urlencoded"}

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes a theme with these files."""

    def write(files: dict[str, str]) -> Path:
        theme = tmp_path / "theme"
        theme.mkdir()
        for name, content in files.items():
            (theme / name).parent.mkdir(parents=True, exist_ok=True)
            (theme / name).write_text(content)
        return theme

    return write


@asynccontextmanager
async def reading(blog_file: Path, theme: Path | None) -> AsyncIterator[tuple[httpx.AsyncClient, Store]]:
    """A client of a blog with this theme, and its store."""
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}", theme=theme))
    async with blog.router.lifespan_context(blog):
        transport = httpx.ASGITransport(blog, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://site.example") as client:
            yield client, await blog.state.lifecycle.store()


async def test_the_example_renders_every_page(blog_file: Path) -> None:
    async with reading(blog_file, EXAMPLE) as (client, store):
        assert Page(await client.get("/")).one("//h1[@class='masthead']") == "Blog"
        ann = a_user(name="Ann Author")
        await store.users.add(ann)
        await publish(store, title="Hello", slug="hello", author=ann.author, tags=("news",))
        long = a_post(slug="long", publication_date=now())
        await publish_thread(store, long, [a_comment(long.id, guest_name="Gus") for _ in range(101)])
        later = Page(await client.get("/long")).one("//a[@rel='next']/@href").partition("#")[0]
        sent = await client.post("/hello", content="name=Eve&content=Hello", headers=FORM)
        paths = ["/", "/hello", "/tags", "/tags/news", f"/authors/{ann.id}", "/archive", "/feeds", later]
        used = set()
        for path in (*paths, "/missing", sent.headers["location"]):
            answer = await client.get(path)
            assert answer.status_code == (404 if path == "/missing" else 200), path
            page = Page(answer)
            styles = page.all("//link[@rel='stylesheet']/@href")
            assert re.fullmatch(r"/static/theme-[0-9a-f]{16}/newspaper\.css", styles[-1])
            assert len(styles) == 2
            used.update(styles)
        for style in used:
            answer = await client.get(style)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
            assert "immutable" in answer.headers["cache-control"]
        assert (await client.get("/static/theme-0123456789abcdef/newspaper.css")).status_code == 404


async def test_a_theme_replaces_single_templates_and_files(blog_file: Path, write: Write) -> None:
    theme = write(
        {
            "templates/public/post.html": "{% include 'parts/mine.html' %}{{ site.assets['fonts/a.woff2'] }}",
            "templates/parts/mine.html": "<h1>{{ post.title }}</h1>",
            "templates/parts/.hidden": "",
            "static/blog.css": "body { color: red }",
            "static/fonts/a.woff2": "A font",
            "static/.hidden": "",
        }
    )
    async with reading(blog_file, theme) as (client, store):
        post = await publish(store, title="A & B", slug="post")
        await comment_on(store, post.id, guest_name="Gus")
        html = (await client.get("/post")).text
        assert html.startswith("<h1>A &amp; B</h1>/static/theme-")
        style = Page(await client.get("/")).one("//link[@rel='stylesheet']/@href")
        assert (await client.get(style)).text == "body { color: red }"
        answer = await client.get(str(httpx.URL(f"http://site.example{style}").join("fonts/a.woff2")))
        assert (answer.text, answer.headers["content-type"]) == ("A font", "font/woff2")
        assert "font-src 'self'" in (await client.get("/")).headers["content-security-policy"]
    (theme / "static/fonts/a.woff2").write_text("Another font")
    async with reading(blog_file, theme) as (client, _):
        assert Page(await client.get("/")).one("//link[@rel='stylesheet']/@href") != style


async def test_an_error_page_that_fails_is_replaced_by_the_default_one(blog_file: Path, write: Write) -> None:
    theme = write({"templates/public/error.html": "{{ 1 / 0 }}", "templates/public/tags.html": "{{ wrong }}"})
    async with reading(blog_file, theme) as (client, _):
        answer = await client.get(f"/{new_id()}")
        assert (answer.status_code, Page(answer).one("//h1")) == (404, "Page not found")
        answer = await client.get("/tags")
        assert (answer.status_code, Page(answer).one("//h1")) == (500, "Something went wrong")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"layout.html": ""}, "the folder contains neither templates nor static"),
        ({"templates/layout.html": "a\n{% if %}"}, "templates/layout.html, line 2: Expected an expression"),
        (
            {"templates/layout.html": "{{ x|upcase }}"},
            "templates/layout.html, line 1: No filter named 'upcase'",
        ),
        (
            {"templates/layout.html": "{% extends 'default/layuot.html' %}"},
            "templates/layout.html: it uses default/layuot.html, which does not exist",
        ),
        (
            {"templates/public/psot.html": ""},
            "templates/public/psot.html: no page has this name, and no template uses it",
        ),
        ({"static/a.js": ""}, "static/a.js: its name must end in one of .css, .svg"),
    ],
)
def test_a_theme_that_cannot_be_used_is_refused(write: Write, files: dict[str, str], reason: str) -> None:
    settings = Settings(theme=write(files))
    for start in (check_theme, create_app):
        with pytest.raises(Misconfigured) as refused:
            start(settings)
        assert str(refused.value).startswith(f"EVERPOST_THEME: {reason}")


def test_a_folder_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EVERPOST_THEME", str(tmp_path / "missing"))
    with pytest.raises(Misconfigured) as refused:
        read_settings()
    assert str(refused.value) == "EVERPOST_THEME: Path does not point to a directory"
    monkeypatch.setenv("EVERPOST_THEME", "")
    assert read_settings().theme is None


def test_every_variable_of_every_template_is_documented() -> None:
    page = theme_variables.PAGE.read_text()
    assert theme_variables.with_tables(page) == page, "run: make docs"
    pages = [each for each in vars(contexts).values() if isinstance(each, type)]
    templates = {each.template: each for each in pages if hasattr(each, "template")}
    public = [name for name in PackageLoader("everpost.web").list_templates() if name.startswith("public/")]
    assert sorted(templates) == public
    for name, context in templates.items():
        section = page.split(f"\n### {name}\n")[1].split("\n### ")[0]
        documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        assert documented | {"site", "meta"} == {field.name for field in fields(context)}
