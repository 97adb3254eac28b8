"""What is not public is on no page."""

from collections.abc import Iterator
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.comments import CommentStatus
from everpost.domain.people.users import UserChange
from everpost.domain.posts import Post, PostChange, PostStatus
from tests.contract.http.people import headers_of
from tests.contract.pages import feeds
from tests.contract.pages.conftest import ANN, Site
from tests.contract.port.examples import comment_on, publish

SECRET = "a secret"


def paths(post: Post) -> Iterator[str]:
    """Every page, feed and file in which a post could be."""
    yield from ("/", f"/{post.slug}", "/tags", "/tags/hidden", f"/authors/{ANN.id}", "/archive", "/nothing")
    yield from (
        "/sitemap.xml",
        "/sitemap-1.xml",
        "/sitemap-2.xml",
        *feeds.paths(post, tag="hidden", author=ANN),
    )


async def test_drafts_and_scheduled_posts_are_on_no_page(site: Site) -> None:
    await publish(site.store, title="Shown", author=ANN)
    tomorrow = now() + timedelta(days=1)
    draft = await publish(
        site.store, title=SECRET, slug="draft", tags=("hidden",), author=ANN, status=PostStatus.DRAFT
    )
    later = await publish(
        site.store, title=SECRET, slug="later", tags=("hidden",), author=ANN, publication_date=tomorrow
    )
    for post in (draft, later):
        await comment_on(site.store, post.id, guest_name="Gus")
        for path in paths(post):
            for headers in ({}, headers_of("author"), headers_of("admin")):
                page = await site.client.get(path, headers=headers)
                assert SECRET not in page.text
                assert "hidden" not in page.text.replace("aria-hidden", "")
                assert f"/{post.slug}<" not in page.text
        assert (await site.get(f"/{post.slug}")).status_code == 404
        assert (await site.get(f"/comments/{post.id}/atom.xml")).status_code == 404
        assert (await site.send(f"/{post.slug}", {"name": "Gus", "content": "Hello"})).status_code == 404
    assert (await site.get("/tags/hidden")).status_code == 404


async def test_a_post_appears_when_its_time_comes(site: Site) -> None:
    soon = now() + timedelta(milliseconds=300)
    await publish(site.store, title="Soon", slug="soon", publication_date=soon)
    assert (await site.get("/soon")).status_code == 404
    while now() <= soon:
        assert "Soon" not in (await site.get("/")).text or now() >= soon
    assert (await site.get("/soon")).status_code == 200
    assert "Soon" in (await site.get("/")).text


async def test_a_post_that_is_a_draft_again_is_never_confirmed_by_a_condition(site: Site) -> None:
    """No cached page or feed survives, whichever condition a cache sends."""
    post = await publish(site.store, title=SECRET, slug="hello", tags=("hidden",), author=ANN)
    await comment_on(site.store, post.id, guest_name="Gus")
    known = {path: await site.get(path) for path in paths(post) if path not in {"/nothing", "/sitemap-1.xml"}}
    change = PostChange(updated_at=now(), status=PostStatus.DRAFT)
    await site.store.posts.save(post.id, change, match=None, comments=0)
    for path, page in known.items():
        assert page.status_code == 200, path
        since = {"if_modified_since": page.headers["last-modified"]}
        for condition in ({"if_none_match": page.headers["etag"]}, since):
            answer = await site.get(path, **condition)
            assert answer.status_code in {200, 404}, path
            assert SECRET not in answer.text


async def test_comments_that_are_not_approved_are_on_no_page(site: Site) -> None:
    post = await publish(site.store, slug="hello", author=ANN)
    for status in (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.REMOVED):
        comment = await comment_on(site.store, post.id, guest_name=SECRET, content=SECRET, status=status)
        for path in (*paths(post), f"/hello?reply={comment.id}", f"/hello?thread={comment.id}"):
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
    for path in (
        "/",
        "/hello",
        "/archive",
        "/atom.xml",
        "/comments/atom.xml",
        f"/comments/{post.id}/rss.xml",
    ):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert ANN.name not in answer.text
    assert (await site.get(f"/authors/{ANN.id}/atom.xml")).status_code == 404
    assert (await site.get(f"/authors/{ANN.id}")).status_code == 404
