"""A check of a saved post. It only advises."""

from collections.abc import AsyncIterator, Iterator, Sequence
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from everpost.domain.people.names import has_visible
from everpost.domain.posts import Post
from everpost.domain.reserved import is_reserved
from everpost.errors import NotFound
from everpost.markup.results import RenderedPost
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk
from everpost.web.public.permalinks import Moved, find_post

_MOST_LINKS = 50
"""The number of links to this blog that are followed."""


async def check(post: Post, store: Store, desk: Desk) -> Sequence[str]:
    """Advice for the writer, in the language of the desk."""
    rendered = await desk.shown.renderer.post(post)
    found = _Elements()
    found.feed(rendered.html)
    advice = []
    if not has_visible(post.title):
        advice.append(desk.text("The post has no title."))
    advice += [
        desk.text("The link to %(path)s leads nowhere on this blog.", path=path)
        async for path in _dead_links(found.links, post, store, desk)
    ]
    if found.undescribed:
        advice.append(
            desk.language.plural(
                found.undescribed,
                "%(num)s image has no alternative text.",
                "%(num)s images have no alternative text.",
            )
        )
    skipping = _skipping(rendered)
    advice += [desk.text("The heading “%(heading)s” skips a level.", heading=text) for text in skipping]
    return advice


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
    """The headings that are more than one level below the one before. The page has the first level."""
    before = None
    for heading in rendered.outline:
        if before is not None and heading.level > before + 1:
            yield heading.text
        before = heading.level


async def _dead_links(links: dict[str, None], post: Post, store: Store, desk: Desk) -> AsyncIterator[str]:
    urls = desk.shown.urls
    own = urls.absolute(urls.post(post))
    checked: dict[str, None] = {}
    for link in links:
        url = urljoin(own, link).partition("#")[0].partition("?")[0]
        if url.startswith(f"{urls.base}/") and url != own:
            checked[url] = None
    for url in list(checked)[:_MOST_LINKS]:
        path = unquote(urlsplit(url).path.removeprefix(urls.root))
        if is_reserved(path.split("/")[1]) or path == "/":
            continue
        try:
            await find_post(store, desk.shown, path)
        except Moved:
            continue
        except NotFound:
            yield path
