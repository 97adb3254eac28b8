"""What is not public is on no page."""

from collections.abc import Iterator
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.comments import CommentStatus
from everpost.domain.people.users import UserChange
from everpost.domain.posts import PostStatus
from tests.contract.http.people import headers_of
from tests.contract.pages.conftest import ANN, Site
from tests.contract.port.examples import comment_on, publish

SECRET = "a secret"


def paths(slug: str) -> Iterator[str]:
    """Every page on which a post could be."""
    yield from ("/", f"/{slug}", "/tags", "/tags/hidden", f"/authors/{ANN.id}", "/archive", "/nothing")


async def test_drafts_and_scheduled_posts_are_on_no_page(site: Site) -> None:
    await publish(site.store, title="Shown", author=ANN)
    tomorrow = now() + timedelta(days=1)
    draft = await publish(
        site.store, title=SECRET, slug="draft", tags=("hidden",), author=ANN, status=PostStatus.DRAFT
    )
    await comment_on(site.store, draft.id, guest_name="Gus")
    await publish(
        site.store, title=SECRET, slug="later", tags=("hidden",), author=ANN, publication_date=tomorrow
    )
    for slug in ("draft", "later"):
        for path in paths(slug):
            for headers in ({}, headers_of("author"), headers_of("admin")):
                page = await site.client.get(path, headers=headers)
                assert SECRET not in page.text
                assert "hidden" not in page.text.replace("aria-hidden", "")
        assert (await site.get(f"/{slug}")).status_code == 404
        assert (await site.send(f"/{slug}", {"name": "Gus", "content": "Hello"})).status_code == 404
    assert (await site.get("/tags/hidden")).status_code == 404


async def test_a_post_appears_when_its_time_comes(site: Site) -> None:
    soon = now() + timedelta(milliseconds=300)
    await publish(site.store, title="Soon", slug="soon", publication_date=soon)
    assert (await site.get("/soon")).status_code == 404
    while now() <= soon:
        assert "Soon" not in (await site.get("/")).text or now() >= soon
    assert (await site.get("/soon")).status_code == 200
    assert "Soon" in (await site.get("/")).text


async def test_comments_that_are_not_approved_are_on_no_page(site: Site) -> None:
    post = await publish(site.store, slug="hello", author=ANN)
    for status in (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.REMOVED):
        comment = await comment_on(site.store, post.id, guest_name=SECRET, content=SECRET, status=status)
        for path in ("/hello", f"/hello?reply={comment.id}", f"/hello?thread={comment.id}"):
            assert SECRET not in (await site.get(path)).text
        for query in ("", "?key=", "?key=wrong"):
            answer = await site.get(f"/comments/{post.id}/{comment.id}{query}")
            assert answer.status_code == 404
            assert SECRET not in answer.text


async def test_a_disabled_author_has_no_name_and_no_page(site: Site) -> None:
    post = await publish(site.store, slug="hello", author=ANN)
    await comment_on(site.store, post.id, author=ANN)
    assert ANN.name in (await site.get("/hello")).text
    await site.store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    for path in ("/", "/hello", "/archive"):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert ANN.name not in answer.text
    assert (await site.get(f"/authors/{ANN.id}")).status_code == 404
