"""A change of the settings by one store shows at once on the pages that another has cached."""

import asyncio
from collections.abc import Sequence

import pytest

from everpost.domain.clock import now
from everpost.domain.people.users import UserChange
from everpost.domain.posts import Post
from everpost.domain.records import Batch
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

CACHED = ("/", "/hello", "/archive", "/tags/news", f"/authors/{ANN.id}")
TITLE = "//*[@class='name']//a"


@pytest.fixture
async def cached_site(site: Site) -> Site:
    """A blog with two posts, whose pages are cached."""
    await publish(site.store, title="Other", slug="other")
    await publish(site.store, title="Hello", slug="hello", author=ANN, tags=("news",))
    await read(site)
    return site


async def read(site: Site) -> Sequence[Page]:
    """The cached pages, each requested twice."""
    for path in CACHED:
        await site.get(path)
    return [Page(await site.get(path)) for path in CACHED]


async def test_every_page_shows_the_new_title_and_navigation(cached_site: Site) -> None:
    for number in range(5):
        await cached_site.change(title=f"Title {number}", description=f"Description {number}")
        for path in CACHED:
            assert Page(await cached_site.get(path)).one(TITLE) == f"Title {number}", path


async def test_feeds_have_the_new_title(cached_site: Site) -> None:
    for number in range(3):
        await cached_site.change(title=f"Title {number}")
        for path in ("/atom.xml", "/tags/news/rss.xml", f"/authors/{ANN.id}/feed.json"):
            assert f"Title {number}" in (await cached_site.get(path)).text, path


async def test_requests_during_changes_never_show_an_older_title(cached_site: Site) -> None:
    async def ask(path: str, number: int) -> None:
        shown = Page(await cached_site.get(path)).one(TITLE)
        assert int(shown.rpartition(" ")[2]) >= number, (path, shown, number)

    await cached_site.change(title="Title 0")
    asking = []
    for number in range(1, 15):
        asking += [asyncio.create_task(ask(path, number - 1)) for path in CACHED * 5]
        await cached_site.change(title=f"Title {number}")
        asking += [asyncio.create_task(ask(path, number)) for path in CACHED * 5]
        await asyncio.sleep(0)
    await asyncio.gather(*asking)


async def test_a_new_page_length_and_permalink_apply_at_once(cached_site: Site) -> None:
    assert (await read(cached_site))[0].titles == ["Hello", "Other"]
    await cached_site.change(posts_per_page=1)
    assert Page(await cached_site.get("/")).titles == ["Hello"]
    await cached_site.change(permalink="/posts/{slug}")
    moved = await cached_site.get("/hello")
    assert (moved.status_code, moved.headers["location"]) == (301, "/posts/hello")
    assert Page(await cached_site.get("/")).one("//article//h2//a/@href") == "/posts/hello"
    assert Page(await cached_site.get("/posts/hello")).one("//h1") == "Hello"
    await cached_site.change(permalink="/{slug}")
    assert Page(await cached_site.get("/hello")).one("//h1") == "Hello"
    assert (await cached_site.get("/posts/hello")).status_code == 301


async def test_pages_that_no_post_confirms_show_the_new_title(site: Site) -> None:
    """The pages of an empty blog, and error pages."""
    for number in range(3):
        await site.change(title=f"Title {number}")
        for path in ("/", "/nothing", "/hello", "/tags"):
            for _ in range(2):
                assert Page(await site.get(path)).one(TITLE) == f"Title {number}", path


async def test_a_page_of_a_removed_post_is_gone_and_shows_the_new_title(cached_site: Site) -> None:
    await cached_site.store.posts.remove((await hello(cached_site)).id, match=None)
    await cached_site.change(title="Without it")
    gone = await cached_site.get("/hello")
    assert gone.status_code == 404
    assert Page(gone).one(TITLE) == "Without it"
    assert Page(await cached_site.get("/")).titles == ["Other"]


async def test_settings_that_were_moved_in_show_at_once(cached_site: Site) -> None:
    blog = await cached_site.store.blog.get()
    await cached_site.change(title="Before the move")
    await read(cached_site)
    await cached_site.store.records.write(Batch(kept=(blog,)))
    for page in await read(cached_site):
        assert page.one(TITLE) != "Before the move"


async def test_posts_have_the_same_stamp_as_the_settings_until_these_or_a_name_change(
    cached_site: Site,
) -> None:
    store, seen = cached_site.store, {await stamp(cached_site)}
    for number in range(2):
        await cached_site.change(title=f"Number {number}")
        seen.add(await stamp(cached_site))
        await store.users.save(ANN.id, UserChange(updated_at=now(), name=f"Ann {number}"), match=None)
        seen.add(await stamp(cached_site))
        await comment_on(store, (await hello(cached_site)).id)
        assert await stamp(cached_site) in seen
    assert len(seen) == 5


async def hello(site: Site) -> Post:
    post = await site.store.posts.find("hello", comments=0)
    assert post is not None
    return post


async def stamp(site: Site) -> int:
    """The stamp that the settings and the post have in common."""
    post, settings = await hello(site), await site.store.blog.get()
    (read,) = (await site.store.posts.read([post.id], comments=1)).values()
    (validator,) = (await site.store.posts.validators([post.id])).values()
    stamps = {read.names_stamp, post.names_stamp, settings.names_stamp, validator.names}
    assert validator.is_of(read)
    assert len(stamps) == 1
    return settings.names_stamp
