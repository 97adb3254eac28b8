"""The form with which guests send comments."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.responses import RedirectResponse

from everpost.api.http.forms import read_form
from everpost.api.http.origins import refuse_other_origins
from everpost.api.middleware.refusals import log_refusal
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.domain.ids import parse_id
from everpost.errors import EverpostError
from everpost.services.comment_forms import create_from_form
from everpost.services.comments import Guest
from everpost.stores.port import Store
from everpost.web.content_security import PUBLIC_HEADERS
from everpost.web.forms.comments import form_error, read_new_comment
from everpost.web.forms.errors import FormError
from everpost.web.forms.unsent_comments import remember
from everpost.web.public.permalinks import Moved, find_post
from everpost.web.public.posts import find_parent, post_page
from everpost.web.site import CurrentPresentation
from everpost.web.urls import MAIN
from everpost.web.views.comments import Thread

MAX_FORM = 256 * 1024
"""Bytes: 20,000 characters take up to 240,000, percent-encoded."""
PRIVATE = {**PUBLIC_HEADERS, "cache-control": "private, no-store"}
"""Headers of responses that only one person may see."""


async def require_own_page(request: Request) -> None:
    """Refuse forms that a browser sends for a page of another origin. Raises Forbidden."""
    refuse_other_origins(request)


OwnPage = Annotated[None, Depends(require_own_page)]


async def read_sent_form(request: Request, _own: OwnPage) -> Mapping[str, str]:
    """The fields of the form. Read before anything else, so that error pages can show them again, whatever
    fails.
    """
    fields = await read_form(request)
    remember(request, fields)
    return fields


SentForm = Annotated[Mapping[str, str], Depends(read_sent_form)]


async def send_comment(
    request: Request,
    fields: SentForm,
    store: OpenStore,
    policies: CurrentPolicies,
    shown: CurrentPresentation,
    address: ClientAddress,
    path: str,
) -> Response:
    """Add a comment to the post at this path, and redirect to the page for its writer."""
    try:
        post = await find_post(store, shown, f"/{path}")
    except Moved as moved:
        return RedirectResponse(moved.url, 308)
    try:
        draft, is_trapped = read_new_comment(fields, post.id, shown.language)
        guest = Guest(address=address, rules=policies.guests, tripped_honeypot=is_trapped)
        try:
            made = await create_from_form(store, draft, guest)
        except EverpostError as error:
            await log_refusal(request, error)
            raise form_error(error, shown.language) from None
    except FormError as refused:
        return await _show_again(store, Thread(post, shown), fields, refused)
    url = f"{shown.urls.sent(post.id, made.comment.id, made.key or '')}#{MAIN}"
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


async def _show_again(
    store: Store, thread: Thread, fields: Mapping[str, str], refused: FormError
) -> Response:
    """The page with the form, as it was filled in, and its errors."""
    parent_id = parse_id(fields.get("parent_id", ""))
    parent = None if parent_id is None else await find_parent(store, thread.post, parent_id)
    context = await post_page(store, thread, thread.form(parent, sent=fields, errors=refused.errors))
    title = thread.shown.text("Error: %(title)s", title=context.meta.title)
    page = replace(context, meta=replace(context.meta, title=title, is_indexed=False))
    headers = PRIVATE | dict(thread.shown.headers) | dict(refused.headers)
    return Response(thread.shown.render(page), refused.status, headers, media_type="text/html")
