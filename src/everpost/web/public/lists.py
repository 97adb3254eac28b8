"""Lists of posts: the home page, and the pages of a tag and of an author."""

from typing import Annotated

from fastapi import Query, Request, Response
from starlette.responses import RedirectResponse

from everpost.api.routing.dependencies import CurrentSettings, OpenStore
from everpost.api.routing.parameters import UserId
from everpost.domain.clock import now
from everpost.domain.text import unstorable_reason
from everpost.errors import NotFound
from everpost.settings import Settings
from everpost.stores.port import Store
from everpost.web.contexts import Context, Hints, HomePage, ListPage, Metadata
from everpost.web.feeds.alternates import feeds_of
from everpost.web.listing import Listed, ListQuery, read_list
from everpost.web.metadata import list_metadata
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.public.permalinks import REDIRECT_HEADERS, find_numbered
from everpost.web.site import CurrentPresentation, Presentation, read_with_settings
from everpost.web.views.posts import summaries

FEW = 2
"""The number of posts below which a list is not indexed: it adds nothing to the post itself."""


async def show_home(
    request: Request,
    store: OpenStore,
    settings: CurrentSettings,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The newest posts."""
    if (post := await find_numbered(store, "/", request.query_params)) is not None:
        return RedirectResponse(shown.urls.post(post), 301, REDIRECT_HEADERS)
    listed = await read_list(store, shown, shown.urls.home, query)
    if listed is None:
        return RedirectResponse(shown.urls.home, 302)
    if not listed.rows and query.after is not None:
        raise NotFound("page", "")
    hints = None if listed.rows else _hints(shown, settings)
    return (await _home_page(shown, cache, listed, hints)).answer(request, now())


async def find_home_page(store: Store, shown: Presentation, cache: PageCache) -> RenderedPage | None:
    """The first page, if its posts confirm that the settings have not changed."""
    listed = await read_list(store, shown, shown.urls.home, ListQuery())
    if listed is None or not shown.is_current_with(listed.rows):
        return None
    return await _home_page(shown, cache, listed, None)


async def _home_page(
    shown: Presentation, cache: PageCache, listed: Listed, hints: Hints | None
) -> RenderedPage:
    if (kept := cache.find((shown, listed.url), listed.rows, listed.facts)) is not None:
        return kept
    context = HomePage(
        site=shown.site,
        meta=_metadata(shown, "", listed),
        posts=await summaries(listed.rows, shown),
        is_first=not listed.has_newer,
        hints=hints,
    )
    return _keep(cache, shown, listed, context)


async def show_tag(
    request: Request,
    store: OpenStore,
    cache: CurrentPageCache,
    tag: str,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The posts with a tag."""
    if not tag or unstorable_reason(tag):
        raise NotFound("tag", "")
    shown, listed = await read_with_settings(
        request, store, lambda shown: read_list(store, shown, shown.urls.tag(tag), query, tag=tag)
    )
    if listed is None:
        return RedirectResponse(shown.urls.tag(tag), 302)
    return await _answer(request, shown, cache, listed, "tag", tag)


async def show_author(
    request: Request,
    store: OpenStore,
    cache: CurrentPageCache,
    user_id: UserId,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The posts by an author."""
    shown, listed = await read_with_settings(
        request,
        store,
        lambda shown: read_list(store, shown, shown.urls.author(user_id), query, author_id=user_id),
    )
    if listed is None:
        return RedirectResponse(shown.urls.author(user_id), 302)
    author = listed.rows[0].author if listed.rows else None
    return await _answer(request, shown, cache, listed, "author", "" if author is None else author.name)


async def _answer(
    request: Request, shown: Presentation, cache: PageCache, listed: Listed, kind: str, heading: str
) -> Response:
    """The page of a tag or an author. Raises NotFound if the list is empty."""
    if not listed.rows:
        raise NotFound(kind, "")
    if (kept := cache.find((shown, listed.url), listed.rows, listed.facts)) is not None:
        return kept.answer(request, now())
    context = ListPage(
        site=shown.site,
        meta=_metadata(shown, heading, listed),
        kind=kind,
        heading=heading,
        posts=await summaries(listed.rows, shown),
    )
    return _keep(cache, shown, listed, context).answer(request, now())


def _keep(cache: PageCache, shown: Presentation, listed: Listed, context: Context) -> RenderedPage:
    page = RenderedPage(shown.render(context), now(), headers=shown.headers)
    cache.keep((shown, listed.url), listed.rows, page, listed.facts)
    return page


def _metadata(shown: Presentation, heading: str, listed: Listed) -> Metadata:
    is_thin = not (listed.has_newer or listed.has_older) and len(listed.rows) < FEW
    return list_metadata(
        shown,
        heading,
        listed.url,
        newer=listed.newer,
        older=listed.older,
        is_indexed=not (heading and is_thin),
        feeds=feeds_of(listed.path, f"{heading} · {shown.site.title}") if heading else (),
    )


def _hints(shown: Presentation, settings: Settings) -> Hints:
    api = shown.urls.api
    return Hints(
        desk=shown.urls.desk,
        api=shown.urls.absolute(api),
        documentation=f"{api}/docs" if settings.docs else None,
    )
