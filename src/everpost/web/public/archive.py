"""The page of all posts by month."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.domain.clock import HORIZON, now
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import PostFilter, PostQuery
from everpost.services import posts
from everpost.web.contexts import ArchivePage
from everpost.web.languages import message
from everpost.web.metadata import list_metadata
from everpost.web.page_cache import CurrentPageCache
from everpost.web.pages import RenderedPage
from everpost.web.site import CurrentPresentation
from everpost.web.urls import with_query
from everpost.web.views.posts import months

HEADING = message("Archive")


class ArchiveQuery(BaseModel):
    """The posts after a cursor."""

    after: Cursor = None


async def show_archive(
    request: Request,
    store: OpenStore,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    query: Annotated[ArchiveQuery, Query()],
) -> Response:
    """The titles of all posts, newest first."""
    after = query.after
    page = await posts.list_page(
        store,
        PUBLIC,
        PostQuery(
            filter=PostFilter(audience=PUBLIC.audience(HORIZON.moment())),
            limit=MAX_LIMIT,
            after=after,
            comments=0,
        ),
    )
    archive = shown.urls.archive
    path = with_query(archive, after=None if after is None else encode_cursor(after))
    key = (shown, path)
    if (kept := cache.find(key, page.rows, page.has_more)) is not None:
        return kept.answer(request, now())
    older = with_query(archive, after=encode_cursor(page.rows[-1].position())) if page.has_more else None
    context = ArchivePage(
        site=shown.site,
        meta=list_metadata(
            shown, shown.text(HEADING), path, older=older, newer=None if after is None else archive
        ),
        months=months(page.rows, shown),
    )
    rendered = RenderedPage(shown.render(context), now())
    cache.keep(key, page.rows, rendered, page.has_more)
    return rendered.answer(request, now())
