"""Old paths of posts redirect to their permalinks."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.posts import PostChange, PostKind, PostStatus
from tests.contract.pages.conftest import Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

OLD = "/2019/05/Hello-There"


async def redirect(site: Site, path: str) -> tuple[int, str | None]:
    answer = await site.get(path)
    return answer.status_code, answer.headers.get("location")


@pytest.mark.parametrize("stored", [OLD, f"{OLD}.html", f"{OLD}/index.html"])
async def test_an_old_path_redirects_however_it_is_written(
    site: Site, stored: str, subtests: pytest.Subtests
) -> None:
    await publish(site.store, slug="hello", paths=(stored,))
    for ending in ("", "/", ".html", ".htm", "/index.html", "/index", "?p=1&utm=x"):
        with subtests.test(ending):
            answer = await site.get(f"{OLD}{ending}")
            assert (answer.status_code, answer.headers["location"]) == (301, "/hello")
            assert answer.headers["cache-control"] == "public, no-cache"
    assert (await site.client.head(OLD)).status_code == 301
    assert (await redirect(site, OLD.lower()))[0] == 404
    assert Page(await site.get("/hello")).one("//link[@rel='canonical']/@href").endswith("/hello")


async def test_an_old_path_of_any_script_redirects(site: Site) -> None:
    await publish(site.store, slug="hello", paths=("/2019/žluťoučký kůň", "/100%", "/a:b+c"))
    for path in (
        "/2019/%C5%BElu%C5%A5ou%C4%8Dk%C3%BD%20k%C5%AF%C5%88/",
        "/2019/z%CC%8Clut%CC%8Couc%CC%8Cky%CC%81%20ku%CC%8An%CC%8C",
        "/100%25",
        "/a:b+c",
        "/a%3Ab%2Bc.html",
    ):
        assert await redirect(site, path) == (301, "/hello")


async def test_an_old_path_is_below_the_path_of_the_blog(site: Site) -> None:
    await publish(site.store, slug="hello", paths=(OLD,))
    transport = httpx.ASGITransport(site.app, root_path="/our blog")
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
        for path in (f"/our%20blog{OLD}", f"/our%20blog{OLD}/index.html", f"/our%20blog{OLD}/"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (301, "/our%20blog/hello")


async def test_an_old_path_follows_the_permalink(site: Site) -> None:
    late = datetime(2024, 2, 29, 20, tzinfo=UTC)
    await site.change(permalink="/{year}/{month}/{slug}", time_zone="Asia/Tokyo")
    await publish(site.store, slug="привет", publication_date=late, paths=(OLD,))
    await publish(site.store, slug="about", kind=PostKind.PAGE, paths=("/pages/about.html",))
    target = "/2024/03/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82"
    assert await redirect(site, OLD) == (301, target)
    assert (await site.get(target)).status_code == 200
    assert await redirect(site, "/pages/about") == (301, "/about")


async def test_a_changed_slug_redirects_whatever_the_permalink(site: Site) -> None:
    post = await publish(site.store, slug="first", publication_date=datetime(2024, 3, 1, 12, tzinfo=UTC))
    await site.store.posts.save(post.id, PostChange(updated_at=now(), slug="second"), match=None, comments=0)
    assert await redirect(site, "/first") == (301, "/second")
    await site.change(permalink="/{year}/{slug}")
    for path in ("/2024/first", "/first", "/second", "/2023/second"):
        assert await redirect(site, path) == (301, "/2024/second")
    await site.store.posts.save(post.id, PostChange(updated_at=now(), slug="first"), match=None, comments=0)
    assert (await site.get("/2024/first")).status_code == 200
    assert await redirect(site, "/2024/second") == (301, "/2024/first")


async def test_permalinks_precede_old_paths_and_old_paths_precede_other_spellings(site: Site) -> None:
    await site.change(permalink="/{year}/{slug}")
    year = datetime(2024, 3, 1, tzinfo=UTC)
    await publish(site.store, title="A", slug="hello", publication_date=year)
    await publish(site.store, slug="b", publication_date=year, paths=("/2024/hello", "/2019/hello", "/HELLO"))
    assert Page(await site.get("/2024/hello")).one("//h1") == "A"
    for path, target in {
        "/2024/hello/": "/2024/hello",
        "/2024/Hello": "/2024/hello",
        "/hello": "/2024/hello",
        "/2019/hello": "/2024/b",
        "/2019/hello.html": "/2024/b",
        "/HELLO": "/2024/b",
    }.items():
        assert await redirect(site, path) == (301, target)


async def test_old_paths_reveal_nothing_of_posts_that_are_not_public(site: Site) -> None:
    tomorrow = now() + timedelta(days=1)
    draft = await publish(site.store, slug="draft", paths=("/old-draft",), status=PostStatus.DRAFT)
    await publish(site.store, slug="later", paths=("/old-later",), publication_date=tomorrow)
    nothing = await site.get("/nothing")
    for path in ("/old-draft", "/old-draft.html", "/old-later/"):
        answer = await site.get(path)
        assert (answer.status_code, answer.text) == (404, nothing.text)
        assert answer.headers["cache-control"] == "no-store"
        sent = await site.send(path, {"name": "Gus", "content": "Hello"})
        assert (sent.status_code, sent.headers.get("location")) == (404, None)
    shown = PostChange(updated_at=now(), status=PostStatus.PUBLISHED)
    await site.store.posts.save(draft.id, shown, match=None, comments=0)
    assert await redirect(site, "/old-draft") == (301, "/draft")


@pytest.mark.parametrize("query", ["p=7", "page_id=7", "p=7&preview=true", "utm_source=a&p=7"])
async def test_a_number_in_wordpress_redirects(site: Site, query: str) -> None:
    await publish(site.store, slug="hello", paths=("/?p=7", "/2019/hello"))
    for path in ("/", "/index.php"):
        answer = await site.get(f"{path}?{query}")
        assert (answer.status_code, answer.headers["location"]) == (301, "/hello")
        assert answer.headers["cache-control"] == "public, no-cache"
    assert await redirect(site, f"/nothing?{query}") == (404, None)


async def test_a_number_in_wordpress_redirects_below_the_path_of_the_old_blog(site: Site) -> None:
    await publish(site.store, slug="hello", paths=("/blog/?p=7",))
    for path in ("/blog/?p=7", "/blog?p=7", "/blog/index.php?page_id=7"):
        assert await redirect(site, path) == (301, "/hello")
    assert (await site.get("/?p=7")).status_code == 200


async def test_a_number_that_no_post_had_leads_to_the_home_page(site: Site) -> None:
    await publish(site.store, slug="draft", paths=("/?p=8",), status=PostStatus.DRAFT)
    for query in ("p=8", "p=9", "p=", "p=x", "p=-1", "p=7%0A", "p=" + "9" * 100, "p=\u0667", "page_id=a/b"):
        assert await redirect(site, f"/?{query}") == (200, None)
    await publish(site.store, slug="hello", paths=("/?p=7",))
    assert await redirect(site, "/hello?p=8") == (200, None)
