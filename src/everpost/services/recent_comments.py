"""The newest comments on all posts, for feeds."""

import asyncio

from everpost.domain.comments import Comment, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import COMMENTS_INSIDE, Post, PostKind
from everpost.errors import NotFound
from everpost.services.posts import read_post
from everpost.stores.port import Store

_READ = 2
"""The number of comments that are first read for each one returned: some are on drafts or pages."""
_MOST = 400
"""The maximum number that is read at once."""


async def page_recent(
    store: Store, *, limit: int, after: Position | None = None
) -> Page[tuple[Comment, Post]]:
    """At most `limit` of the comments on posts, not pages, that are public: newest first, each with its post.

    The public must not learn of other comments, so these are skipped. Reading ends when there is one more
    comment than `limit`, which shows that another page follows, or when none is left.
    """
    found: list[tuple[Comment, Post]] = []
    posts: dict[Id, Post | None] = {}
    size, has_more = _READ * limit, True
    while has_more and len(found) <= limit:
        page = await store.comments.queue(QueueQuery(status=CommentStatus.APPROVED, limit=size, after=after))
        unknown = list({comment.post_id for comment in page.rows} - posts.keys())
        read = await asyncio.gather(*(_find(store, each) for each in unknown))
        posts |= zip(unknown, read, strict=True)
        found += ((comment, post) for comment in page.rows if (post := posts[comment.post_id]) is not None)
        has_more, after = page.has_more, page.rows[-1].position if page.rows else None
        size = min(2 * size, _MOST)
    return Page.of(found, limit)


async def _find(store: Store, id: Id) -> Post | None:
    try:
        post = await read_post(store, PUBLIC, id, comments=COMMENTS_INSIDE)
    except NotFound:
        return None
    return post if post.kind is PostKind.POST else None
