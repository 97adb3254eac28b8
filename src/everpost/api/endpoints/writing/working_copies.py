"""Working copies over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.responses import listed, tagged
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import IfAbsent, IfMatch, IfNoneMatch, PageParameters, PostId
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.writing.working_copies import (
    WorkingCopyWrite,
    base_of,
    read_working_copy,
    read_working_copy_state,
    text_of,
)
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.errors import PreconditionRequired
from everpost.services.drafts import working_copies
from everpost.services.drafts.working_copies import Typed

LIST_PATH = "/users/me/working-copies"


async def list_working_copies(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[PageParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List your working copies, latest first.

    They hold what you have typed, but not saved yet. Requires the scope `posts:write`.
    """
    page = await working_copies.page_working_copies(
        store, actor, limit=min(query.limit, MAX_LIMIT), after=query.after
    )
    headers = {}
    if page.rows and page.has_more:
        headers["link"] = next_link(
            request, path_of(request, LIST_PATH), encode_cursor(page.rows[-1].position)
        )
    return listed([*map(read_working_copy_state, page.rows)], headers, if_none_match)


async def get_working_copy(
    store: OpenStore, actor: CurrentMember, post_id: PostId, if_none_match: IfNoneMatch = None
) -> Response:
    """Get your working copy of a post.

    Nobody else can read it, and you can read it even if you may no longer change the post. Requires the
    scope `posts:write`.
    """
    found = await working_copies.read_working_copy(store, actor, post_id)
    return tagged(read_working_copy(found), found.copy.revision, if_none_match=if_none_match)


async def put_working_copy(
    store: OpenStore,
    actor: CurrentMember,
    post_id: PostId,
    body: WorkingCopyWrite,
    if_match: IfMatch = None,
    if_none_match: IfAbsent = None,
) -> Response:
    """Save your working copy of a post.

    The post does not change, and need not exist: for a new post, choose an id. Send `If-None-Match: *` to
    create the working copy, and `If-Match` with its latest ETag to replace it. Idempotent: a repeated
    request succeeds. Requires the scope `posts:write`.
    """
    typed = Typed(
        post_id=post_id,
        text=text_of(body["text"]),
        base=base_of(body.get("base")),
        keeps_base="base" not in body,
    )
    if if_none_match is not None and if_none_match.strip() == "*":
        state, is_new = await working_copies.add_working_copy(store, actor, typed)
    elif if_match is not None:
        match, is_new = expected_revisions(if_match), False
        state = await working_copies.save_working_copy(store, actor, typed, match=match)
    else:
        raise PreconditionRequired(
            "Send `If-None-Match: *` to create a working copy, or `If-Match` with its ETag to replace it."
        )
    return tagged(read_working_copy_state(state), state.revision, status=201 if is_new else 200)


async def delete_working_copy(
    store: OpenStore, actor: CurrentMember, post_id: PostId, if_match: IfMatch = None
) -> Response:
    """Discard your working copy of a post.

    Requires the scope `posts:write`.
    """
    await working_copies.discard_working_copy(store, actor, post_id, match=expected_revisions(if_match))
    return Response(status_code=204)
