"""The page that explains feeds to readers."""

from fastapi import Request, Response

from everpost.domain.clock import now
from everpost.web.contexts import FeedsPage, Link
from everpost.web.feeds.alternates import feed_path
from everpost.web.feeds.formats import FORMATS
from everpost.web.feeds.requests import keep
from everpost.web.languages import message
from everpost.web.metadata import list_metadata
from everpost.web.page_cache import CurrentPageCache
from everpost.web.site import CurrentPresentation, Presentation

HEADING = message("Feeds")


async def show_feeds(request: Request, shown: CurrentPresentation, cache: CurrentPageCache) -> Response:
    """The addresses of the feeds."""
    urls = shown.urls
    context = FeedsPage(
        site=shown.site,
        meta=list_metadata(shown, shown.text(HEADING), urls.feeds),
        posts=_links(shown, urls.home),
        comments=_links(shown, urls.comments),
    )
    return keep(cache, (shown, urls.feeds), (), shown.render(context), "text/html").answer(request, now())


def _links(shown: Presentation, page: str) -> tuple[Link, ...]:
    return tuple(
        Link(label=each.name, url=shown.urls.absolute(feed_path(page, each))) for each in FORMATS.values()
    )
