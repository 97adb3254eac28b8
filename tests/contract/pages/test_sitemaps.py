"""The sitemap, and robots.txt."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from lxml import etree

from everpost.domain.clock import LATEST, now
from everpost.domain.people.users import UserChange
from everpost.domain.posts import PostChange, PostKind, PostLocation, PostStatus
from everpost.domain.records import Batch
from everpost.services import sitemaps
from everpost.stores.port import Store
from everpost.web.feeds import sitemap
from tests.contract.http.people import PEOPLE
from tests.contract.pages.conftest import ANN, Site
from tests.contract.port.examples import LATER, MOMENT, a_post, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

HOME = "http://blog.example"
LISTS = [f"{HOME}/", f"{HOME}/archive", f"{HOME}/tags"]
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def urls_of(site: Site, path: str = "/sitemap.xml") -> dict[str, str | None]:
    """The URLs in a file of the sitemap, with their dates."""
    answer = await site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    return {str(each.findtext(f"{NAMESPACE}loc")): each.findtext(f"{NAMESPACE}lastmod") for each in root}


async def test_the_sitemap_contains_posts_pages_and_the_lists_that_are_indexed(site: Site) -> None:
    await site.change(permalink="/{year}/{slug}")
    for slug in ("one", "two"):
        await publish(site.store, slug=slug, tags=("a/b",), author=ANN)
    await publish(site.store, slug="three", tags=("rare",), author=PEOPLE["other author"].user.author)
    await publish(site.store, slug="about", kind=PostKind.PAGE, updated_at=LATER, author=ANN)
    date = "2024-02-29T12:30:15.123Z"
    assert await urls_of(site) == dict.fromkeys(
        [*LISTS, f"{HOME}/authors/{ANN.id}", f"{HOME}/tags/a%2Fb"]
    ) | {
        f"{HOME}/2024/one": date,
        f"{HOME}/2024/two": date,
        f"{HOME}/2024/three": date,
        f"{HOME}/about": "2024-02-29T12:30:15.124Z",
    }


async def test_every_url_of_the_sitemap_is_a_page_that_names_itself(site: Site) -> None:
    for number in range(3):
        await publish(site.store, slug=f"p-{number}", tags=("t",), author=ANN)
    await publish(site.store, slug="about", kind=PostKind.PAGE)
    for url in await urls_of(site):
        page = await site.get(url)
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{url}">' in page.text
        assert "noindex" not in page.text


async def test_the_sitemap_contains_only_what_is_public(site: Site) -> None:
    tomorrow = now() + timedelta(days=1)
    for kind in PostKind:
        for number in range(2):
            draft, later = f"draft-{kind}-{number}", f"later-{kind}-{number}"
            await publish(site.store, slug=draft, kind=kind, tags=("t",), author=ANN, status=PostStatus.DRAFT)
            await publish(
                site.store, slug=later, kind=kind, tags=("t",), author=ANN, publication_date=tomorrow
            )
    assert list(await urls_of(site)) == LISTS
    for number in range(2):
        await publish(site.store, slug=f"{number}", author=ANN)
    await site.store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    assert list(await urls_of(site)) == [*LISTS, f"{HOME}/0", f"{HOME}/1"]


@pytest.mark.parametrize("most", [2, 3, 7])
async def test_a_long_sitemap_is_an_index_of_files(site: Site, most: int) -> None:
    for number in range(7):
        date = MOMENT + timedelta(milliseconds=number // 3)
        await publish(site.store, slug=f"p-{number}", author=ANN, publication_date=date)
    for number in range(4):
        await publish(site.store, slug=f"about-{number}", kind=PostKind.PAGE)
    whole = await urls_of(site)
    assert len(whole) == 15
    with patch.object(sitemap, "MAX_URLS", most), patch("everpost.services.sitemaps._READ", 2):
        files = list(await urls_of(site))
        assert files == [f"{HOME}/sitemap-{number}.xml" for number in range(1, 2 + -(-11 // most))]
        found: dict[str, str | None] = {}
        for file in files:
            urls = await urls_of(site, file)
            assert len(urls) <= most
            assert not found.keys() & urls.keys()
            found |= urls
        missing = whole.keys() - found.keys()
        assert missing == set(list(whole)[most:4])  # there are more lists than a file holds
        assert found.items() <= whole.items()
        for name in ("0", "01", "-1", "x", "99", "²", "999999999999999999999"):
            assert (await site.get(f"/sitemap-{name}.xml")).status_code == 404


async def test_a_sitemap_that_has_not_changed_is_not_made_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    locations = sitemaps.public_locations

    def counted(store: Store, *, skip: int, limit: int) -> AsyncIterator[PostLocation]:
        made.append("posts")
        return locations(store, skip=skip, limit=limit)

    monkeypatch.setattr(sitemap, "public_locations", counted)
    post = await publish(site.store, slug="hello", updated_at=now())
    later = await publish(site.store, slug="later", publication_date=now() + timedelta(minutes=30))
    first = await urls_of(site)
    assert await urls_of(site) == first
    assert len(made) == 2  # the posts are so new that another change could have the same date
    monkeypatch.setattr(sitemaps, "_SETTLING", -timedelta(days=1))
    for _ in range(3):
        assert await urls_of(site) == first
    assert len(made) == 3
    await site.store.posts.save(post.id, PostChange(updated_at=now(), slug="new"), match=None, comments=0)
    assert f"{HOME}/new" in await urls_of(site)
    change = PostChange(updated_at=now(), publication_date=MOMENT)
    await site.store.posts.save(later.id, change, match=None, comments=0)
    assert f"{HOME}/later" in await urls_of(site)
    await site.store.posts.remove(later.id, match=None)
    assert await urls_of(site) == await urls_of(site)
    assert len(made) == 6
    await site.change(permalink="/{year}/{slug}")
    assert f"{HOME}/2024/new" in await urls_of(site)


@pytest.mark.long
async def test_a_sitemap_of_a_large_blog_has_every_url_once(site: Site) -> None:
    count = 2 * sitemap.MAX_URLS + 5
    for start in range(0, count, 1_000):
        numbers = range(start, min(count, start + 1_000))
        posts = [
            a_post(slug=f"p-{n}", publication_date=MOMENT + timedelta(milliseconds=n // 2)) for n in numbers
        ]
        await site.store.records.write(Batch(kept=posts))
    files = list(await urls_of(site))
    assert files == [f"{HOME}/sitemap-{number}.xml" for number in range(1, 5)]
    found = [await urls_of(site, file) for file in files]
    assert [len(urls) for urls in found] == [3, sitemap.MAX_URLS, sitemap.MAX_URLS, 5]
    assert {url for urls in found for url in urls} == {*LISTS, *(f"{HOME}/p-{n}" for n in range(count))}


FILES = ("/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml", "/robots.txt", "/feeds")


@pytest.mark.parametrize("path", FILES)
async def test_a_file_that_has_not_changed_is_not_sent_again(
    site: Site, path: str, pass_a_second: Callable[[], None]
) -> None:
    post = await publish(site.store, slug="hello")
    await site.get(path)
    pass_a_second()
    file = await site.get(path)
    assert file.headers["cache-control"] == "public, no-cache"
    modified = file.headers["last-modified"]
    for condition in ({"if_none_match": file.headers["etag"]}, {"if_modified_since": modified}):
        known = await site.get(path, **condition)
        assert (known.status_code, known.content) == (304, b"")
    head = await site.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    await site.store.posts.save(post.id, PostChange(updated_at=now(), title="New"), match=None, comments=0)
    changes = path in {"/sitemap.xml", "/sitemap-2.xml"}
    assert (await site.get(path, if_none_match=file.headers["etag"])).status_code == (200 if changes else 304)


async def test_robots_may_read_everything_but_the_api(site: Site) -> None:
    await site.change(base_url="https://blog.example/notes")
    robots = await site.get("/robots.txt")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert robots.text.splitlines() == [
        "User-agent: *",
        "Disallow: /notes/api/",
        "Disallow: /notes/desk/",
        "",
        "Sitemap: https://blog.example/notes/sitemap.xml",
    ]


async def test_a_post_may_have_the_latest_date_of_all(site: Site) -> None:
    """As in an archive."""
    await publish(site.store, slug="late", updated_at=LATEST)
    assert (await urls_of(site))[f"{HOME}/late"] == "9999-12-31T23:59:59.999Z"
