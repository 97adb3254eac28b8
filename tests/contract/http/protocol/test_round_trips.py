"""The number of round trips to the database for each request; on another machine, each takes up to a
millisecond. SQLite runs in the process and has none.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, NamedTuple

import httpx
import pytest
from devtools.servers.proxy import Proxy

from everpost.app import create_app
from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import offer_key
from tests.contract.desk.conftest import COOKIE, start_session
from tests.contract.http.conftest import LENIENT, Applications
from tests.contract.http.people import PEOPLE, Who, headers_of
from tests.contract.port.examples import comment_on

WARMING, COUNTED = 3, 3
NAMESAKES = 20
"""How many posts have the taken title."""
_numbers = count()


class Site(NamedTuple):
    """An application that reaches its database through a proxy; its posts are paths, its comment an id."""

    client: httpx.AsyncClient
    pages: httpx.AsyncClient
    store: Store
    proxy: Proxy
    post: str
    tagged_post: str
    comment: str


class Call(NamedTuple):
    """A request whose texts are templates for the fields of a site and a number `n`."""

    who: Who
    method: str
    path: str
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    status: int = 200


_POST = {"title": "Number {n}", "content": "Text."}
_NEW_TITLE = {"title": "Changed {n}"}
_COMMENT = {"content": "A comment."}
_REPLY = _COMMENT | {"parent_id": "{comment}"}
_GUEST = {"content": "A guest's comment.", "name": "Gus"}
_COMMENTS = "{post}/comments"
_COPY = "{post}/working-copy"

CALLS = {
    "a post": Call("nobody", "GET", "{post}"),
    "a post, 304": Call("nobody", "GET", "{post}", headers={"if-none-match": "{etag}"}, status=304),
    "a post, with a token": Call("author", "GET", "{post}"),
    "a post by its slug": Call("nobody", "GET", "/posts?slug=tagged"),
    "a post by an old path": Call("nobody", "GET", "/posts?path=/old/path"),
    "a post by its slug, with a token": Call("author", "GET", "/posts?slug=tagged&comments=5"),
    "a list of 10": Call("nobody", "GET", "/posts?limit=10"),
    "a list by an author": Call("nobody", "GET", f"/posts?limit=10&author={PEOPLE['author'].user.id}"),
    "a thread": Call("nobody", "GET", _COMMENTS),
    "the settings": Call("nobody", "GET", "/settings"),
    "create a post": Call("author", "POST", "/posts", _POST, status=201),
    "create a tagged post": Call("author", "POST", "/posts", _POST | {"tags": ["one", "two"]}, status=201),
    "create a post, title taken": Call("author", "POST", "/posts", _POST | {"title": "Taken"}, status=201),
    "change a post": Call("author", "PATCH", "{post}", _NEW_TITLE),
    "change a tagged post": Call("author", "PATCH", "{tagged_post}", _NEW_TITLE),
    "change the tags of a post": Call("author", "PATCH", "{tagged_post}", {"tags": ["number {n}", "two"]}),
    "the revisions of a post": Call("author", "GET", "{post}/revisions"),
    "a past revision": Call("author", "GET", "{post}/revisions/1"),
    "restore a revision": Call("author", "POST", "{post}/revisions/1/restore"),
    "comment with a token": Call("author", "POST", _COMMENTS, _COMMENT, status=201),
    "reply with a token": Call("author", "POST", _COMMENTS, _REPLY, status=201),
    "comment as a guest": Call("nobody", "POST", _COMMENTS, _GUEST, status=201),
    "change a comment": Call("author", "PATCH", "{post}/comments/{comment}", {"content": "Number {n}"}),
    "a working copy": Call("author", "GET", _COPY),
    "working copies": Call("author", "GET", "/users/me/working-copies"),
    "save a working copy": Call("author", "PUT", _COPY, {"text": {"title": "{n}"}}, {"if-match": "*"}),
    "save the first working copy": Call(
        "author", "PUT", "/posts/{n:024}/working-copy", {"text": {}}, {"if-none-match": "*"}, 201
    ),
}
MOST = {
    "a post": {"postgresql": 1, "mysql": 1, "mongodb": 1},
    "a post, 304": {"postgresql": 1, "mysql": 1, "mongodb": 1},
    "a post, with a token": {"postgresql": 2, "mysql": 2, "mongodb": 2},
    "a post by its slug": {"postgresql": 1, "mysql": 1, "mongodb": 1},
    "a post by an old path": {"postgresql": 1, "mysql": 1, "mongodb": 1},
    "a post by its slug, with a token": {"postgresql": 2, "mysql": 2, "mongodb": 2},
    "a list of 10": {"postgresql": 1, "mysql": 1, "mongodb": 2},
    "a list by an author": {"postgresql": 2, "mysql": 2, "mongodb": 4},
    "a thread": {"postgresql": 2, "mysql": 2, "mongodb": 2},
    "the settings": {"postgresql": 1, "mysql": 1, "mongodb": 1},
    "create a post": {"postgresql": 2, "mysql": 2, "mongodb": 3},
    "create a tagged post": {"postgresql": 2, "mysql": 3, "mongodb": 3},
    "create a post, title taken": {"postgresql": 4, "mysql": 4, "mongodb": 5},
    "change a post": {"postgresql": 2, "mysql": 4, "mongodb": 5},
    "change a tagged post": {"postgresql": 2, "mysql": 4, "mongodb": 5},
    "change the tags of a post": {"postgresql": 2, "mysql": 4, "mongodb": 5},
    "the revisions of a post": {"postgresql": 4, "mysql": 4, "mongodb": 7},
    "a past revision": {"postgresql": 3, "mysql": 3, "mongodb": 5},
    "restore a revision": {"postgresql": 10, "mysql": 9, "mongodb": 13},
    "comment with a token": {"postgresql": 3, "mysql": 5, "mongodb": 5},
    "reply with a token": {"postgresql": 8, "mysql": 5, "mongodb": 8},
    "comment as a guest": {"postgresql": 3, "mysql": 6, "mongodb": 7},
    "change a comment": {"postgresql": 8, "mysql": 6, "mongodb": 7},
    "a working copy": {"postgresql": 2, "mysql": 2, "mongodb": 4},
    "working copies": {"postgresql": 2, "mysql": 2, "mongodb": 3},
    "save a working copy": {"postgresql": 2, "mysql": 3, "mongodb": 4},
    "save the first working copy": {"postgresql": 2, "mysql": 3, "mongodb": 4},
}
"""Round trips once statements are prepared and connections open."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        metafunc.parametrize("server_name", [name for name in offered if name != "sqlite"], scope="module")


@pytest.fixture(scope="module")
async def site(applications: Applications, server_name: str) -> AsyncIterator[Site]:
    blog = await applications.empty_blog(server_name)
    async with AsyncExitStack() as opened:
        proxy = opened.enter_context(Proxy(blog.url))
        app = create_app(Settings.model_validate({"database_url": proxy.url, **LENIENT}))
        await opened.enter_async_context(app.router.lifespan_context(app))
        client, pages = [
            await opened.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(each), base_url="http://blog.example")
            )
            for each in (app.api, app)
        ]
        post = await _create(client, "/posts", {"title": "A post", "content": "Text."})
        tagged_post = {"title": "Tagged", "content": "Text.", "tags": ["one"], "paths": ["/old/path"]}
        tagged = await _create(client, "/posts", tagged_post)
        await client.patch(post, json={"title": "A new title"}, headers=headers_of("author"))
        for _ in range(NAMESAKES):
            await _create(client, "/posts", {"title": "Taken", "content": "Text."})
        copied = await client.put(
            f"{post}/working-copy",
            json={"text": {}},
            headers=headers_of("author") | {"if-none-match": "*"},
        )
        assert copied.status_code == 201
        comment = await _create(client, f"{post}/comments", _COMMENT)
        yield Site(client, pages, blog.store, proxy, post, tagged, comment.rpartition("/")[2])


async def _create(client: httpx.AsyncClient, path: str, fields: object) -> str:
    """The path of a new post or comment."""
    answer = await client.post(path, json=fields, headers=headers_of("author"))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("name", CALLS)
async def test_a_request_takes_few_round_trips(name: str, site: Site, server_name: str) -> None:
    values = site._asdict() | {"etag": (await site.client.get(site.post)).headers["etag"]}
    taken = []
    for _ in range(WARMING + COUNTED):
        before = site.proxy.count
        await _ask(CALLS[name], site.client, values | {"n": next(_numbers)})
        taken.append(site.proxy.count - before)
    assert min(taken[WARMING:]) <= MOST[name][server_name], taken


PAGES = {
    "/": ("a list of 10", 0),
    "/tagged": ("a post by its slug", 0),
    "/archive": ("a list of 10", 0),
    "/tags/one": ("a list of 10", 0),
    f"/authors/{PEOPLE['author'].user.id}": ("a list by an author", 0),
    "/atom.xml": ("a list of 10", 0),
    "/tags/one/rss.xml": ("a list of 10", 0),
    "/feeds": ("the settings", 0),
}
"""Pages, the call that reads the same from the API, and how many round trips more the page takes."""


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_takes_at_most_one_round_trip_more_than_its_json(
    path: str, site: Site, server_name: str
) -> None:
    (call, more), taken = PAGES[path], []
    for _ in range(WARMING + COUNTED):
        before = site.proxy.count
        assert (await site.pages.get(path)).status_code == 200
        taken.append(site.proxy.count - before)
    assert min(taken[WARMING:]) <= MOST[call][server_name] + more, taken


WAITING = {"postgresql": 1, "mysql": 1, "mongodb": 3}


async def test_the_desk_counts_waiting_comments_in_few_round_trips(site: Site, server_name: str) -> None:
    """A request that is not for a page in a tab does not count them."""
    secret, post_id = await start_session(site.store, "editor"), Id(site.post.rpartition("/")[2])
    await comment_on(site.store, post_id, guest_name="Gus", status=CommentStatus.PENDING)
    least = {}
    for destination in ("document", "empty"):
        headers, taken = {"cookie": f"{COOKIE}={secret}", "sec-fetch-dest": destination}, []
        for _ in range(WARMING + COUNTED):
            before = site.proxy.count
            answer = await site.pages.get("/desk/account", headers=headers)
            assert (" waiting<" in answer.text) is (destination == "document")
            taken.append(site.proxy.count - before)
        least[destination] = min(taken[WARMING:])
    assert least["document"] - least["empty"] <= WAITING[server_name], least


async def test_changes_of_one_post_at_once_lose_no_races(site: Site, server_name: str) -> None:
    """Each takes at most as many round trips as it takes alone."""
    call, values = CALLS["change a post"], site._asdict()

    async def change(writers: int) -> None:
        changes = (_ask(call, site.client, values | {"n": next(_numbers)}) for _ in range(writers))
        await asyncio.gather(*changes)

    await change(WARMING)
    before = site.proxy.count
    await change(50)
    assert site.proxy.count - before <= 50 * MOST["change a post"][server_name]


async def _ask(call: Call, client: httpx.AsyncClient, values: dict[str, object]) -> None:
    answer = await client.request(
        call.method,
        call.path.format_map(values),
        json=_filled(call.body, values),
        headers={**headers_of(call.who), **(_filled(call.headers, values) or {})},
    )
    assert answer.status_code == call.status, answer.text


def _filled(value: Any, values: dict[str, object]) -> Any:  # noqa: ANN401 - any JSON
    """The value with the values put into its texts."""
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    return value.format_map(values) if isinstance(value, str) else value
