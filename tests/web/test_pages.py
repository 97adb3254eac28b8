"""Pages that need no database of every kind: budgets, prefixes, and a database that is away."""

import hashlib
import json
import re
import runpy
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from everpost.app import Blog, create_app
from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import new_id
from everpost.settings import Settings
from everpost.web.assets import STATIC
from everpost.web.pages import compressed
from tests.contract.pages.html import Page
from tests.contract.port.examples import MOMENT, a_user, comment_on, publish

PAGE_BUDGET, STYLE_BUDGET = 14_000, 4_000
"""Bytes, compressed. 14 kB fit into the first packets of a connection (RFC 6928)."""
DESK_SCRIPTS, DESK_STYLES = 15_000, 8_000
"""Bytes of all pages together, compressed."""
ASSETS = Path(__file__).parents[2] / "assets"
WORDS = (Path(__file__).parents[2] / "docs" / "contract.md").read_text().split()


@pytest.fixture
async def blog(blog_file: Path) -> AsyncIterator[Blog]:
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}"))
    async with blog.router.lifespan_context(blog):
        yield blog


def client_of(application: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://site.example")


async def test_pages_are_small(blog: Blog) -> None:
    """10 posts, or a post of 500 words with 20 comments of 100 characters."""
    store = await blog.state.lifecycle.store()
    ann = a_user(name="Ann Author")
    await store.users.add(ann)
    for number in range(10):
        start = number * 700
        text = " ".join(re.sub(r"\W+", "", word) for word in WORDS[start : start + 500])
        post = await publish(
            store,
            title=" ".join(WORDS[start : start + 8]),
            slug=f"post-{number}",
            content=text,
            tags=tuple(f"tag {number + each}" for each in range(5)),
            author=ann.author,
            publication_date=MOMENT + timedelta(days=number),
        )
        for each in range(20):
            comment = " ".join(WORDS[start + 20 * each :])[:100]
            await comment_on(store, post.id, guest_name=f"Guest {each}", content=comment)
    async with client_of(blog) as client:
        for path in ("/", "/post-5"):
            page = await client.get(path, headers={"accept-encoding": "gzip"})
            assert page.headers["content-encoding"] == "gzip"
            assert int(page.headers["content-length"]) <= PAGE_BUDGET
            shown = Page(page)
            assert shown.all("//script[not(@type='application/ld+json')]") == []
            (style,) = shown.all("//link[@rel='stylesheet']/@href")
            small = await client.get(style, headers={"accept-encoding": "gzip"})
            assert int(small.headers["content-length"]) <= STYLE_BUDGET


async def test_a_page_refers_to_no_other_host(blog: Blog) -> None:
    async with client_of(blog) as client:
        page = Page(await client.get("/"))
        loaded = page.all("//link[@rel='stylesheet' or @rel='icon']/@href | //@src")
        assert loaded
        assert all(path.startswith("/static/") for path in loaded)
        style = (await client.get(page.one("//link[@rel='stylesheet']/@href"))).text
    assert not re.search(r"@import|url\(|//", style)


async def test_every_link_works_below_a_prefix(blog: Blog) -> None:
    store = await blog.state.lifecycle.store()
    ann = a_user(name="Ann Author")
    await store.users.add(ann)
    change = BlogChange(updated_at=now(), comment_policy=CommentPolicy.OPEN, posts_per_page=1)
    await store.blog.save(change, match=None)
    for slug in ("one", "two"):
        post = await publish(store, title="A post", slug=slug, tags=("a tag",), author=ann.author)
        await comment_on(store, post.id, guest_name="Gus")
    site = FastAPI()
    site.mount("/our blog", blog)
    async with client_of(site) as client:
        waiting, seen = ["/our%20blog/"], set[str]()
        while waiting:
            path = waiting.pop()
            seen.add(path)
            answer = await client.get(path, follow_redirects=True)
            assert answer.status_code == 200, path
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            page = Page(answer)
            links = {
                str(answer.url.join(each).copy_with(fragment=None)).removeprefix("http://site.example")
                for each in page.all("//@href[not(starts-with(., 'mailto:'))] | //form/@action")
            }
            assert all(link.startswith("/our%20blog/") for link in links), links
            waiting += links - seen - set(waiting)
        assert {"/our%20blog/one", "/our%20blog/tags/a%20tag", "/our%20blog/archive"} <= seen
        form = {"content-type": "application/x-www-form-urlencoded"}
        sent = await client.post("/our%20blog/one", content="name=Eve&content=Hello", headers=form)
        assert sent.headers["location"].startswith("/our%20blog/comments/")
        assert (await client.get(sent.headers["location"])).status_code == 200
        moved = await client.get("/our%20blog/ONE/")
        assert (moved.status_code, moved.headers["location"]) == (301, "/our%20blog/one")


async def test_an_unavailable_database_is_answered_with_a_page_and_503(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    blog = create_app(Settings(database_url=f"sqlite:///{folder}/blog.db"))
    async with client_of(blog) as client:
        for path in ("/", "/hello", "/tags", "/archive"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.headers["cache-control"] == "no-store"
            page = Page(answer)
            assert page.one("//h1") == "The blog is temporarily unavailable"
            style = await client.get(page.one("//link[@rel='stylesheet']/@href"))
            assert style.status_code == 200
        folder.mkdir()
        assert (await client.get("/")).status_code == 200
    await blog.state.lifecycle.close()


async def test_a_comment_is_not_lost_while_the_database_is_away(tmp_path: Path) -> None:
    """The page with the error contains it, and can send it again."""
    folder = tmp_path / "later"
    application = Starlette()
    blog = create_app(Settings(database_url=f"sqlite:///{folder}/blog.db"))
    application.mount("/our blog", blog)
    comment = {"name": "Gus", "content": "Some\nwords", "parent_id": "0" * 24}
    async with client_of(application) as client:
        answer = await client.post("/our%20blog/a%20b", data=comment)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        page = Page(answer)
        assert page.form.fields == comment
        assert page.one("//main//button") == "Send comment"
        assert page.form.action == "/our%20blog/a%20b"
        edited = await client.post(f"/our%20blog/comments/{new_id()}/{new_id()}?key=a%26b", data=comment)
        assert Page(edited).form.action == f"{edited.request.url.raw_path.decode()}"
        folder.mkdir()
        again = await client.post(page.form.action, data=page.form.fields)
        assert again.status_code == 404
    await blog.state.lifecycle.close()


async def test_a_comment_is_not_lost_by_an_unexpected_error(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("everpost.web.public.comments.read_new_comment", fail)
    post = await publish(await blog.state.lifecycle.store(), slug="hello")
    async with client_of(blog) as client:
        answer = await client.post(f"/{post.slug}", data={"name": "Gus", "content": "Words"})
    assert answer.status_code == 500
    assert Page(answer).form.fields == {"name": "Gus", "content": "Words"}


async def test_an_unexpected_error_is_answered_with_a_page_that_reveals_nothing(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("everpost.web.public.lists.list_metadata", fail)
    async with client_of(blog) as client:
        answer = await client.get("/")
    assert answer.status_code == 500
    assert Page(answer).one("//h1") == "Something went wrong"
    assert "secret" not in answer.text


def test_the_committed_files_are_those_that_make_assets_writes() -> None:
    before = {file.name: file.read_bytes() for file in STATIC.iterdir() if file.suffix != ".txt"}
    pages = runpy.run_path(str(ASSETS / "pages.py"))
    manifest = json.loads(before.pop("manifest.json"))
    written = {manifest[name]: content for name, content in pages["built"]().items()}
    assert {name: before[name] for name in written} == written
    assert before.keys() - written.keys() == {manifest[name] for name in pages["BUNDLES"]}
    for name, content in before.items():
        assert hashlib.sha256(content).hexdigest()[:16] in name


def test_the_files_of_the_desk_are_small() -> None:
    built = runpy.run_path(str(ASSETS / "pages.py"))["built"]()
    sizes = {file.name: len(compressed(built[file.name])) for file in (ASSETS / "desk").iterdir()}
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= DESK_SCRIPTS
    assert sum(size for name, size in sizes.items() if name.endswith(".css")) <= DESK_STYLES
