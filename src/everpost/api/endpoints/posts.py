"""Posts over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import expected_revisions, parse_expected_revision
from everpost.api.http.representations import Representation
from everpost.api.http.response_cache import ResponseCache
from everpost.api.http.responses import listed, rendered, tagged
from everpost.api.routing.dependencies import (
    CurrentPolicies,
    CurrentRenderer,
    CurrentResponseCache,
    OpenStore,
)
from everpost.api.routing.links import next_link, path_of, post_path
from everpost.api.routing.parameters import (
    CommentsInside,
    DiscardedRevision,
    Flag,
    IfMatch,
    IfNoneMatch,
    PostId,
    PostsParameters,
    SavedRevision,
    TagsParameters,
)
from everpost.api.routing.representations import Include, PostFields
from everpost.api.routing.security import CurrentActor, CurrentMember
from everpost.api.schemas.post_bodies import change_of, draft_of
from everpost.api.schemas.posts import PostCreate, PostUpdate, read_post, read_tag
from everpost.domain.clock import HORIZON, now
from everpost.domain.ids import LAST_ID
from everpost.domain.paging import MAX_LIMIT, Position, encode_cursor, encode_word
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.domain.posts import (
    COMMENTS_INSIDE,
    COMMENTS_INSIDE_LISTED,
    Post,
    PostFilter,
    PostKey,
    PostKind,
    PostQuery,
    PostSort,
    PostStatus,
)
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.services import posts
from everpost.services.policies import Policies
from everpost.services.search.titles import find_page, has_words
from everpost.services.trash.posts import Deletion
from everpost.services.trash.posts import delete_post as delete
from everpost.services.trash.posts import restore_post as restore
from everpost.stores.port import Store

Permanently = Annotated[Flag, Query(description="Remove it for good, whether it is in the trash or not.")]


async def list_posts(
    request: Request,
    store: OpenStore,
    response_cache: CurrentResponseCache,
    renderer: CurrentRenderer,
    policies: CurrentPolicies,
    actor: CurrentActor,
    query: Annotated[PostsParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List posts, newest first by default.

    The public sees published posts whose publication date has passed; authors also see their own scheduled
    posts and drafts, and editors and admins see all of them. Drafts are listed only with `status=draft`, and
    pages only with `kind=page`.
    """
    chosen = Representation.chosen(query.include, query.fields)
    if query.slug is not None or query.path is not None:
        found = await _find_post(store, actor, query)
        total = {"x-total-count": str(int(found is not None))} if query.count else {}
        if found is None or query.skip or not query.limit:
            return listed([], total, if_none_match)
        if chosen is not None:
            return listed(await chosen.posts([found], renderer), total, if_none_match)
        alone = response_cache.render(found).alone
        return rendered(alone.body, alone.tag, headers=total, if_none_match=if_none_match)
    wanted = _query(actor, query, policies)
    page, after = await find_page(store, actor, wanted, query.title)
    headers = {}
    if query.count:
        headers["x-total-count"] = str(await posts.count_posts(store, actor, wanted.filter))
    if after is not None:
        headers["link"] = next_link(request, path_of(request, "/posts"), encode_cursor(after))
    if chosen is not None:
        return listed(await chosen.posts(page.rows, renderer), headers, if_none_match)
    rendering = response_cache.render_page(page)
    return rendered(rendering.body, rendering.tag, headers=headers, if_none_match=if_none_match)


async def list_post(
    store: Store, response_cache: ResponseCache, key: PostKey, value: str, *, if_none_match: str | None
) -> Response:
    """The response of `list_posts` to the public for only a slug or an old path."""
    find = posts.find_post if key is PostKey.SLUG else posts.find_post_by_path
    found = await find(store, PUBLIC, value, comments=COMMENTS_INSIDE_LISTED)
    if found is None or found.status is not PostStatus.PUBLISHED:
        return listed([], {}, if_none_match)
    return response_cache.render(found).alone.answer(if_none_match)


def _query(actor: Actor, query: PostsParameters, policies: Policies) -> PostQuery:
    sort, after, until = query.sort, query.after, None
    if query.updated_after is not None:
        sort, until = PostSort.LEAST_RECENTLY_UPDATED, now() - policies.settling
        after = after or Position(query.updated_after, LAST_ID)
    return PostQuery(
        filter=PostFilter(
            audience=actor.audience(HORIZON.moment()),
            status=query.status,
            kind=query.kind or PostKind.POST,
            tag=query.tag,
            author_id=query.author,
        ),
        sort=sort,
        limit=min(query.limit, MAX_LIMIT),
        skip=query.skip,
        after=after,
        updated_until=until,
        comments=_listed_comments(query),
    )


async def _find_post(store: Store, actor: Actor, query: PostsParameters) -> Post | None:
    """The post with the slug or the path, if it also matches the other filters."""
    comments = _listed_comments(query)
    if query.slug is not None:
        found = await posts.find_post(store, actor, query.slug, comments=comments)
    else:
        found = await posts.find_post_by_path(store, actor, query.path or "", comments=comments)
    return found if found is not None and _matches_filters(query, found) else None


def _listed_comments(query: PostsParameters) -> int:
    return min(query.comments, COMMENTS_INSIDE_LISTED)


def _matches_filters(query: PostsParameters, post: Post) -> bool:
    """Whether the post with the slug or the path also matches the other filters."""
    author = read_post(post)["author"]
    return (
        post.status is query.status
        and query.kind in (None, post.kind)
        and (query.path is None or query.path in post.paths)
        and (query.tag is None or query.tag in post.tags)
        and (query.author is None or (author is not None and author["id"] == query.author))
        and (query.title is None or has_words(post.title, query.title))
        and query.after is None
        and (query.updated_after is None or post.updated_at > query.updated_after)
    )


async def list_tags(
    request: Request,
    store: OpenStore,
    _actor: CurrentActor,
    query: Annotated[TagsParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the tags of published posts, in alphabetical order.

    Each tag comes with the number of published posts that have it.
    """
    page = await posts.list_tags(store, limit=min(query.limit, MAX_LIMIT), after=query.after)
    headers = {}
    if page.rows and page.has_more:
        cursor = encode_word(page.rows[-1].tag)
        headers["link"] = next_link(request, path_of(request, "/tags"), cursor)
    return listed([read_tag(count) for count in page.rows], headers, if_none_match)


async def create_post(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    body: PostCreate,
    working_copy: SavedRevision = None,
) -> Response:
    """Create a post.

    It is published immediately unless it has the status `draft` or a later publication date. Send your own
    `id` to make the request idempotent: a repeated request returns the stored post, with status 200.
    Requires the scope `posts:write`.
    """
    draft = draft_of(body, saved_copy=_saved_copy(actor, working_copy))
    post, is_new = await posts.create_post(store, actor, draft)
    return tagged(
        read_post(post),
        post.revision,
        status=201 if is_new else 200,
        headers={"location": post_path(request, post)},
    )


async def get_post(
    store: OpenStore,
    response_cache: CurrentResponseCache,
    renderer: CurrentRenderer,
    actor: CurrentActor,
    post_id: PostId,
    comments: CommentsInside = COMMENTS_INSIDE,
    include: Include = None,
    fields: PostFields = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Get a post.

    The response includes its oldest comments, up to 100. With `include=html`, it also contains the
    content as safe HTML, an excerpt, an outline and the reading time.
    """
    post = await posts.read_post(store, actor, post_id, comments=min(comments, COMMENTS_INSIDE))
    chosen = Representation.chosen(include, fields)
    if chosen is None:
        return response_cache.render(post).answer(if_none_match)
    [content] = await chosen.posts([post], renderer)
    return tagged(content, post.revision, if_none_match=if_none_match)


async def update_post(
    store: OpenStore,
    actor: CurrentMember,
    post_id: PostId,
    body: PostUpdate,
    working_copy: SavedRevision = None,
    if_match: IfMatch = None,
) -> Response:
    """Update a post.

    Only the fields in the body change. Send `If-Match` to avoid overwriting someone else's changes.
    Requires the scope `posts:write`.
    """
    change = change_of(body, saved_copy=_saved_copy(actor, working_copy))
    post = await posts.update_post(store, actor, post_id, change, match=expected_revisions(if_match))
    return tagged(read_post(post), post.revision)


def _saved_copy(actor: Actor, sent: str | None) -> SavedCopy | None:
    """The actor's working copy with the revision that was sent."""
    if sent is None or actor.id is None:
        return None
    return next((SavedCopy(actor.id, each) for each in parse_expected_revision(sent) or ()), None)


async def delete_post(
    store: OpenStore,
    policies: CurrentPolicies,
    actor: CurrentMember,
    post_id: PostId,
    permanently: Permanently = False,
    working_copy: DiscardedRevision = None,
    if_match: IfMatch = None,
) -> Response:
    """Delete a post: move it to the trash.

    The public gets 404 at once. The post keeps its slug, its comments and all the rest, can be restored with
    `POST /posts/{post_id}/restore`, and is removed after 30 days, or as long as the server is set to. With
    `permanently=true`, a post, in the trash or not, is removed for good together with its comments. Working
    copies of it stay, except for your own if you name its revision. Requires the scope `posts:write`.
    """
    wanted = Deletion(
        id=post_id,
        match=expected_revisions(if_match),
        is_permanent=permanently or not policies.trash_lifetime,
        discarded_copy=_saved_copy(actor, working_copy),
    )
    await delete(store, actor, wanted)
    return Response(status_code=204)


async def restore_post(
    store: OpenStore, actor: CurrentMember, post_id: PostId, if_match: IfMatch = None
) -> Response:
    """Restore a post from the trash.

    It gets its former status back: what was public is public again, at its old address; a scheduled post
    whose publication date has passed is public. Requires the scope `posts:write`.
    """
    post = await restore(store, actor, post_id, match=expected_revisions(if_match))
    return tagged(read_post(post), post.revision)
