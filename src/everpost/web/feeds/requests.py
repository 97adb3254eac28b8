"""Requests for feeds, and their responses."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from everpost.api.routing.dependencies import OpenStore
from everpost.domain.clock import now
from everpost.domain.posts import Post
from everpost.stores.port import Store
from everpost.web.feeds.alternates import feed_path
from everpost.web.feeds.document import Document
from everpost.web.feeds.formats import FORMATS, Format
from everpost.web.listing import Listed
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.site import CurrentPresentation, Presentation, read_with_settings


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A request for a feed in one of the formats."""

    http: Request
    store: Store
    shown: Presentation
    cache: PageCache
    format: Format

    def path(self, page: str) -> str:
        """The path of the feed of a page."""
        return feed_path(page, self.format)

    def key(self, url: str) -> tuple[object, ...]:
        """The key of a document in the page cache."""
        return (self.shown, url)

    def find(self, key: tuple[object, ...], posts: Sequence[Post], facts: Hashable = ()) -> Response | None:
        """The response with the cached document, if it still shows these posts and facts."""
        kept = self.cache.find(key, posts, facts)
        return None if kept is None else kept.answer(self.http, now())

    def answer(
        self, key: tuple[object, ...], posts: Sequence[Post], document: Document, facts: Hashable = ()
    ) -> Response:
        """The response with a new document, which is cached together with these posts and facts."""
        body, media_type = self.format.write(document), f"{self.format.media_type}; charset=utf-8"
        return keep(self.cache, key, posts, body, media_type, facts).answer(self.http, now())


def keep(
    cache: PageCache,
    key: tuple[object, ...],
    posts: Sequence[Post],
    body: bytes,
    media_type: str,
    facts: Hashable = (),
) -> RenderedPage:
    """Cache a page with this body, and return it. An equal cached body keeps its date."""
    page = cache.find(key, posts, facts)
    if page is None or page.body != body:
        page = RenderedPage(body, now(), media_type=media_type)
        cache.keep(key, posts, page, facts)
    return page


@dataclass(frozen=True, slots=True)
class UnreadFeed:
    """A request for a feed, before the settings of the blog have been read."""

    http: Request
    store: Store
    cache: PageCache

    async def read(
        self, wanted: Callable[[FeedRequest], Awaitable[Listed | None]]
    ) -> tuple[FeedRequest, Listed | None]:
        """The request with the current settings, and the posts that were read with them."""
        shown, listed = await read_with_settings(
            self.http, self.store, lambda shown: wanted(self.with_settings(shown))
        )
        return self.with_settings(shown), listed

    def with_settings(self, shown: Presentation) -> FeedRequest:
        """The request, for the format that its address names."""
        file = self.http.scope["path"].rpartition("/")[2]
        return FeedRequest(self.http, self.store, shown, self.cache, FORMATS[file])


async def get_unread_feed(request: Request, store: OpenStore, cache: CurrentPageCache) -> UnreadFeed:
    """The request, without a query for the settings."""
    return UnreadFeed(request, store, cache)


FeedOfPosts = Annotated[UnreadFeed, Depends(get_unread_feed)]


async def get_feed_request(feed: FeedOfPosts, shown: CurrentPresentation) -> FeedRequest:
    """The request with the current settings."""
    return feed.with_settings(shown)


CurrentFeed = Annotated[FeedRequest, Depends(get_feed_request)]
