"""Revisions of posts over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.responses import listed, tagged
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import IfMatch, IfNoneMatch, PostId
from everpost.api.routing.revision_parameters import RevisionNumber, RevisionsParameters
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.posts import read_post
from everpost.api.schemas.writing.revisions import list_revision, read_revision
from everpost.domain.paging import MAX_LIMIT, encode_word
from everpost.services.history import revisions


async def list_revisions(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    post_id: PostId,
    query: Annotated[RevisionsParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the revisions of a post, latest first.

    The first one is its current state. Edits by one user within ten minutes form one revision, and so does
    each publication. Only those who may change the post see them. Requires the scope `posts:write`.
    """
    page = await revisions.list_revisions(
        store, actor, post_id, limit=min(query.limit, MAX_LIMIT), before=query.after
    )
    headers = {}
    if page.rows and page.has_more:
        path = path_of(request, f"/posts/{post_id}/revisions")
        headers["link"] = next_link(request, path, encode_word(str(page.rows[-1].number)))
    return listed([*map(list_revision, page.rows)], headers, if_none_match)


async def get_revision(
    store: OpenStore,
    actor: CurrentMember,
    post_id: PostId,
    number: RevisionNumber,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Get a revision of a post.

    Only those who may change the post see it. Requires the scope `posts:write`.
    """
    found = await revisions.read_revision(store, actor, post_id, number)
    return listed(read_revision(found), {}, if_none_match)


async def restore_revision(
    store: OpenStore,
    actor: CurrentMember,
    post_id: PostId,
    number: RevisionNumber,
    if_match: IfMatch = None,
) -> Response:
    """Restore a revision of a post.

    The post gets its title, content, format, summary, tags and cover again; its author, slug, dates and
    status stay the same. This is a new revision, so nothing is lost. Send `If-Match` with the ETag of the
    post to avoid overwriting someone else's changes. Requires the scope `posts:write`.
    """
    match = expected_revisions(if_match)
    post = await revisions.restore_revision(store, actor, post_id, number, match=match)
    return tagged(read_post(post), post.revision)
