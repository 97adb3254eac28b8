"""The newest comments on all posts, for feeds."""

import asyncio
from dataclasses import dataclass

from everpost.domain.comments import Comment, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import COMMENTS_INSIDE, Post, PostKind
from everpost.errors import NotFound
from everpost.services.posts import read_post
from everpost.stores.port import Store

_READ = 2
"""How many comments are read for each one returned: some are on drafts or pages."""


@dataclass(frozen=True, slots=True)
class RecentComments:
    """Some public comments, newest first, each with its post. `after`: the position after which there are
    more; there may be, even if there are no rows.
    """

    rows: tuple[tuple[Comment, Post], ...]
    after: Position | None


async def page_recent(store: Store, *, limit: int, after: Position | None = None) -> RecentComments:
    """At most `limit` of the comments on posts, not pages, that are public."""
    query = QueueQuery(status=CommentStatus.APPROVED, limit=_READ * limit, after=after)
    page = await store.comments.queue(query)
    ids = list(dict.fromkeys(comment.post_id for comment in page.rows))
    posts = dict(zip(ids, await asyncio.gather(*(_find(store, each) for each in ids)), strict=True))
    rows: list[tuple[Comment, Post]] = []
    for comment in page.rows:
        if len(rows) == limit:
            return RecentComments(tuple(rows), rows[-1][0].position)
        if (post := posts[comment.post_id]) is not None:
            rows.append((comment, post))
    return RecentComments(tuple(rows), page.rows[-1].position if page.has_more else None)


async def _find(store: Store, id: Id) -> Post | None:
    try:
        post = await read_post(store, PUBLIC, id, comments=COMMENTS_INSIDE)
    except NotFound:
        return None
    return post if post.kind is PostKind.POST else None
