"""Lists of posts: the home page, and the pages of a tag and of an author."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from everpost.api.routing.dependencies import CurrentSettings, OpenStore
from everpost.api.routing.parameters import Cursor, UserId
from everpost.domain.clock import HORIZON, now
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import Post, PostFilter, PostQuery, PostSort
from everpost.domain.text import unstorable_reason
from everpost.errors import NotFound
from everpost.services import posts
from everpost.settings import Settings
from everpost.stores.port import Store
from everpost.web.contexts import Context, Hints, HomePage, ListPage, Metadata
from everpost.web.metadata import list_metadata
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.rendering import render
from everpost.web.site import CurrentPresentation, Presentation
from everpost.web.urls import with_query
from everpost.web.views.posts import summaries

_FEW = 2
"""Posts. A tag with fewer adds nothing to the post itself, so search engines should ignore its page."""


class ListQuery(BaseModel):
    """The page of a list: the older posts after a cursor, or the newer posts before one."""

    after: Cursor = None
    before: Cursor = None


@dataclass(frozen=True, slots=True)
class _Listed:
    """Some posts of a list, newest first, and whether there are others."""

    path: str
    query: ListQuery
    rows: tuple[Post, ...]
    has_newer: bool
    has_older: bool

    @property
    def url(self) -> str:
        after, before = self.query.after, self.query.before
        return with_query(
            self.path,
            after=None if after is None else encode_cursor(after),
            before=None if before is None else encode_cursor(before),
        )

    @property
    def newer(self) -> str | None:
        if not (self.has_newer and self.rows):
            return None
        return with_query(self.path, before=encode_cursor(self.rows[0].position()))

    @property
    def older(self) -> str | None:
        if not (self.has_older and self.rows):
            return None
        return with_query(self.path, after=encode_cursor(self.rows[-1].position()))


async def show_home(
    request: Request,
    store: OpenStore,
    settings: CurrentSettings,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The newest posts."""
    listed = await _read(store, shown, shown.urls.home, query)
    if listed is None:
        return RedirectResponse(shown.urls.home, 302)
    if not listed.rows and query.after is not None:
        raise NotFound("page", "")
    if (kept := cache.find(_key(shown, listed), listed.rows)) is not None:
        return kept.answer(request, now())
    context = HomePage(
        site=shown.site,
        meta=_metadata(shown, "", listed),
        posts=await summaries(listed.rows, shown),
        is_first=not listed.has_newer,
        hints=None if listed.rows else _hints(shown, settings),
    )
    return _keep(cache, shown, listed, context).answer(request, now())


async def show_tag(
    request: Request,
    store: OpenStore,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    tag: str,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The posts with a tag."""
    if unstorable_reason(tag):
        raise NotFound("tag", "")
    path = shown.urls.tag(tag)
    listed = await _read(store, shown, path, query, tag=tag)
    if listed is None:
        return RedirectResponse(path, 302)
    return await _answer(request, shown, cache, listed, "tag", tag)


async def show_author(
    request: Request,
    store: OpenStore,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    user_id: UserId,
    query: Annotated[ListQuery, Query()],
) -> Response:
    """The posts by an author."""
    path = shown.urls.author(user_id)
    listed = await _read(store, shown, path, query, author_id=user_id)
    if listed is None:
        return RedirectResponse(path, 302)
    author = listed.rows[0].author if listed.rows else None
    return await _answer(request, shown, cache, listed, "author", "" if author is None else author.name)


async def _read(
    store: Store,
    shown: Presentation,
    path: str,
    query: ListQuery,
    *,
    tag: str | None = None,
    author_id: Id | None = None,
) -> _Listed | None:
    """A page of the list; None if it would begin before the newest post, so that the first page is due."""
    wanted = PostQuery(
        filter=PostFilter(audience=PUBLIC.audience(HORIZON.moment()), tag=tag, author_id=author_id),
        limit=shown.blog.posts_per_page,
        after=query.after,
        comments=0,
    )
    if query.before is None or query.after is not None:
        page = await posts.list_page(store, PUBLIC, wanted)
        return _Listed(path, query, page.rows, query.after is not None, page.has_more)
    page = await posts.list_page(store, PUBLIC, replace(wanted, sort=PostSort.OLDEST, after=query.before))
    return _Listed(path, query, page.rows[::-1], True, True) if page.has_more else None


async def _answer(
    request: Request, shown: Presentation, cache: PageCache, listed: _Listed, kind: str, heading: str
) -> Response:
    """The page of a tag or an author. Raises NotFound if the list is empty."""
    if not listed.rows:
        raise NotFound(kind, "")
    if (kept := cache.find(_key(shown, listed), listed.rows)) is not None:
        return kept.answer(request, now())
    context = ListPage(
        site=shown.site,
        meta=_metadata(shown, heading, listed),
        kind=kind,
        heading=heading,
        posts=await summaries(listed.rows, shown),
    )
    return _keep(cache, shown, listed, context).answer(request, now())


def _keep(cache: PageCache, shown: Presentation, listed: _Listed, context: Context) -> RenderedPage:
    page = RenderedPage(render(context), now(), headers=shown.headers)
    cache.keep(_key(shown, listed), listed.rows, page)
    return page


def _key(shown: Presentation, listed: _Listed) -> tuple[object, ...]:
    return (*shown.key, listed.url, listed.has_newer, listed.has_older)


def _metadata(shown: Presentation, heading: str, listed: _Listed) -> Metadata:
    is_thin = not (listed.has_newer or listed.has_older) and len(listed.rows) < _FEW
    return list_metadata(
        shown,
        heading,
        listed.url,
        newer=listed.newer,
        older=listed.older,
        is_indexed=not (heading and is_thin),
    )


def _hints(shown: Presentation, settings: Settings) -> Hints:
    api = shown.urls.api
    return Hints(api=shown.urls.absolute(api), documentation=f"{api}/docs" if settings.docs else None)
