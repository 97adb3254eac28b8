"""The page of all tags."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import TagCursor
from everpost.domain.clock import now
from everpost.domain.paging import MAX_LIMIT, encode_word
from everpost.services import posts
from everpost.web.contexts import Tag, TagsPage
from everpost.web.languages import message
from everpost.web.metadata import list_metadata
from everpost.web.page_cache import CurrentPageCache
from everpost.web.pages import RenderedPage
from everpost.web.site import CurrentPresentation
from everpost.web.urls import with_query

HEADING = message("Tags")


class TagsQuery(BaseModel):
    """The tags after a cursor."""

    after: TagCursor = None


async def show_tags(
    request: Request,
    store: OpenStore,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    query: Annotated[TagsQuery, Query()],
) -> Response:
    """The tags of public posts, in alphabetical order."""
    after = query.after
    page = await posts.list_tags(store, limit=MAX_LIMIT, after=after)
    key = (shown, HEADING, after)
    if (kept := cache.find(key, (), page)) is not None:
        return kept.answer(request, now())
    urls = shown.urls
    more = with_query(urls.tags, after=encode_word(page.rows[-1].tag)) if page.has_more else None
    path = with_query(urls.tags, after=None if after is None else encode_word(after))
    context = TagsPage(
        site=shown.site,
        meta=list_metadata(
            shown, shown.text(HEADING), path, older=more, newer=None if after is None else urls.tags
        ),
        tags=tuple(Tag(label=each.tag, url=urls.tag(each.tag), count=each.count) for each in page.rows),
    )
    rendered = RenderedPage(shown.render(context), now())
    cache.keep(key, (), rendered, page)
    return rendered.answer(request, now())
