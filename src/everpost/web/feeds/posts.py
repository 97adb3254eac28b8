"""The feeds of posts: of the blog, of a tag and of an author."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response
from starlette.responses import RedirectResponse

from everpost.api.routing.parameters import UserId
from everpost.domain.ids import Id
from everpost.domain.text import unstorable_reason
from everpost.errors import NotFound
from everpost.web.feeds.document import Document
from everpost.web.feeds.entries import post_entries
from everpost.web.feeds.ids import feed_urn
from everpost.web.feeds.requests import FeedOfPosts, FeedRequest, UnreadFeed
from everpost.web.listing import Listed, ListQuery, read_list
from everpost.web.site import Presentation
from everpost.web.urls import Urls

POSTS = 20
"""The maximum number of posts on a page of a feed."""
CHARACTERS = 1_000_000
"""The maximum length of their contents together, if there is more than one."""


async def show_posts(feed: FeedOfPosts, query: Annotated[ListQuery, Query()]) -> Response:
    """The newest posts."""
    return await _answer(feed, query, lambda urls: urls.home)


async def show_tag(feed: FeedOfPosts, tag: str, query: Annotated[ListQuery, Query()]) -> Response:
    """The newest posts with a tag."""
    if not tag or unstorable_reason(tag):
        raise NotFound("tag", "")
    return await _answer(feed, query, lambda urls: urls.tag(tag), tag=tag)


async def show_author(feed: FeedOfPosts, user_id: UserId, query: Annotated[ListQuery, Query()]) -> Response:
    """The newest posts by an author."""
    return await _answer(feed, query, lambda urls: urls.author(user_id), author_id=user_id)


async def _answer(
    unread: UnreadFeed,
    query: ListQuery,
    page: Callable[[Urls], str],
    *,
    tag: str | None = None,
    author_id: Id | None = None,
) -> Response:
    """The feed of the page with this path."""

    async def read(feed: FeedRequest) -> Listed | None:
        path = feed.path(page(feed.shown.urls))
        return await read_list(feed.store, feed.shown, path, query, tag=tag, author_id=author_id, limit=POSTS)

    feed, listed = await unread.read(read)
    home, is_whole_blog = page(feed.shown.urls), tag is author_id is None
    if listed is None:
        return RedirectResponse(feed.path(home), 302)
    if not listed.rows and (query.after is not None or not is_whole_blog):
        raise NotFound("feed", "")
    listed = _truncated(listed)
    key = feed.key(listed.url)
    if (kept := feed.find(key, listed.rows, listed.facts)) is not None:
        return kept
    author = None if author_id is None else listed.rows[0].author
    document = _document(feed.shown, listed, home, tag or (author.name if author else ""))
    entries = await post_entries(listed.rows, feed.shown)
    return feed.answer(key, listed.rows, replace(document, entries=entries), listed.facts)


def _truncated(listed: Listed) -> Listed:
    """The list, cut off before the post that would make it too large; at least one post stays."""
    length = 0
    for number, post in enumerate(listed.rows):
        length += len(post.content)
        if number and length > CHARACTERS:
            return replace(listed, rows=listed.rows[:number], has_older=True)
    return listed


def _document(shown: Presentation, listed: Listed, home: str, heading: str) -> Document:
    """The page of the feed, without its entries."""
    urls = shown.urls
    dates = [max(post.updated_at, post.publication_date) for post in listed.rows]
    return Document(
        id=feed_urn(shown.blog, home.removeprefix(urls.root)),
        title=f"{heading} · {shown.site.title}" if heading else shown.site.title,
        description=shown.site.description,
        language=shown.site.language,
        site=shown.site.title,
        home=urls.absolute(home),
        url=urls.absolute(listed.url),
        first=urls.absolute(listed.path),
        newer=listed.newer and urls.absolute(listed.newer),
        older=listed.older and urls.absolute(listed.older),
        updated=max(dates, default=shown.blog.updated_at),
        entries=(),
    )
