"""Comments over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.dependencies import OpenStore
from everpost.api.etags import is_known, revision_tag, wanted_revisions
from everpost.api.links import comment_path, next_link, thread_path
from everpost.api.parameters import CommentId, IfMatch, IfNoneMatch, PostId, ThreadQuery
from everpost.api.responses import listed, not_modified, tagged
from everpost.api.schemas.comments import CommentCreate, CommentUpdate, read_comment
from everpost.domain.comments import CommentQuery
from everpost.domain.paging import MAX_LIMIT
from everpost.services.comments import CommentDraft, comment_on, reword


async def list_comments(
    request: Request,
    store: OpenStore,
    post_id: PostId,
    query: Annotated[ThreadQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A page of a post's comments, oldest first."""
    page = await store.comments.page(
        CommentQuery(post_id=post_id, limit=min(query.limit, MAX_LIMIT), after=query.after)
    )
    headers = {}
    if page.rows and page.has_more:
        headers["link"] = next_link(request, thread_path(request, post_id), page.rows[-1].position)
    return listed([read_comment(comment) for comment in page.rows], headers, if_none_match)


async def create_comment(
    request: Request, store: OpenStore, post_id: PostId, body: CommentCreate
) -> Response:
    """Comment on a post: 201. The same request again, with its `id` in it: 200."""
    draft = CommentDraft(
        post_id=post_id,
        content=body["content"],
        id=body.get("id"),
        publication_date=body.get("publication_date"),
        parent_id=body.get("parent_id"),
    )
    comment, is_new = await comment_on(store, draft)
    return tagged(
        read_comment(comment),
        revision_tag(comment.revision),
        status=201 if is_new else 200,
        location=comment_path(request, comment),
    )


async def get_comment(
    store: OpenStore, post_id: PostId, comment_id: CommentId, if_none_match: IfNoneMatch = None
) -> Response:
    """A comment."""
    comment = await store.comments.get(post_id, comment_id)
    tag = revision_tag(comment.revision)
    if is_known(tag, if_none_match):
        return not_modified(tag)
    return tagged(read_comment(comment), tag)


async def update_comment(
    store: OpenStore, post_id: PostId, comment_id: CommentId, body: CommentUpdate, if_match: IfMatch = None
) -> Response:
    """Change what the body names."""
    comment = await reword(
        store,
        post_id,
        comment_id,
        body.get("content"),
        match=wanted_revisions(if_match),
    )
    return tagged(read_comment(comment), revision_tag(comment.revision))


async def delete_comment(
    store: OpenStore, post_id: PostId, comment_id: CommentId, if_match: IfMatch = None
) -> Response:
    """Remove a comment; answers to it stay."""
    await store.comments.remove(post_id, comment_id, match=wanted_revisions(if_match))
    return Response(status_code=204)
