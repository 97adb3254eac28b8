"""Any cache can store pages, and never serves an outdated one."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.comments import CommentChange, CommentStatus
from everpost.domain.people.users import UserChange
from everpost.domain.posts import PostChange, PostStatus
from everpost.web.feeds import posts as post_feeds
from everpost.web.public import archive
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import MOMENT, comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PATHS = ("/", "/hello", "/tags", "/tags/t", f"/authors/{ANN.id}", "/archive")


@pytest.fixture(autouse=True)
async def _hello(site: Site) -> None:
    await publish(site.store, title="Hello", slug="hello", tags=("t",), author=ANN)


async def test_every_page_has_validators_and_may_be_stored_by_any_cache(site: Site) -> None:
    for path in PATHS:
        page = await site.get(path)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "public, no-cache"
        assert page.headers["vary"] == "Accept-Encoding"
        assert "set-cookie" not in page.headers
        assert parsedate_to_datetime(page.headers["last-modified"]) <= now()
        known = await site.get(path, if_none_match=page.headers["etag"])
        assert (known.status_code, known.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert known.headers[name] == page.headers[name]


async def test_a_head_request_has_the_headers_of_the_page(site: Site) -> None:
    for path in PATHS:
        page, head = await site.get(path), await site.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-type", "content-length"):
            assert head.headers[name] == page.headers[name]


async def test_a_page_is_compressed_for_those_who_accept_it(site: Site) -> None:
    plain = await site.get("/hello", accept_encoding="identity")
    async with site.client.stream("GET", "/hello", headers={"accept-encoding": "br, gzip"}) as small:
        body = b"".join([part async for part in small.aiter_raw()])
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == plain.content
    assert "content-encoding" not in plain.headers
    for refused in ("gzip;q=0", "br", "gzip;q=0.000, br"):
        assert "content-encoding" not in (await site.get("/hello", accept_encoding=refused)).headers


async def test_every_change_that_a_page_shows_changes_its_etag(site: Site) -> None:
    post = await site.store.posts.find("hello", comments=0)
    assert post is not None
    tags = [(await site.get("/hello")).headers["etag"]]

    async def has_changed() -> None:
        page = await site.get("/hello", if_none_match=", ".join(tags))
        assert page.status_code == 200
        tags.append(page.headers["etag"])

    await site.store.posts.save(post.id, PostChange(updated_at=now(), title="New"), match=None, comments=0)
    await has_changed()
    comment = await comment_on(site.store, post.id, guest_name="Gus", status=CommentStatus.PENDING)
    assert (await site.get("/hello", if_none_match=tags[-1])).status_code == 304
    await site.store.comments.save(post.id, comment.id, _approval(), match=None)
    await has_changed()
    await site.store.users.save(ANN.id, UserChange(updated_at=now(), name="Anna Author"), match=None)
    await has_changed()
    await site.change(title="Renamed")
    await has_changed()


async def test_a_client_that_knows_only_the_date_never_keeps_an_outdated_page(site: Site) -> None:
    """A comment is approved within the second in which the page was sent, and long after its own date."""
    post = await site.store.posts.find("hello", comments=0)
    assert post is not None
    comment = await comment_on(site.store, post.id, guest_name="Gus", status=CommentStatus.PENDING)
    old = await site.get("/hello")
    assert (await _since(site, old)).status_code == 200  # younger than a second: sent again
    await site.store.comments.save(post.id, comment.id, _approval(), match=None)
    new = await _since(site, old)
    assert new.status_code == 200
    assert Page(new).all("//div[@class='text']") == ["Content"]


async def test_a_client_that_knows_only_the_date_is_told_that_an_old_page_has_not_changed(
    site: Site, pass_a_second: Callable[[], None]
) -> None:
    await site.get("/hello")
    pass_a_second()
    page = await site.get("/hello")
    assert (await _since(site, page)).status_code == 304
    dated = {"if_modified_since": page.headers["last-modified"]}
    assert (await site.get("/hello", **dated, if_none_match='"other"')).status_code == 200
    assert (await site.get("/hello", if_modified_since="yesterday")).status_code == 200


async def test_a_later_date_is_that_of_another_page(site: Site, pass_a_second: Callable[[], None]) -> None:
    """Another process rendered a page that this one never had, and then everything was as before."""
    await site.get("/hello")
    pass_a_second()
    modified = parsedate_to_datetime((await site.get("/hello")).headers["last-modified"])
    for seconds in (-1, 1):
        other = format_datetime(modified + timedelta(seconds=seconds), usegmt=True)
        assert (await site.get("/hello", if_modified_since=other)).status_code == 200


async def test_the_date_of_an_unchanged_page_of_tags_stays(site: Site) -> None:
    await site.get("/tags")
    begun = now()
    since = {"if_modified_since": format_datetime(begun, usegmt=True)}
    while now().replace(microsecond=0) == begun.replace(microsecond=0):
        assert (await site.get("/tags")).status_code == 200
    assert (await site.get("/tags", **since)).status_code == 304
    await publish(site.store, tags=("new",))
    assert Page(await site.get("/tags", **since)).all("//main//li/a") == ["new", "t"]


@pytest.mark.parametrize("path", ["/", "/tags", "/archive", "/atom.xml", "/tags/t"])
async def test_a_page_that_is_as_it_was_before_has_a_new_date(
    site: Site, path: str, pass_a_second: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The date of what it was in between is otherwise that of the page before."""
    for module, name in ((archive, "MAX_LIMIT"), (post_feeds, "POSTS")):
        monkeypatch.setattr(module, name, 1)
    await site.change(posts_per_page=1)
    await site.get(path)
    pass_a_second()
    other = await publish(site.store, tags=("t", "u"), publication_date=MOMENT - timedelta(days=1))
    between = await site.get(path)
    change = PostChange(updated_at=now(), status=PostStatus.DRAFT)
    await site.store.posts.save(other.id, change, match=None, comments=0)
    since = between.headers["last-modified"]
    assert (await site.get(path, if_modified_since=since)).status_code == 200


async def test_assets_are_immutable_and_named_by_the_page(site: Site) -> None:
    page = Page(await site.get("/"))
    for path in page.all("//link[@rel='stylesheet' or @rel='icon']/@href"):
        file = await site.get(path)
        assert file.status_code == 200
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/static/manifest.json", "/static/", "/static/../app.py", "/static/blog.css"):
        assert (await site.get(path)).status_code == 404


async def test_canonical_addresses_follow_the_host_or_the_setting(site: Site) -> None:
    async def canonical(host: str) -> str:
        return Page(await site.get("/hello", host=host)).one("//link[@rel='canonical']/@href")

    assert await canonical("one.example") == "http://one.example/hello"
    assert await canonical("two.example:8000") == "http://two.example:8000/hello"
    assert await canonical('evil"><script>') == "/hello"
    await site.change(base_url="https://blog.example/notes")
    assert await canonical("one.example") == "https://blog.example/notes/hello"


async def _since(site: Site, page: httpx.Response) -> httpx.Response:
    return await site.get("/hello", if_modified_since=page.headers["last-modified"])


def _approval() -> CommentChange:
    return CommentChange(updated_at=now(), status=CommentStatus.APPROVED)
