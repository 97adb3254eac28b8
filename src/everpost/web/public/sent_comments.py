"""The page for the writer of a comment, who may edit it for a while.

Its URL contains the edit key, so caches never store the page, and browsers send the URL only to this blog
(`Referrer-Policy`).
"""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import timedelta
from math import ceil
from types import MappingProxyType
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from everpost.api.middleware.refusals import log_refusal
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.parameters import CommentId, PostId
from everpost.api.routing.security import ClientAddress
from everpost.domain.clock import now
from everpost.domain.comments import CommentStatus
from everpost.domain.people.actors import PUBLIC
from everpost.errors import EverpostError
from everpost.services.comment_edits import CommentEdit, delete_comment, edit_comment
from everpost.services.comments import Guest, Seen, read_comment
from everpost.services.policies import Policies
from everpost.web.contexts import Link, SentPage
from everpost.web.forms.comments import CONTENT, form_error, read_changed_comment
from everpost.web.forms.errors import FormError
from everpost.web.languages import message
from everpost.web.metadata import private_metadata
from everpost.web.public.comments import PRIVATE, SentForm
from everpost.web.rendering import safe_html
from everpost.web.site import CurrentPresentation, Presentation
from everpost.web.titles import title_of
from everpost.web.urls import MAIN
from everpost.web.views.comments import Thread

_HEADINGS = {
    CommentStatus.APPROVED: message("Your comment is published"),
    CommentStatus.PENDING: message("Your comment is awaiting approval"),
    CommentStatus.REMOVED: message("Your comment was removed"),
}
_EDITABLE = (CommentStatus.APPROVED, CommentStatus.PENDING)


class SentQuery(BaseModel):
    """The edit key, and whether the comment has just been edited."""

    key: str = ""
    saved: bool = False


async def show_sent(
    store: OpenStore,
    policies: CurrentPolicies,
    shown: CurrentPresentation,
    post_id: PostId,
    comment_id: CommentId,
    query: Annotated[SentQuery, Query()],
) -> Response:
    """The comment as its writer sees it. Without its key, redirect to the page of the post."""
    seen = await read_comment(store, PUBLIC, post_id, comment_id, key=query.key)
    if not seen.is_own:
        return RedirectResponse(shown.urls.comment(seen.context.post, seen.comment.id), 303, PRIVATE)
    return await _page(seen, shown, policies, query)


async def change_sent(
    request: Request,
    fields: SentForm,
    store: OpenStore,
    policies: CurrentPolicies,
    shown: CurrentPresentation,
    address: ClientAddress,
    post_id: PostId,
    comment_id: CommentId,
    query: Annotated[SentQuery, Query()],
) -> Response:
    """Edit or delete the comment."""
    wanted = CommentEdit(
        post_id=post_id, id=comment_id, key=query.key, editable_for=policies.editing_time, match=None
    )
    seen = await read_comment(store, PUBLIC, post_id, comment_id, key=query.key)
    post = seen.context.post
    try:
        if fields.get("action") == "delete":
            await _accepted(request, shown, delete_comment(store, PUBLIC, wanted))
            return RedirectResponse(f"{shown.urls.post(post)}#comments", 303, PRIVATE)
        content = read_changed_comment(fields, shown.language)
        guest = Guest(address=address, rules=policies.guests)
        await _accepted(request, shown, edit_comment(store, PUBLIC, replace(wanted, content=content), guest))
    except FormError as refused:
        return await _page(seen, shown, policies, query, fields=fields, refused=refused)
    saved = shown.urls.sent(post_id, comment_id, query.key, saved="true")
    return RedirectResponse(f"{saved}#{MAIN}", 303, PRIVATE)


async def _accepted(request: Request, shown: Presentation, change: Awaitable[object]) -> None:
    """Wait for the change. Raises FormError if it is refused."""
    try:
        await change
    except EverpostError as error:
        await log_refusal(request, error)
        raise form_error(error, shown.language) from None


async def _page(
    seen: Seen,
    shown: Presentation,
    policies: Policies,
    query: SentQuery,
    *,
    fields: Mapping[str, str] = MappingProxyType({}),
    refused: FormError | None = None,
) -> Response:
    comment, thread = seen.shown, Thread(seen.context.post, shown)
    left = comment.publication_date + policies.editing_time - now()
    is_editable = left > timedelta() and comment.status in _EDITABLE and not thread.notice
    rendered = await shown.renderer.comment(comment.content)
    heading = shown.text(_HEADINGS[comment.status])
    context = SentPage(
        site=shown.site,
        meta=private_metadata(shown, heading),
        heading=heading,
        post=Link(label=title_of(thread.post, shown.language), url=shown.urls.post(thread.post)),
        comment=thread.view(comment, safe_html(rendered), in_full=True),
        status=comment.status.value,
        is_saved=query.saved and refused is None,
        minutes_left=ceil(left / timedelta(minutes=1)) if is_editable else 0,
        action=shown.urls.sent(comment.post_id, comment.id, query.key),
        content=fields.get(CONTENT, comment.content),
        errors={} if refused is None else refused.errors,
    )
    status, more = (200, {}) if refused is None else (refused.status, dict(refused.headers))
    return Response(shown.render(context), status, PRIVATE | more, media_type="text/html")
