"""Links to a post survive when it moves."""

from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.posts import PostChange, PostStatus
from tests.contract.pages.conftest import Site
from tests.contract.port.examples import publish


async def test_a_slug_that_changes_keeps_its_links(site: Site) -> None:
    post = await publish(site.store, slug="first")
    await site.change(permalink="/{year}/{slug}")
    for slug in ("second", "third"):
        change = PostChange(updated_at=now(), slug=slug)
        await site.store.posts.save(post.id, change, match=None, comments=0)
    for path in ("/2024/first", "/2024/second", "/third", "/Third/"):
        moved = await site.get(path)
        assert (moved.status_code, moved.headers.get("location")) == (301, "/2024/third"), path


async def test_a_pattern_that_changes_keeps_all_links(site: Site) -> None:
    post = await publish(site.store, slug="hello")
    patterns = ("/{year}/{month}/{day}/{slug}", "/blog/{slug}", "/{id}", "/{year}/{id}", "/{slug}")
    paths = ("/2024/02/29/hello", "/blog/hello", f"/{post.id}", f"/2024/{post.id}", "/hello")
    for pattern, own in zip(patterns, paths, strict=True):
        await site.change(permalink=pattern)
        for path in paths:
            answer = await site.get(path)
            if path == own:
                assert answer.status_code == 200
            else:
                assert (answer.status_code, answer.headers.get("location")) == (301, own), (pattern, path)


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
