"""The page of a post, with its comments."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.api.schemas.text import SentId
from everpost.domain.clock import now
from everpost.domain.comments import Branch, Comment, CommentQuery, Node
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.errors import NotFound
from everpost.services.comments import read_comment
from everpost.services.posts import read_post
from everpost.services.threads import page_tree
from everpost.stores.port import Store
from everpost.web.contexts import CommentForm, Discussion, Link, PostPage, ThreadPage
from everpost.web.metadata import comments_title, post_metadata, private_metadata
from everpost.web.page_cache import CurrentPageCache, PageCache
from everpost.web.pages import RenderedPage
from everpost.web.public.permalinks import REDIRECT_HEADERS, Moved, find_post
from everpost.web.site import CurrentPresentation, Presentation
from everpost.web.titles import title_of
from everpost.web.views.comments import Thread, is_visible, tree_of
from everpost.web.views.posts import article

COMMENTS_A_PAGE = 50
"""The number of top-level comments on a page, if the thread does not fit on one page."""


class PostPageQuery(BaseModel):
    """The part of the thread that is shown."""

    reply: SentId | None = None
    """Show the form for a reply to this comment."""
    thread: SentId | None = None
    """Show only the replies to this comment."""
    comments: Cursor = None
    """Show the comments after this cursor."""


async def show_post(
    request: Request,
    store: OpenStore,
    shown: CurrentPresentation,
    cache: CurrentPageCache,
    path: str,
    query: Annotated[PostPageQuery, Query()],
) -> Response:
    """A post or a page, with its comments."""
    try:
        post = await find_post(store, shown, f"/{path}", request.query_params)
    except Moved as moved:
        return RedirectResponse(moved.url, 301, REDIRECT_HEADERS)
    thread = Thread(post, shown)
    if query.thread is not None or query.comments is not None:
        part = await _thread_page(store, thread, query)
        return RenderedPage(shown.render(part), now(), headers=shown.headers).answer(request, now())
    if query.reply is not None and (parent := await find_parent(store, post, query.reply)) is not None:
        context = await post_page(store, thread, thread.form(parent))
        context = replace(context, meta=replace(context.meta, is_indexed=False))
        return RenderedPage(shown.render(context), now(), headers=shown.headers).answer(request, now())
    key = _key(shown, path)
    if (kept := cache.find(key, (post,))) is None:
        kept = RenderedPage(
            shown.render(await post_page(store, thread, thread.form())), now(), headers=shown.headers
        )
        cache.keep(key, (post,), kept)
    return kept.answer(request, now())


async def find_post_page(
    store: Store, shown: Presentation, cache: PageCache, path: str
) -> RenderedPage | None:
    """The page of the post at this path from the cache, if neither the post nor the settings have changed.
    Costs the query for the state of one post, by its id.
    """
    key = _key(shown, path)
    if (known := cache.only_post(key)) is None:
        return None
    try:
        post = await read_post(store, PUBLIC, known.id, comments=COMMENTS_INSIDE)
    except NotFound:
        return None
    return cache.find(key, (post,)) if shown.is_current_with((post,)) else None


def _key(shown: Presentation, path: str) -> tuple[object, ...]:
    return ("post", shown, path)


async def post_page(store: Store, thread: Thread, form: CommentForm | None) -> PostPage:
    """The page of the post, with this form."""
    post, shown = thread.post, thread.shown
    rendered = await shown.renderer.post(post)
    is_whole = len(post.comments) < COMMENTS_INSIDE
    if is_whole:
        page = Page(tree_of(post.comments), has_more=False)
    else:
        page = await page_tree(
            store, CommentQuery(post_id=post.id, limit=COMMENTS_A_PAGE, branch=Branch(None))
        )
    return PostPage(
        site=shown.site,
        meta=post_metadata(shown, post, rendered, post.comments),
        post=article(post, rendered, shown),
        discussion=await _discussion(thread, page, form),
    )


async def _thread_page(store: Store, thread: Thread, query: PostPageQuery) -> ThreadPage:
    post, shown = thread.post, thread.shown
    wanted = CommentQuery(
        post_id=post.id, limit=COMMENTS_A_PAGE, after=query.comments, branch=Branch(query.thread)
    )
    page = await page_tree(store, wanted)
    if not page.rows:
        raise NotFound("page", "")
    url = shown.urls.post(post)
    return ThreadPage(
        site=shown.site,
        meta=private_metadata(shown, comments_title(shown, post)),
        post=Link(label=title_of(post, shown.language), url=url),
        discussion=await _discussion(thread, page, None, query.thread),
        first_url=f"{url}#comments",
    )


async def _discussion(
    thread: Thread, page: Page[Node], form: CommentForm | None, parent_id: Id | None = None
) -> Discussion:
    return Discussion(
        count=thread.post.comment_count,
        comments=await thread.views(page.rows),
        next_url=thread.next_url(page.rows[-1].comment, parent_id) if page.has_more else None,
        form=form,
        notice=thread.notice,
    )


async def find_parent(store: Store, post: Post, id: Id) -> Comment | None:
    """The comment to reply to; None if it no longer exists."""
    for comment in post.comments:
        if comment.id == id:
            return comment if is_visible(comment) else None
    try:
        seen = await read_comment(store, PUBLIC, post.id, id)
    except NotFound:
        return None
    return seen.comment if is_visible(seen.comment) else None
