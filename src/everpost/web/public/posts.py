"""Lists of posts."""

from datetime import UTC

from fastapi import Request, Response

from everpost.api.http.etags import body_etag, is_match
from everpost.api.http.responses import not_modified
from everpost.api.routing.dependencies import CurrentSettings, OpenStore
from everpost.api.routing.parameters import IfNoneMatch
from everpost.domain.clock import HORIZON
from everpost.domain.paging import DEFAULT_LIMIT
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import Post, PostFilter, PostQuery
from everpost.services import posts
from everpost.web.content_security import PUBLIC_HEADERS
from everpost.web.contexts import HomePage, Moment, Summary
from everpost.web.rendering import render
from everpost.web.site import site_of
from everpost.web.urls import Urls, urls_of


async def show_home(
    request: Request,
    store: OpenStore,
    settings: CurrentSettings,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The newest posts."""
    wanted = PostQuery(
        filter=PostFilter(audience=PUBLIC.audience(HORIZON.moment())), limit=DEFAULT_LIMIT, comments=0
    )
    page = await posts.list_page(store, PUBLIC, wanted)
    urls = urls_of(request, settings)
    site = site_of(urls)
    context = HomePage(site=site, title=site.title, posts=tuple(summary(post, urls) for post in page.rows))
    body = render(context)
    tag = body_etag(body)
    if is_match(tag, if_none_match):
        return not_modified(tag)
    return Response(body, headers={"etag": tag, **PUBLIC_HEADERS}, media_type="text/html")


def summary(post: Post, urls: Urls) -> Summary:
    """The post as lists show it."""
    moment = post.publication_date.astimezone(UTC)
    return Summary(
        title=post.title,
        url=urls.post(post),
        published=Moment(text=f"{moment:%Y-%m-%d}", iso=moment.isoformat(timespec="seconds")),
    )
