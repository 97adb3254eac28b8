"""The preview of a post that is not public yet, for everyone who has a signed link to it."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import PostId
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import Post
from everpost.services.drafts.preview_links import read_preview
from everpost.services.posts import sees
from everpost.web.contexts import Discussion, PostPage
from everpost.web.languages import message
from everpost.web.metadata import private_metadata
from everpost.web.site import CurrentPresentation, Presentation
from everpost.web.titles import title_of
from everpost.web.views.comments import Thread
from everpost.web.views.posts import article

_PRIVATE = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
"""The URL is secret: no other site learns it, and no cache keeps the page after the link was revoked."""
_NOTE = message("This is a preview. The post is not public: only people who have this link can read it.")
_NO_COMMENTS = message("Comments will be possible when the post is public.")


class PreviewQuery(BaseModel):
    """The rest of the link, unchecked: a wrong link is like any other page that does not exist."""

    until: str = ""
    signature: str = ""


async def show_preview(
    store: OpenStore,
    shown: CurrentPresentation,
    post_id: PostId,
    query: Annotated[PreviewQuery, Query()],
) -> Response:
    """The post as it will look. Once it is public, redirect to it."""
    post = await read_preview(store, shown.blog, post_id, until=query.until, signature=query.signature)
    if sees(PUBLIC, post):
        return RedirectResponse(shown.urls.post(post), 302, _PRIVATE)
    page = shown.render(await _page(post, shown))
    return Response(page, headers={**shown.headers, **_PRIVATE}, media_type="text/html")


async def _page(post: Post, shown: Presentation) -> PostPage:
    notice = Thread(post, shown).notice or shown.text(_NO_COMMENTS)
    return PostPage(
        site=shown.site,
        meta=private_metadata(shown, title_of(post, shown.language), note=shown.text(_NOTE)),
        post=article(post, await shown.renderer.post(post), shown),
        discussion=Discussion(count=0, comments=(), next_url=None, form=None, notice=notice),
    )
