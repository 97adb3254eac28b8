"""A check of a post as the editor shows it. It only advises."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from everpost.domain.people.names import has_visible
from everpost.domain.posts import Post
from everpost.domain.reserved import is_reserved
from everpost.errors import NotFound
from everpost.markup.results import RenderedPost
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk
from everpost.web.public.permalinks import Moved, find_post
from everpost.web.urls import Urls

_MOST_LINKS = 50
"""The number of links to this blog that are followed."""
_MOST_HEADINGS = 50
"""The number of headings that are named."""


async def check(post: Post, store: Store, desk: Desk) -> Sequence[str]:
    """Advice for the writer, in the language of the desk."""
    rendered = await desk.shown.renderer.post(post)
    urls = desk.shown.urls
    found = await asyncio.to_thread(_findings, rendered, urls.absolute(urls.post(post)), urls)
    advice = []
    if not has_visible(post.title):
        advice.append(desk.text("The post has no title."))
    advice += [
        desk.text("The link to %(path)s leads nowhere on this blog.", path=path)
        async for path in _dead_links(found.links, store, desk)
    ]
    if found.undescribed:
        advice.append(
            desk.language.plural(
                found.undescribed,
                "%(num)s image has no alternative text.",
                "%(num)s images have no alternative text.",
            )
        )
    advice += [desk.text("The heading “%(heading)s” skips a level.", heading=text) for text in found.skipping]
    return advice


@dataclass(frozen=True, slots=True)
class _Findings:
    """The links, images and headings of rendered content that need advice."""

    links: Sequence[str]
    """Those to other pages of this blog, as absolute URLs."""
    undescribed: int
    """The number of images without alternative text."""
    skipping: Sequence[str]
    """The headings that are more than one level below the one before."""


def _findings(rendered: RenderedPost, own: str, urls: Urls) -> _Findings:
    """`own` is the URL of the post. The largest texts take seconds: call this outside of the event loop."""
    elements = _Elements()
    elements.feed(rendered.html)
    links = islice(_internal_links(elements.links, own, urls), _MOST_LINKS)
    return _Findings([*links], elements.undescribed, [*islice(_skipping(rendered), _MOST_HEADINGS)])


class _Elements(HTMLParser):
    """The links and images in rendered content."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.undescribed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.links[values["href"] or ""] = None
        if tag == "img" and not has_visible(values.get("alt") or ""):
            self.undescribed += 1


def _skipping(rendered: RenderedPost) -> Iterator[str]:
    """The headings that are more than one level below the one before. The title of the post is the first."""
    before = 1
    for heading in rendered.outline:
        if heading.level > before + 1:
            yield heading.text
        before = heading.level


def _internal_links(links: Iterable[str], own: str, urls: Urls) -> Iterator[str]:
    """The links to other pages of this blog, as absolute URLs."""
    seen = {own}
    for link in links:
        url = urljoin(own, link).partition("#")[0].partition("?")[0]
        if url.startswith(f"{urls.base}/") and url not in seen:
            seen.add(url)
            yield url


async def _dead_links(links: Sequence[str], store: Store, desk: Desk) -> AsyncIterator[str]:
    for url in links:
        path = unquote(urlsplit(url).path.removeprefix(desk.shown.urls.root))
        if is_reserved(path.split("/")[1]) or path == "/":
            continue
        try:
            await find_post(store, desk.shown, path)
        except Moved:
            continue
        except NotFound:
            yield path
