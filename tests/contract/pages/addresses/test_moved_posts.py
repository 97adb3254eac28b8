"""Links to a post survive when it moves."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.post_paths import PermalinkRule
from everpost.domain.posts import PostChange, PostKind, PostStatus
from tests.contract.pages.conftest import Site, Sites
from tests.contract.pages.html import Page
from tests.contract.port.examples import MOMENT, publish, read_post
from tests.volume import examples

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


async def test_a_slug_that_changes_keeps_its_links(site: Site) -> None:
    post = await publish(site.store, slug="first")
    await site.change(permalink="/{year}/{slug}")
    for slug in ("second", "third"):
        change = PostChange(updated_at=now(), slug=slug)
        await site.store.posts.save(post.id, change, match=None, comments=0)
    for path in ("/2024/first", "/2024/second", "/third", "/Third/"):
        moved = await site.get(path)
        assert (moved.status_code, moved.headers.get("location")) == (301, "/2024/third"), path


PATTERNS = {
    "/{slug}": "/hello",
    "/{id}": "/{id}",
    "/blog/{slug}": "/blog/hello",
    "/blog/{id}": "/blog/{id}",
    "/{year}/{slug}": "/2024/hello",
    "/{year}/{month}/{slug}": "/2024/02/hello",
    "/{year}/{month}/{day}/{slug}": "/2024/02/29/hello",
    "/{year}/{id}": "/2024/{id}",
    "/{slug}/{year}": "/hello/2024",
    "/{slug}/{day}/{month}/{year}": "/hello/29/02/2024",
    "/{slug}/{id}": "/hello/{id}",
    "/{id}/{slug}": "/{id}/hello",
    "/{id}/view": "/{id}/view",
}


@pytest.mark.parametrize("pattern", PATTERNS)
async def test_a_pattern_that_changes_keeps_all_links(site: Site, pattern: str) -> None:
    post = await publish(site.store, slug="hello", publication_date=MOMENT)
    page = await publish(site.store, slug="about", kind=PostKind.PAGE)
    await site.change(permalink=pattern)
    new = PATTERNS[pattern].format(id=post.id)
    assert (await site.get(new)).status_code == 200
    for old in PATTERNS.values():
        path = old.format(id=post.id)
        if path != new:
            answer = await site.get(path)
            assert (answer.status_code, answer.headers.get("location")) == (301, new), path
    for path in (f"/{page.id}", "/2024/about"):
        assert (await site.get(path)).headers.get("location") == "/about"
    assert (await site.get("/about")).status_code == 200


async def test_a_path_with_more_than_a_date_after_the_slug_leads_nowhere(site: Site) -> None:
    await publish(site.store, slug="hello", publication_date=MOMENT)
    for path in ("/hello/2024/02/29/29", "/hello/feed", "/hello/2024/feed"):
        assert (await site.get(path)).status_code == 404, path


async def test_an_id_takes_precedence_over_a_slug_of_that_form(site: Site) -> None:
    """Otherwise anyone who writes posts could take over the old address of another post. A slug still has its
    own permalink.
    """
    post = await publish(site.store, slug="hello")
    other = await publish(site.store, slug=str(post.id))
    for pattern, target, own in (
        ("/{year}/{slug}", "/2024/hello", f"/2024/{other.slug}"),
        ("/{id}", f"/{post.id}", f"/{other.id}"),
    ):
        await site.change(permalink=pattern)
        for path in (f"/{post.id}", f"/2023/{post.id}", f"/old/{post.id}"):
            answer = await site.get(path)
            assert path == target or (answer.status_code, answer.headers["location"]) == (301, target)
        assert (await site.get(own)).status_code == 200
    await site.change(permalink="/{slug}")
    assert Page(await site.get(f"/{other.slug}")).one("//link[@rel='canonical']/@href").endswith(other.slug)
    assert (await site.get(f"/{other.id}")).headers["location"] == f"/{other.slug}"


async def test_a_slug_that_changes_after_the_pattern_keeps_its_links(site: Site) -> None:
    await site.change(permalink="/{year}/{month}/{slug}")
    post = await publish(site.store, slug="first", publication_date=MOMENT)
    await site.change(permalink="/{slug}")
    change = PostChange(updated_at=now(), slug="second")
    await site.store.posts.save(post.id, change, match=None, comments=0)
    for path in ("/2024/02/first", "/first", "/2024/02/second"):
        answer = await site.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (301, "/second"), path


async def test_the_paths_of_what_is_not_public_lead_nowhere(site: Site) -> None:
    tomorrow = now() + timedelta(days=1)
    await publish(site.store, slug="draft", paths=("/old-draft",), status=PostStatus.DRAFT)
    await publish(site.store, slug="later", paths=("/old-later",), publication_date=tomorrow)
    for path in ("/old-draft", "/old-later", "/2024/draft", "/2024/later", "/x/2024/later"):
        assert (await site.get(path)).status_code == 404
    assert (await site.get("/x" * 2_000)).status_code == 404


async def test_a_form_follows_the_post(site: Site) -> None:
    await publish(site.store, slug="hello", paths=("/old",))
    moved = await site.send("/old", {"name": "Gus", "content": "Hello"})
    assert (moved.status_code, moved.headers["location"]) == (308, "/hello")


async def test_a_slug_that_changes_after_the_pattern_keeps_its_first_address(site: Site) -> None:
    post = await publish(site.store, slug="first", publication_date=MOMENT)
    await site.change(permalink="/{year}/{month}/{slug}")
    change = PostChange(updated_at=now(), slug="second")
    await site.store.posts.save(post.id, change, match=None, comments=0)
    for path in ("/first", "/2024/02/first", "/blog/first", "/second"):
        answer = await site.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (301, "/2024/02/second"), path


async def test_a_slug_that_changes_while_the_post_is_a_draft_keeps_its_links(site: Site) -> None:
    post = await publish(site.store, slug="first")
    for change in (
        PostChange(updated_at=now(), status=PostStatus.DRAFT),
        PostChange(updated_at=now(), slug="second"),
        PostChange(updated_at=now(), status=PostStatus.PUBLISHED),
    ):
        assert (await site.get("/first")).status_code == (200 if change.status is PostStatus.DRAFT else 404)
        await site.store.posts.save(post.id, change, match=None, comments=0)
    moved = await site.get("/first")
    assert (moved.status_code, moved.headers["location"]) == (301, "/second")


MONTHS = st.integers(1, 12)
DATES = st.builds(lambda year, month: datetime(year, month, 3, tzinfo=UTC), st.integers(2021, 2025), MONTHS)
MOVES = st.one_of(
    st.builds(
        lambda pattern: BlogChange(updated_at=now(), permalink=pattern),
        st.sampled_from(["/{slug}", "/{year}/{month}/{slug}", "/{slug}/{year}", "/blog/{slug}", "/{id}"]),
    ),
    st.builds(lambda slug: PostChange(updated_at=now(), slug=slug), st.sampled_from(["one", "two", "three"])),
    st.builds(lambda date: PostChange(updated_at=now(), publication_date=date), DATES),
    st.builds(
        lambda status: PostChange(updated_at=now(), status=status),
        st.sampled_from((PostStatus.DRAFT, PostStatus.PUBLISHED)),
    ),
)


@settings(max_examples=examples(20))
@given(moves=st.lists(MOVES, min_size=2, max_size=8))
async def test_every_address_that_a_post_ever_had_leads_to_it(
    sites: Sites, store_name: str, moves: Sequence[BlogChange | PostChange]
) -> None:
    site = await sites.on_empty_blog(store_name)
    post = await publish(site.store, slug="zero", publication_date=MOMENT)
    await publish(site.store, slug="another")
    addresses, moved, address = {"/zero"}, post, "/zero"
    for move in moves:
        if isinstance(move, BlogChange):
            await site.store.blog.save(move, match=None)
        else:
            await site.store.posts.save(post.id, move, match=None, comments=0)
        moved = await read_post(site.store, post.id)
        address = PermalinkRule.of(await site.store.blog.get()).path(moved)
        if moved.status is PostStatus.PUBLISHED:
            addresses.add(address)
    for each in addresses:
        answer = await site.get(each)
        found = (answer.status_code, answer.headers.get("location"))
        if moved.status is not PostStatus.PUBLISHED:
            assert found == (404, None), each
        else:
            assert found == ((200, None) if each == address else (301, address)), each
