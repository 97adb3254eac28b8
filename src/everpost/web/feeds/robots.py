"""robots.txt: RFC 9309, with the address of the sitemap."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from everpost.domain.clock import now
from everpost.web.feeds.requests import keep
from everpost.web.page_cache import CurrentPageCache
from everpost.web.site import CurrentPresentation


async def show_robots(request: Request, shown: CurrentPresentation, cache: CurrentPageCache) -> Response:
    """The rules for robots: they may read everything but the API and the desk."""
    urls = shown.urls
    # With the slash, because `/api` would also exclude the post `/api-design`.
    lines = (
        "User-agent: *",
        f"Disallow: {urlsplit(urls.absolute(urls.api)).path}/",
        f"Disallow: {urlsplit(urls.absolute(urls.desk)).path}/",
        "",
        f"Sitemap: {urls.absolute(f'{urls.root}/sitemap.xml')}",
        "",
    )
    body = "\n".join(lines).encode()
    return keep(cache, (shown, "robots"), (), body, "text/plain").answer(request, now())
