"""Feeds of posts and of comments."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from everpost.domain.clock import now
from everpost.domain.comments import CommentChange, CommentStatus
from everpost.domain.ids import new_id
from everpost.domain.posts import PostChange, PostFormat, PostKind
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.feeds import FILES, MEDIA_TYPES, paths, read
from tests.contract.pages.html import Page
from tests.contract.port.examples import LATER, MOMENT, comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")

in_every_format = pytest.mark.parametrize("file", FILES)
HOME = "http://blog.example"


@in_every_format
async def test_a_feed_contains_the_posts_in_full_with_absolute_urls(open_site: Site, file: str) -> None:
    site = open_site
    await site.change(title="My blog", permalink="/{year}/{slug}")
    await publish(
        site.store,
        title="Hello & <welcome>",
        slug="hello",
        tags=("a/b", "t"),
        author=ANN,
        content="*Hi* [there](../about) ![](pic.png)",
    )
    feed = await read(site, f"/{file}")
    assert (feed.title, feed.home, feed.url) == ("My blog", f"{HOME}/", f"{HOME}/{file}")
    (item,) = feed.items
    assert item.url == f"{HOME}/2024/hello"
    assert (item.title, item.author, item.tags) == ("Hello & <welcome>", ANN.name, ("a/b", "t"))
    assert "<em>Hi</em>" in item.html
    assert f'href="{HOME}/about"' in item.html
    assert f'src="{HOME}/2024/pic.png"' in item.html


async def test_a_frame_is_a_link_because_readers_remove_frames(site: Site) -> None:
    video = "https://www.youtube.com/embed/abc"
    await publish(site.store, format=PostFormat.HTML, content=f'<iframe src="{video}"></iframe>')
    (item,) = (await read(site, "/atom.xml")).items
    assert "iframe" not in item.html
    assert f'href="{video}"' in item.html


@in_every_format
async def test_tags_and_authors_have_feeds(site: Site, file: str) -> None:
    await publish(site.store, title="One", tags=("a/b",), author=ANN)
    await publish(site.store, title="Other", tags=("t",))
    assert (await read(site, f"/tags/a%2Fb/{file}")).titles == ["One"]
    assert (await read(site, f"/authors/{ANN.id}/{file}")).titles == ["One"]
    assert (await read(site, f"/authors/{ANN.id}/{file}")).home == f"{HOME}/authors/{ANN.id}"
    for path in (f"/tags/none/{file}", f"/authors/{new_id()}/{file}", f"/authors/x/{file}"):
        assert (await site.get(path)).status_code == 404


@in_every_format
async def test_comments_have_feeds_with_the_newest_first(open_site: Site, file: str) -> None:
    site = open_site
    post = await publish(site.store, title="Hello", slug="hello", author=ANN)
    other = await publish(site.store, title="Other")
    old = await comment_on(site.store, post.id, guest_name="Gus", content="*First*")
    new = await comment_on(site.store, post.id, author=ANN, publication_date=LATER, parent_id=old.id)
    await comment_on(site.store, other.id, guest_name="Eve", publication_date=LATER + timedelta(seconds=1))
    everywhere = await read(site, f"/comments/{file}")
    assert everywhere.titles == ["Eve on Other", f"{ANN.name} on Hello", "Gus on Hello"]
    feed = await read(site, f"/comments/{post.id}/{file}")
    assert feed.titles == everywhere.titles[1:]
    assert [item.id for item in feed.items] == [item.id for item in everywhere.items[1:]]
    assert [item.url for item in feed.items] == [f"{HOME}/hello#comment-{each.id}" for each in (new, old)]
    assert "<em>First</em>" in feed.items[1].html
    assert feed.home == f"{HOME}/hello#comments"
    assert (await site.get(f"/comments/{new_id()}/{file}")).status_code == 404


@in_every_format
async def test_pages_are_in_no_feed_and_have_none(open_site: Site, file: str) -> None:
    site = open_site
    page = await publish(site.store, title="About", kind=PostKind.PAGE, tags=("t",), author=ANN)
    await comment_on(site.store, page.id, guest_name="Gus")
    assert (await read(site, f"/{file}")).items == []
    assert (await read(site, f"/comments/{file}")).items == []
    for above in ("/tags/t", f"/authors/{ANN.id}", f"/comments/{page.id}"):
        assert (await site.get(f"{above}/{file}")).status_code == 404


@in_every_format
async def test_tombstones_are_in_no_feed(open_site: Site, file: str) -> None:
    site = open_site
    post = await publish(site.store, title="Hello")
    old = await comment_on(site.store, post.id, guest_name="Gus", content="secret")
    await comment_on(site.store, post.id, guest_name="Eve", publication_date=LATER, parent_id=old.id)
    await site.store.comments.remove(post.id, old.id, match=None)
    for path in (f"/comments/{file}", f"/comments/{post.id}/{file}"):
        assert (await read(site, path)).titles == ["Eve on Hello"]


@in_every_format
@pytest.mark.parametrize("count", [0, 20, 21, 45])
async def test_following_next_visits_each_post_once(site: Site, file: str, count: int) -> None:
    for number in range(count):
        await publish(
            site.store,
            title=str(number),
            tags=("t",),
            author=ANN,
            publication_date=MOMENT + timedelta(milliseconds=number // 3),
        )
    expected = sorted(map(str, range(count)))
    for above in ("", "/tags/t", f"/authors/{ANN.id}") if count else ("",):
        assert sorted(await _walk(site, f"{above}/{file}")) == expected


async def test_a_page_of_large_posts_has_fewer(site: Site) -> None:
    for number in range(5):
        content = f"<p>{number}</p>" + "x" * 400_000
        await publish(site.store, title=str(number), format=PostFormat.HTML, content=content)
    assert len((await read(site, "/atom.xml")).items) == 2
    assert sorted(await _walk(site, "/atom.xml")) == ["0", "1", "2", "3", "4"]


@in_every_format
async def test_following_next_visits_each_comment_once(open_site: Site, file: str) -> None:
    site = open_site
    post = await publish(site.store, title="Hello")
    draft = await publish(site.store, title="About", kind=PostKind.PAGE)
    for number in range(25):
        for commented in (post, draft, draft):
            date = MOMENT + timedelta(milliseconds=number)
            await comment_on(site.store, commented.id, guest_name=str(number), publication_date=date)
    expected = sorted(f"{number} on Hello" for number in range(25))
    for path in (f"/comments/{file}", f"/comments/{post.id}/{file}"):
        assert sorted(await _walk(site, path)) == expected


async def test_previous_leads_back_to_the_first_page(site: Site) -> None:
    for number in range(45):
        await publish(site.store, publication_date=MOMENT + timedelta(seconds=number))
    first = await read(site, "/atom.xml")
    second = await read(site, first.next or "")
    third = await read(site, second.next or "")
    assert (second.first, third.first, third.next) == (f"{HOME}/atom.xml", f"{HOME}/atom.xml", None)
    assert first.previous is None
    assert await read(site, third.previous or "") == replace(second, url=third.previous or "")
    back = await site.get(second.previous or "")
    assert (back.status_code, back.headers["location"]) == (302, "/atom.xml")


async def test_ids_stay_when_everything_else_changes(open_site: Site) -> None:
    site = open_site
    post = await publish(site.store, title="Hello", slug="hello", tags=("t",), author=ANN)
    await comment_on(site.store, post.id, guest_name="Gus")
    before = {path: await read(site, path) for path in paths(post, author=ANN)}
    await site.change(permalink="/{year}/{slug}", base_url="https://new.example/blog", title="New")
    change = PostChange(updated_at=now(), title="New", slug="new", content="New")
    await site.store.posts.save(post.id, change, match=None, comments=0)
    for path, old in before.items():
        feed = await read(site, path)
        assert [item.id for item in feed.items] == [item.id for item in old.items]
        assert [item.url for item in feed.items] != [item.url for item in old.items]


async def test_every_feed_has_validators_and_answers_both_conditions(
    open_site: Site, pass_a_second: Callable[[], None]
) -> None:
    site = open_site
    post = await publish(site.store, title="Hello", tags=("t",), author=ANN)
    await comment_on(site.store, post.id, guest_name="Gus")
    for path in paths(post, author=ANN):
        await site.get(path)
    pass_a_second()
    for path in paths(post, author=ANN):
        feed = await site.get(path)
        assert feed.headers["content-type"] == MEDIA_TYPES[path.rpartition("/")[2]]
        assert feed.headers["cache-control"] == "public, no-cache"
        modified = feed.headers["last-modified"]
        assert parsedate_to_datetime(modified) <= now()
        for condition in ({"if_none_match": feed.headers["etag"]}, {"if_modified_since": modified}):
            known = await site.get(path, **condition)
            assert (known.status_code, known.content) == (304, b"")
            assert known.headers["etag"] == feed.headers["etag"]
        head = await site.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == feed.headers["etag"]


async def test_a_change_of_a_post_or_a_comment_changes_the_etags_of_its_feeds(open_site: Site) -> None:
    site = open_site
    post = await publish(site.store, title="Hello", tags=("t",), author=ANN)
    comment = await comment_on(site.store, post.id, guest_name="Gus", status=CommentStatus.PENDING)
    every = paths(post, author=ANN)

    async def tags() -> dict[str, str]:
        return {path: (await site.get(path)).headers["etag"] for path in every}

    before = await tags()
    change = CommentChange(updated_at=now(), status=CommentStatus.APPROVED)
    await site.store.comments.save(post.id, comment.id, change, match=None)
    after = await tags()
    assert {path for path in every if before[path] != after[path]} == {p for p in every if "/comments/" in p}
    await site.store.posts.save(post.id, PostChange(updated_at=now(), title="New"), match=None, comments=0)
    last = await tags()
    assert all(last[path] != after[path] for path in every)


async def test_pages_link_to_their_feeds(open_site: Site) -> None:
    site = open_site
    post = await publish(site.store, title="Hello", slug="hello", tags=("t",), author=ANN)
    await publish(site.store, title="About", slug="about", kind=PostKind.PAGE)
    of_blog = [f"/{file}" for file in FILES]
    for path, above in (
        ("/", None),
        ("/archive", None),
        ("/nothing", None),
        ("/feeds", None),
        ("/about", None),
        ("/tags/t", "/tags/t"),
        (f"/authors/{ANN.id}", f"/authors/{ANN.id}"),
        ("/hello", f"/comments/{post.id}"),
    ):
        page = Page(await site.get(path))
        links = page.all("//link[@rel='alternate']/@href")
        assert links == of_blog + ([] if above is None else [f"{above}/{file}" for file in FILES])
        types = page.all("//link[@rel='alternate']/@type")
        for link, media_type in zip(links, types, strict=True):
            assert (await site.get(link)).headers["content-type"].startswith(media_type)
        assert page.all("//footer//a/@href")[-1] == "/feeds"


async def test_a_page_explains_feeds_and_links_to_them(site: Site) -> None:
    page = Page(await site.get("/feeds"))
    assert page.one("//h1") == "Feeds"
    found = page.all("//main//dd/a/@href")
    assert found == [f"{HOME}{above}/{file}" for above in ("", "/comments") for file in FILES]
    for url in found:
        assert (await site.get(url)).status_code == 200


async def test_a_malformed_or_empty_cursor_is_404(site: Site) -> None:
    await publish(site.store)
    for query in ("after=x", "before=x", "after="):
        assert (await site.get(f"/atom.xml?{query}")).status_code == 404


async def _walk(site: Site, path: str) -> list[str]:
    """The titles on all pages of the feed."""
    found: list[str] = []
    url: str | None = path
    visited: set[str] = set()
    while url is not None:
        assert url not in visited
        visited.add(url)
        feed = await read(site, url)
        found += feed.titles
        url = feed.next
    return found
