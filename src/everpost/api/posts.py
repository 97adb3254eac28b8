"""Posts over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.dependencies import OpenStore
from everpost.api.etags import is_known, revision_tag, wanted_revisions
from everpost.api.links import next_link, post_path, posts_path
from everpost.api.parameters import CommentsInside, IfMatch, IfNoneMatch, PostId, PostsQuery
from everpost.api.responses import listed, not_modified, tagged
from everpost.api.schemas.posts import PostCreate, PostUpdate, read_post
from everpost.domain.clock import now
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.posts import COMMENTS_INSIDE, COMMENTS_INSIDE_LISTED, PostChange, PostQuery
from everpost.services.posts import PostDraft, publish, revise


async def list_posts(
    request: Request,
    store: OpenStore,
    query: Annotated[PostsQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A page of the posts, newest first."""
    page = await store.posts.page(
        PostQuery(
            limit=min(query.limit, MAX_LIMIT),
            skip=query.skip,
            after=query.after,
            comments=min(query.comments, COMMENTS_INSIDE_LISTED),
        )
    )
    headers = {}
    if query.count:
        headers["x-total-count"] = str(await store.posts.count())
    if page.rows and page.has_more:
        headers["link"] = next_link(request, posts_path(request), page.rows[-1].position)
    return listed([read_post(post) for post in page.rows], headers, if_none_match)


async def create_post(request: Request, store: OpenStore, body: PostCreate) -> Response:
    """Publish a post: 201. The same request again, with its `id` in it: 200."""
    draft = PostDraft(
        title=body["title"],
        content=body["content"],
        id=body.get("id"),
        publication_date=body.get("publication_date"),
        slug=body.get("slug"),
        tags=tuple(body["tags"]) if "tags" in body else None,
    )
    post, is_new = await publish(store, draft)
    return tagged(
        read_post(post),
        revision_tag(post.revision),
        status=201 if is_new else 200,
        location=post_path(request, post),
    )


async def get_post(
    store: OpenStore,
    post_id: PostId,
    comments: CommentsInside = COMMENTS_INSIDE,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A post with the oldest of its comments inside."""
    if if_none_match is not None:
        tag = revision_tag(await store.posts.revision(post_id))
        if is_known(tag, if_none_match):
            return not_modified(tag)
    post = await store.posts.get(post_id, comments=min(comments, COMMENTS_INSIDE))
    return tagged(read_post(post), revision_tag(post.revision))


async def update_post(
    store: OpenStore, post_id: PostId, body: PostUpdate, if_match: IfMatch = None
) -> Response:
    """Change what the body names."""
    slug = body.get("slug")
    change = PostChange(
        updated_at=now(),
        title=body.get("title"),
        content=body.get("content"),
        publication_date=body.get("publication_date"),
        slug="" if "slug" in body and slug is None else slug,
        tags=tuple(body["tags"]) if "tags" in body else None,
    )
    post = await revise(store, post_id, change, match=wanted_revisions(if_match))
    return tagged(read_post(post), revision_tag(post.revision))


async def delete_post(store: OpenStore, post_id: PostId, if_match: IfMatch = None) -> Response:
    """Remove a post and its comments."""
    await store.posts.remove(post_id, match=wanted_revisions(if_match))
    return Response(status_code=204)
