"""Requests for feeds, and their responses."""

from collections.abc import Hashable, Sequence
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
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.site import CurrentPresentation, Presentation


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


async def get_feed_request(
    request: Request, store: OpenStore, shown: CurrentPresentation, cache: CurrentPageCache
) -> FeedRequest:
    """The request, for the format that its address names."""
    file = request.scope["path"].rpartition("/")[2]
    return FeedRequest(request, store, shown, cache, FORMATS[file])


CurrentFeed = Annotated[FeedRequest, Depends(get_feed_request)]
