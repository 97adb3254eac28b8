"""The sitemap, which names every public address to search engines (https://www.sitemaps.org/protocol.html)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from weakref import ref
from xml.sax.saxutils import escape

from fastapi import Request, Response

from everpost.api.routing.dependencies import OpenStore
from everpost.api.schemas.text import format_timestamp
from everpost.domain.clock import now
from everpost.errors import NotFound
from everpost.services.sitemaps import (
    SitemapState,
    authors_with,
    count_public,
    public_locations,
    read_state,
    tags_with,
)
from everpost.stores.deadlines import ending
from everpost.stores.port import Store
from everpost.web.feeds.requests import keep
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.public.lists import FEW
from everpost.web.site import CurrentPresentation, Presentation

MAX_URLS = 45_000
"""In one file: the protocol allows 50,000."""
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MEDIA_TYPE = "application/xml; charset=utf-8"
_MOST_STATES = 1_000


@dataclass(frozen=True, slots=True)
class _Sitemap:
    """The files of a sitemap, with at most `most` URLs each: the first names lists, the others name posts
    and pages.
    """

    store: Store
    shown: Presentation
    most: int

    async def whole(self) -> bytes:
        """All URLs or, if they are too many, the index of the files."""
        count = await count_public(self.store)
        if count <= self.most:
            urls = [url async for url in self._lists()]
            if len(urls) + count <= self.most:
                urls += [url async for url in self._posts(0)]
                return _urls(urls)
        return self._index(self._files(count))

    async def file(self, number: int) -> bytes:
        """The file with this number. Raises NotFound."""
        if not 1 <= number <= self._files(await count_public(self.store)):
            raise NotFound("sitemap", "")
        if number == 1:
            return _urls([url async for url in self._lists()])
        return _urls([url async for url in self._posts((number - 2) * self.most)])

    def _files(self, count: int) -> int:
        return 1 + -(-count // self.most)

    def _index(self, files: int) -> bytes:
        urls = self.shown.urls
        names = (f"{urls.root}/sitemap-{number}.xml" for number in range(1, files + 1))
        body = "".join(f"<sitemap>{_location(urls.absolute(name))}</sitemap>\n" for name in names)
        return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{body}</sitemapindex>\n'.encode()

    async def _lists(self) -> AsyncIterator[str]:
        urls, left = self.shown.urls, self.most
        async for path in self._paths_of_lists():
            yield _url(urls.absolute(path))
            left -= 1
            if not left:
                return

    async def _paths_of_lists(self) -> AsyncIterator[str]:
        """The lists that search engines should show: those of few posts are not indexed."""
        urls = self.shown.urls
        for path in (urls.home, urls.archive, urls.tags):
            yield path
        for author_id in await authors_with(self.store, FEW):
            yield urls.author(author_id)
        async for tag in tags_with(self.store, FEW):
            yield urls.tag(tag)

    async def _posts(self, skip: int) -> AsyncIterator[str]:
        urls = self.shown.urls
        async for location in public_locations(self.store, skip=skip, limit=self.most):
            changed_at = max(location.updated_at, location.publication_date)
            yield _url(urls.absolute(urls.post(location)), format_timestamp(changed_at))


class SitemapFiles:
    """The files of this application that are still in its page cache, and the state of the blog that each of
    them shows. Only one is made at a time, because each reads many posts.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._states: dict[tuple[object, ...], tuple[SitemapState, ref[RenderedPage]]] = {}

    async def page(
        self, cache: PageCache, key: tuple[object, ...], store: Store, make: Callable[[], Awaitable[bytes]]
    ) -> RenderedPage:
        """The file with this key, made if the blog has changed."""
        async with self._lock:
            moment, state = now(), await read_state(store)
            page = cache.find(key, ())
            known = self._states.pop(key, None)
            if page is None or known is None or known[0] != state or known[1]() is not page:
                with ending(None):  # every call has its own deadline: together, they may take longer
                    page = keep(cache, key, (), await make(), MEDIA_TYPE)
            if state.settled_at < moment:
                self._states[key] = state, ref(page)
            if len(self._states) > _MOST_STATES:
                self._states.clear()
            return page


async def show_sitemap(
    request: Request, store: OpenStore, shown: CurrentPresentation, cache: CurrentPageCache
) -> Response:
    """The sitemap, or the index of its files."""
    return await _answer(request, store, shown, cache, _Sitemap(store, shown, MAX_URLS).whole)


async def show_sitemap_file(
    request: Request, store: OpenStore, shown: CurrentPresentation, cache: CurrentPageCache, number: str
) -> Response:
    """A file of a sitemap that has several."""
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and number[0] != "0"):
        raise NotFound("sitemap", "")
    make = partial(_Sitemap(store, shown, MAX_URLS).file, int(number))
    return await _answer(request, store, shown, cache, make)


async def _answer(
    request: Request,
    store: Store,
    shown: Presentation,
    cache: PageCache,
    make: Callable[[], Awaitable[bytes]],
) -> Response:
    files: SitemapFiles = request.app.state.sitemap_files
    page = await files.page(cache, (shown, request.scope["path"], MAX_URLS), store, make)
    # Compressing megabytes would delay other requests.
    return await asyncio.to_thread(page.answer, request, now())


def _urls(urls: Sequence[str]) -> bytes:
    return f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n{"".join(urls)}</urlset>\n'.encode()


def _url(url: str, changed_at: str = "") -> str:
    changed = f"<lastmod>{changed_at}</lastmod>" if changed_at else ""
    return f"<url>{_location(url)}{changed}</url>\n"


def _location(url: str) -> str:
    return f"<loc>{escape(url)}</loc>"
