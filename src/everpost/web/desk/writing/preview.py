"""The preview: the page of the post as it will look, with the text in the form, saved or not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fastapi import Request, Response

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id, parse_id
from everpost.domain.people.users import Author
from everpost.domain.posts import (
    MAX_SLUG,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Post,
    PostFormat,
    PostKind,
)
from everpost.domain.text import normalize_slug, slug_from
from everpost.errors import NotFound
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.writing.choices import find_authors
from everpost.web.desk.writing.fields import local_times, tag_lists
from everpost.web.metadata import private_metadata
from everpost.web.public.posts import post_page
from everpost.web.titles import title_of
from everpost.web.views.comments import Thread

_POLICY = "content-security-policy"
_MOST_TAGS = 10_000
"""The number of characters of the tags that are read: more than all tags of a post have."""


async def show_empty(desk: CurrentDesk, store: OpenStore) -> Response:
    """The preview of an empty post, into which scripts put what is typed."""
    return await _page(desk, store, {})


async def show(request: Request, desk: CurrentDesk, store: OpenStore) -> Response:
    """The preview of the post in the form of the editor."""
    return await _page(desk, store, await read_form(request))


async def _page(desk: Desk, store: Store, fields: Mapping[str, str]) -> Response:
    post = await _post_of(desk, store, fields)
    context = await post_page(store, Thread(post, desk.shown), None)
    context = replace(context, meta=private_metadata(desk.shown, title_of(post, desk.shown.language)))
    policy = desk.shown.headers[_POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    headers = {**DESK_HEADERS, _POLICY: policy, "x-frame-options": "SAMEORIGIN"}
    return Response(desk.shown.render(context), headers=headers, media_type="text/html")


async def _post_of(desk: Desk, store: Store, fields: Mapping[str, str]) -> Post:
    """The post in the form, without the values that the API would refuse."""
    stored = await _stored(desk, store, fields)
    moment = now()
    title = fields.get("title", "")[:MAX_TITLE]
    tags = [tag for tag in tag_lists.parse(fields.get("tags", "")[:_MOST_TAGS]) if len(tag) <= MAX_TAG]
    kind, markup = fields.get("kind", ""), fields.get("format", "")
    return Post(
        id=new_id() if stored is None else stored.id,
        title=title,
        content=fields.get("content", ""),
        publication_date=_date(desk, fields, moment if stored is None else stored.publication_date),
        updated_at=moment if stored is None else stored.updated_at,
        slug=normalize_slug(fields.get("slug", "")[:MAX_SLUG]) or slug_from(title),
        tags=tuple(tags[:MAX_TAGS]),
        format=PostFormat(markup) if markup in [*PostFormat] else PostFormat.MARKDOWN,
        kind=PostKind(kind) if kind in [*PostKind] else PostKind.POST,
        summary=fields.get("summary", "")[:MAX_SUMMARY] or None,
        author=await _author(desk, store, fields, stored),
    )


async def _stored(desk: Desk, store: Store, fields: Mapping[str, str]) -> Post | None:
    """The post that is being edited, if it exists and the user may see it."""
    post_id = parse_id(fields.get("id", ""))
    try:
        return None if post_id is None else await posts.read_post(store, desk.actor, post_id, comments=0)
    except NotFound:
        return None


def _date(desk: Desk, fields: Mapping[str, str], default: datetime) -> datetime:
    try:
        return local_times.parse_local(fields.get("publication_date", ""), desk.shown.urls.zone)
    except ValueError:
        return default


async def _author(desk: Desk, store: Store, fields: Mapping[str, str], stored: Post | None) -> Author | None:
    """The author that was chosen; by default, that of the post or the user."""
    default = desk.user.author if stored is None else stored.author
    chosen = fields.get("author_id")
    if chosen is None or (default is not None and default.id == chosen):
        return default
    names = dict(await find_authors(store, desk, stored))
    return Author(id=Id(chosen), name=names[Id(chosen)]) if chosen in names else default
