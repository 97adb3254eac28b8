"""Previews of drafts and scheduled posts, which need a signed link."""

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from everpost.app import create_app
from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.posts import Post, PostChange, PostKind, PostStatus
from everpost.services.drafts import preview_links
from everpost.settings import Settings
from everpost.transfer.copy.operations import Phase, copy
from everpost.transfer.copy.origins import origin_of
from tests.conftest import Blog, Engines, offer_key
from tests.contract.http.people import PEOPLE, headers_of
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

DAY = timedelta(days=1)
EDITOR = Actor(PEOPLE["editor"].user, frozenset({Scope.POSTS_WRITE}))
PRIVATE = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


async def link_to(site: Site, post: Post, **sent: object) -> str:
    """A new link, as the author of the post gets it."""
    path = f"/api/posts/{post.id}/preview"
    answer = await site.client.post(path, json=sent, headers=headers_of("author"))
    assert answer.status_code == 200, answer.text
    link: str = answer.json()["url"]
    assert link.startswith(f"http://blog.example/preview/{post.id}?")
    return link


async def save(site: Site, post: Post, **fields: object) -> None:
    change = PostChange(updated_at=post.updated_at, **fields)  # type: ignore[arg-type]
    await site.store.posts.save(post.id, change, match=None, comments=0)


def article(answer: httpx.Response) -> str:
    (found,) = re.findall("(?s)<article.*</article>", answer.text)
    return str(found)


@pytest.mark.parametrize("kind", PostKind)
async def test_a_preview_looks_like_the_public_page(site: Site, kind: PostKind) -> None:
    draft = await publish(
        site.store,
        title="A draft",
        content="*Words*\n\n## A heading",
        tags=("a",),
        kind=kind,
        author=ANN,
        status=PostStatus.DRAFT,
    )
    preview = await site.get(await link_to(site, draft))
    assert preview.status_code == 200
    await save(site, draft, status=PostStatus.PUBLISHED)
    public = await site.get(f"/{draft.slug}")
    assert article(preview) == article(public)
    assert "<em>Words</em>" in article(preview)


async def test_relative_addresses_in_a_preview_lead_where_they_do_on_the_page_of_the_post(site: Site) -> None:
    await site.change(permalink="/blog/{slug}")
    content = "![A](a.png) [b](../b) [c](#top) [d](/d) [e](https://e.example/) [^1]\n\n[^1]: Note\n\n## Top"
    draft = await publish(site.store, slug="new", content=content, author=ANN, status=PostStatus.DRAFT)
    page = Page(await site.get(await link_to(site, draft)))
    assert page.one("//article//img/@src") == "/blog/a.png"
    links = page.all("//article//div[@class='prose']//a/@href")
    assert links[:4] == ["/b", "#user-content-top", "/d", "https://e.example/"]
    assert all(link.startswith("#user-content-") for link in links[4:])
    assert len(links) > 4


async def test_a_preview_is_private(site: Site) -> None:
    """No cache keeps it, no search engine and no other site learns of it, and nothing can be sent."""
    draft = await publish(site.store, title="A draft", author=ANN, status=PostStatus.DRAFT)
    await comment_on(site.store, draft.id, guest_name="Gus", content="A comment")
    answer = await site.get(await link_to(site, draft))
    assert answer.headers.items() >= PRIVATE.items()
    assert not {"etag", "last-modified", "set-cookie"} & {*answer.headers}
    page = Page(answer)
    assert page.one("//main/p[@role='note']").startswith("This is a preview")
    assert page.one("//meta[@name='robots']/@content") == "noindex"
    assert page.one("//*[@id='comments']/p") == "Comments will be possible when the post is public."
    for absent in (
        "form",
        "script",
        "meta[@property]",
        "link[@rel='canonical' or contains(@href, 'comments')]",
    ):
        assert page.all(f"//{absent}") == []
    assert "A comment" not in answer.text


async def test_a_preview_shows_the_latest_text_until_the_post_is_public(site: Site) -> None:
    post = await publish(site.store, slug="hello", publication_date=now() + DAY, author=ANN)
    link = await link_to(site, post)
    assert (await site.get(link)).status_code == 200
    await save(site, post, title="Another title", content="Other words")
    assert Page(await site.get(link)).one("//h1") == "Another title"
    await save(site, post, publication_date=now() - DAY)
    public = await site.get(link)
    assert (public.status_code, public.headers["location"]) == (302, "/hello")
    assert public.headers.items() >= PRIVATE.items()
    await save(site, post, status=PostStatus.DRAFT)
    assert (await site.get(link)).status_code == 200


async def test_a_wrong_link_is_a_page_that_does_not_exist(site: Site, subtests: pytest.Subtests) -> None:
    draft, other = [
        await publish(site.store, title="Secret", author=ANN, status=PostStatus.DRAFT) for _ in range(2)
    ]
    public = await publish(site.store, title="Secret", author=ANN)
    link = await link_to(site, draft)
    sent = dict(parse_qsl(urlsplit(link).query))
    later = {**sent, "until": str(int(sent["until"]) + 1)}
    blog = await site.store.blog.get()
    expired = await preview_links.create_link(site.store, EDITOR, blog, draft.id, lifetime=timedelta(0))
    wrong = {
        "without a signature": f"/preview/{draft.id}",
        "with half a signature": link[:-20],
        "with a longer signature": f"{link}A",
        "with another text": f"/preview/{draft.id}?{urlencode({**sent, 'signature': 'ß'})}",
        "later than it was signed for": f"/preview/{draft.id}?{urlencode(later)}",
        "far in the future": f"/preview/{draft.id}?{urlencode({**sent, 'until': '9' * 30})}",
        "without a time": f"/preview/{draft.id}?{urlencode({**sent, 'until': '-'})}",
        "expired": expired.path,
        "for another draft": link.replace(draft.id, other.id),
        "for a public post": link.replace(draft.id, public.id),
        "for no post": link.replace(draft.id, new_id()),
        "for no id": link.replace(draft.id, "draft"),
        "for no path": "/preview",
    }
    assert (await site.get(link)).status_code == 200
    for reason, each in wrong.items():
        with subtests.test(reason):
            await assert_not_found(site, each)


async def test_revoked_links_stop_working(site: Site) -> None:
    draft = await publish(site.store, title="Secret", author=ANN, status=PostStatus.DRAFT)
    other = await publish(site.store, title="Secret", author=ANN, status=PostStatus.DRAFT)
    kept, *revoked = [await link_to(site, each) for each in (other, draft, draft)]
    path = f"/api/posts/{draft.id}/preview"
    assert (await site.client.delete(path, headers=headers_of("author"))).status_code == 204
    new = await link_to(site, draft)
    for each in revoked:
        await assert_not_found(site, each)
    for each in (kept, new):
        assert (await site.get(each)).status_code == 200
    await site.store.posts.remove(draft.id, match=None)
    await site.store.posts.add(draft)
    await link_to(site, draft)
    await assert_not_found(site, new)


async def test_a_draft_with_a_link_is_listed_nowhere(site: Site) -> None:
    draft = await publish(site.store, title="Secret", author=ANN, status=PostStatus.DRAFT)
    await site.get(await link_to(site, draft))
    for path in ("/", "/archive", "/atom.xml", "/feed.json", "/sitemap.xml", f"/{draft.slug}"):
        assert "Secret" not in (await site.get(path)).text
        assert draft.id not in (await site.get(path)).text


async def test_a_link_has_the_base_url_or_the_address_of_the_request(site: Site) -> None:
    draft = await publish(site.store, author=ANN, status=PostStatus.DRAFT)
    path = f"/api/posts/{draft.id}/preview"
    sent = headers_of("author") | {"host": "example.org:8001"}
    answer = await site.client.post(path, json={}, headers=sent)
    assert answer.json()["url"].startswith(f"http://example.org:8001/preview/{draft.id}?")
    await site.change(base_url="https://blog.example/~ann")
    answer = await site.client.post(path, json={}, headers=sent)
    assert answer.json()["url"].startswith(f"https://blog.example/~ann/preview/{draft.id}?")


async def assert_not_found(site: Site, path: str) -> None:
    """Check that the answer is that to a path that nothing has ever had."""
    answer, nothing = await site.get(path), await site.get("/nothing")
    assert (answer.status_code, answer.text) == (404, nothing.text)
    assert answer.headers == nothing.headers


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


async def status_of(blog: Blog, path: str) -> int:
    """The status of a page of this blog."""
    async with AsyncExitStack() as opened:
        app = create_app(Settings.model_validate({"database_url": blog.url}))
        await opened.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example")
        return (await (await opened.enter_async_context(client)).get(path)).status_code


async def test_a_link_still_works_after_the_blog_has_moved(
    engines: Engines, pytestconfig: pytest.Config, store_name: str
) -> None:
    names = pytestconfig.stash[offer_key].names
    other = names[(names.index(store_name) + 1) % len(names)]
    if other == store_name:  # there is one database only
        return
    source, target = await engines.empty_blog(store_name), await engines.empty_blog(other)
    draft = await publish(source.store, status=PostStatus.DRAFT)
    blog = await source.store.blog.get()
    link = await preview_links.create_link(source.store, EDITOR, blog, draft.id)
    outcome = await copy(source.store.records, target.store.records, quiet, origin=origin_of(blog))
    assert outcome.agrees
    for each in (source, target):
        assert await status_of(each, link.path) == 200
