"""Deleted comments over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.responses import listed, tagged
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import CommentId, IfNoneMatch, PageParameters, PostId
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.comments import read_for_moderators
from everpost.api.schemas.trash.deleted_comments import read_deleted
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.services.moderation import editors_of
from everpost.services.trash import comments as trashed_comments


async def list_deleted_comments(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[PageParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the deleted comments that you may restore, latest deletion first.

    They are kept as they were for 30 days, or as long as the server is set to; except those that their
    writers deleted. Authors restore comments on their own posts; editors and admins restore all comments.
    Requires the scope `comments:moderate`.
    """
    limit = min(query.limit, MAX_LIMIT)
    found = await trashed_comments.page_removed(store, actor, limit=limit, after=query.after)
    headers = {}
    if found.page.rows and found.page.has_more:
        cursor = encode_cursor(found.page.rows[-1].position)
        headers["link"] = next_link(request, path_of(request, "/comments/trash"), cursor)
    return listed([read_deleted(each, found.users) for each in found.page.rows], headers, if_none_match)


async def restore_comment(
    store: OpenStore, actor: CurrentMember, post_id: PostId, comment_id: CommentId
) -> Response:
    """Restore a deleted comment.

    It gets its text, its author, its edit key and its status back, in its old place. If the comment that it
    replies to was deleted and left no tombstone, restore that one first. Requires the scope
    `comments:moderate`.
    """
    comment = await trashed_comments.restore_comment(store, actor, post_id, comment_id)
    content = read_for_moderators(comment, await editors_of(store, [comment]))
    return tagged(content, comment.revision)
