"""The shortcut for the home page and for posts answers as the routes do."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from everpost.api.routing.dependencies import get_store
from everpost.app import create_app
from everpost.settings import Settings
from everpost.web.shortcut import PublicPageShortcut
from tests.contract.port.examples import comment_on, publish

REQUESTS: list[tuple[str, str, Mapping[str, str]]] = [
    ("GET", "/", {}),
    ("GET", "/hello", {}),
    ("GET", "/hello", {"accept-encoding": "gzip"}),
    ("GET", "/hello", {"if-none-match": "*"}),
    ("GET", "/hello", {"authorization": "Bearer x"}),
    ("HEAD", "/hello", {}),
    ("GET", "/Hello/", {}),
    ("GET", "/old/path", {}),
    ("GET", "/nothing", {}),
    ("GET", "/%00", {}),
    ("GET", "/hello%0a", {}),
    ("GET", "/tags", {}),
    ("GET", "/tags/", {}),
    ("GET", "//", {}),
]


async def test_responses_are_the_same_with_and_without_the_shortcut(blog_file: Path) -> None:
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}"))
    async with (
        blog.router.lifespan_context(blog),
        httpx.AsyncClient(transport=httpx.ASGITransport(blog), base_url="http://blog.example") as client,
    ):
        store = await blog.state.lifecycle.store()
        post = await publish(store, slug="hello", paths=("/old/path",))
        await comment_on(store, post.id, guest_name="Gus")
        for method, path, headers in REQUESTS:
            short = await client.request(method, path, headers=dict(headers))
            blog.dependency_overrides[get_store] = lambda: store
            long = await client.request(method, path, headers=dict(headers))
            blog.dependency_overrides.clear()
            assert (short.status_code, short.content) == (long.status_code, long.content), path
            assert _kept(short) == _kept(long), path


async def test_a_cached_feed_is_not_mistaken_for_the_page_of_its_post(blog_file: Path) -> None:
    blog = create_app(Settings(database_url=f"sqlite:///{blog_file}"))
    async with (
        blog.router.lifespan_context(blog),
        httpx.AsyncClient(transport=httpx.ASGITransport(blog), base_url="http://blog.example") as client,
    ):
        post = await publish(await blog.state.lifecycle.store())
        feed = f"/comments/{post.id}/atom.xml"
        assert (await client.get(feed)).status_code == 200
        assert (await client.get(f"http://blog.example/{feed}")).status_code == 301


def test_the_shortcut_is_installed() -> None:
    blog = create_app(Settings(database_url="sqlite://"))
    assert PublicPageShortcut.__name__ in [getattr(each.cls, "__name__", "") for each in blog.user_middleware]


def _kept(answer: httpx.Response) -> dict[str, str]:
    """The headers, without the date of a rendering, which may have become a second younger meanwhile."""
    return {name: text for name, text in answer.headers.items() if name != "last-modified"}
