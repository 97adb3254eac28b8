"""Comments over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.representations import Representation
from everpost.api.http.responses import listed, tagged, with_secret
from everpost.api.routing.dependencies import CurrentPolicies, CurrentRenderer, OpenStore
from everpost.api.routing.links import comment_path, next_link, thread_path
from everpost.api.routing.parameters import CommentId, EditKey, IfMatch, IfNoneMatch, PostId, ThreadParameters
from everpost.api.routing.representations import CommentFields, Include
from everpost.api.routing.security import ClientAddress, CurrentActor
from everpost.api.schemas.comments import (
    CommentCreate,
    CommentRead,
    CommentUpdate,
    read_comment,
    read_for_moderators,
    read_node,
)
from everpost.domain.comments import Branch, Comment, CommentQuery, CommentStatus
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.services import comment_edits, comments
from everpost.services.comment_edits import CommentEdit, edit_comment
from everpost.services.comments import CommentDraft, Guest
from everpost.services.moderation import editors_of
from everpost.services.posts import read_post
from everpost.services.threads import page_thread, page_tree
from everpost.stores.port import Store

_CHOICES = ("include", "fields")


async def list_comments(
    request: Request,
    store: OpenStore,
    renderer: CurrentRenderer,
    actor: CurrentActor,
    post_id: PostId,
    query: Annotated[ThreadParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the comments of a post, oldest first.

    Only approved comments and tombstones are listed. A tombstone is a placeholder for a comment that is
    not approved, or was deleted, but has replies.
    """
    await read_post(store, actor, post_id, comments=0)
    path = thread_path(request, post_id)
    wanted = CommentQuery(post_id=post_id, limit=min(query.limit, MAX_LIMIT), after=query.after)
    if query.view == "tree":
        tree = await page_tree(store, replace(wanted, branch=Branch(query.parent)))
        choices = {name: sent for name in _CHOICES if (sent := request.query_params.get(name)) is not None}
        rows: Sequence[CommentRead] = [read_node(node, path, choices) for node in tree.rows]
        last, has_more = tree.rows[-1].comment if tree.rows else None, tree.has_more
    else:
        page = await page_thread(store, wanted)
        rows = [read_comment(comment) for comment in page.rows]
        last, has_more = page.rows[-1] if page.rows else None, page.has_more
    headers = {}
    if last is not None and has_more:
        cursor = encode_cursor(last.position)
        headers["link"] = next_link(request, path, cursor)
    chosen = Representation.chosen(query.include, query.fields)
    contents = rows if chosen is None else await chosen.comments(rows, renderer)
    return listed(contents, headers, if_none_match)


async def create_comment(
    request: Request,
    store: OpenStore,
    policies: CurrentPolicies,
    actor: CurrentActor,
    address: ClientAddress,
    post_id: PostId,
    body: CommentCreate,
) -> Response:
    """Add a comment to a post.

    Users send their token and need the scope `comments:write`. Guests send a `name` instead, and get an
    `edit_key`, shown only once. Whether guests may comment, and whether their comments await approval,
    depends on the comment policy. Send your own `id` to make the request idempotent: a repeated request
    returns the stored comment, with status 200.
    """
    draft = CommentDraft(
        post_id=post_id,
        content=body["content"],
        id=body.get("id"),
        publication_date=body.get("publication_date"),
        parent_id=body.get("parent_id"),
        guest_name=body.get("name"),
    )
    guest = Guest(address=address, rules=policies.guests, tripped_honeypot=bool(body.get("website")))
    made = await comments.create_comment(store, actor, draft, guest)
    comment = made.comment
    if comment.status is CommentStatus.SPAM and actor.user is None:
        comment = replace(comment, status=CommentStatus.PENDING)  # do not reveal the spam trap
    content = await _read(store, comment, in_full=True, is_moderated=made.is_moderated)
    answer = tagged(
        content,
        comment.revision,
        status=201 if made.is_new else 200,
        headers={"location": comment_path(request, comment)},
    )
    return answer if made.key is None else with_secret(content, {"edit_key": made.key}, answer)


async def get_comment(
    store: OpenStore,
    renderer: CurrentRenderer,
    actor: CurrentActor,
    post_id: PostId,
    comment_id: CommentId,
    include: Include = None,
    fields: CommentFields = None,
    key: EditKey = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Get a comment.

    The public sees approved comments and tombstones. The writer of a comment, and its moderators, always
    see it in full.
    """
    seen = await comments.read_comment(store, actor, post_id, comment_id, key=key)
    content = await _read(store, seen.shown, in_full=seen.in_full, is_moderated=seen.is_moderated)
    chosen = Representation.chosen(include, fields)
    if chosen is None:
        return tagged(content, seen.comment.revision, if_none_match=if_none_match)
    [picked] = await chosen.comments([content], renderer)
    return tagged(picked, seen.comment.revision, if_none_match=if_none_match)


async def update_comment(
    store: OpenStore,
    policies: CurrentPolicies,
    actor: CurrentActor,
    address: ClientAddress,
    post_id: PostId,
    comment_id: CommentId,
    body: CommentUpdate,
    key: EditKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Update a comment.

    Only the fields in the body change. The writer may edit the content for a limited time: users with
    their token and the scope `comments:write`, guests with `X-Edit-Key`. Changing the status requires the
    scope `comments:moderate` and `If-Match`.
    """
    wanted = CommentEdit(
        post_id=post_id,
        id=comment_id,
        content=body.get("content"),
        status=body.get("status"),
        key=key,
        editable_for=policies.editing_time,
        match=expected_revisions(if_match),
        is_conditional=if_match is not None,
    )
    seen = await edit_comment(store, actor, wanted, Guest(address=address, rules=policies.guests))
    content = await _read(store, seen.shown, in_full=seen.in_full, is_moderated=seen.is_moderated)
    return tagged(content, seen.comment.revision)


async def delete_comment(
    store: OpenStore,
    policies: CurrentPolicies,
    actor: CurrentActor,
    post_id: PostId,
    comment_id: CommentId,
    key: EditKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Delete a comment.

    If it has replies, a tombstone takes its place. The writer may delete it for a limited time: users with
    their token and the scope `comments:write`, guests with `X-Edit-Key`. Moderators may always delete it,
    with the scope `comments:moderate`. A comment that a moderator has deleted can be
    restored with `POST /posts/{post_id}/comments/{comment_id}/restore`, unless the moderator wrote it.
    """
    wanted = CommentEdit(
        post_id=post_id,
        id=comment_id,
        key=key,
        editable_for=policies.editing_time,
        is_kept=bool(policies.trash_lifetime),
        match=expected_revisions(if_match),
    )
    await comment_edits.delete_comment(store, actor, wanted)
    return Response(status_code=204)


async def _read(store: Store, comment: Comment, *, in_full: bool, is_moderated: bool) -> CommentRead:
    """The comment as the actor may read it."""
    if not is_moderated:
        return read_comment(comment, in_full=in_full)
    return read_for_moderators(comment, await editors_of(store, [comment]))
