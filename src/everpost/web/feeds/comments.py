"""The feeds of comments: of all posts, and of one post."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from everpost.api.routing.parameters import Cursor, PostId
from everpost.domain.comments import CommentQuery
from everpost.domain.paging import Position, encode_cursor
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import COMMENTS_INSIDE, PostKind
from everpost.errors import NotFound
from everpost.services.posts import read_post
from everpost.services.recent_comments import page_recent
from everpost.services.threads import page_thread
from everpost.web.feeds.document import Document, Entry
from everpost.web.feeds.entries import comment_entries
from everpost.web.feeds.ids import feed_urn
from everpost.web.feeds.requests import CurrentFeed, FeedRequest
from everpost.web.metadata import comments_title
from everpost.web.urls import with_query
from everpost.web.views.comments import is_visible

COMMENTS = 20
"""The maximum number of comments on a page of a feed."""


class CommentFeedQuery(BaseModel):
    """The comments that are older than a cursor."""

    after: Cursor = None


async def show_comments(feed: CurrentFeed, query: Annotated[CommentFeedQuery, Query()]) -> Response:
    """The newest comments on all posts."""
    urls = feed.shown.urls
    pages = _Pages(feed, feed.path(urls.comments), query.after)
    page = await page_recent(feed.store, limit=COMMENTS, after=query.after)
    if query.after is not None and not page.rows:
        raise NotFound("feed", "")
    document = pages.document(
        heading=feed.shown.text("Comments"),
        home=urls.home,
        older=page.rows[-1][0].position if page.has_more else None,
        entries=await comment_entries(page.rows, feed.shown),
        changed_at=feed.shown.blog.updated_at,
    )
    return feed.answer(feed.key(pages.url), (), document)


async def show_comments_of_post(
    feed: CurrentFeed, post_id: PostId, query: Annotated[CommentFeedQuery, Query()]
) -> Response:
    """The newest comments on a post."""
    post = await read_post(feed.store, PUBLIC, post_id, comments=COMMENTS_INSIDE)
    if post.kind is not PostKind.POST:
        raise NotFound("feed", "")
    urls = feed.shown.urls
    pages = _Pages(feed, feed.path(urls.comments_of(post)), query.after)
    key = feed.key(pages.url)
    if (kept := feed.find(key, (post,))) is not None:
        return kept
    page = await page_thread(
        feed.store, CommentQuery(post_id=post.id, limit=COMMENTS, after=query.after, newest_first=True)
    )
    if query.after is not None and not page.rows:
        raise NotFound("feed", "")
    visible = [(comment, post) for comment in page.rows if is_visible(comment)]
    document = pages.document(
        heading=comments_title(feed.shown, post),
        home=f"{urls.post(post)}#comments",
        older=page.rows[-1].position if page.has_more else None,
        entries=await comment_entries(visible, feed.shown),
        changed_at=post.publication_date,
    )
    return feed.answer(key, (post,), document)


class _Pages:
    """The addresses of the pages of a feed."""

    def __init__(self, feed: FeedRequest, path: str, after: Position | None) -> None:
        self._feed = feed
        self._path = path
        self.url = with_query(path, after=None if after is None else encode_cursor(after))

    def document(
        self,
        *,
        heading: str,
        home: str,
        older: Position | None,
        entries: tuple[Entry, ...],
        changed_at: datetime,
    ) -> Document:
        """The page; an empty one changed at `changed_at`."""
        shown, urls = self._feed.shown, self._feed.shown.urls
        next_url = None if older is None else with_query(self._path, after=encode_cursor(older))
        return Document(
            id=feed_urn(shown.blog, self._path.removeprefix(urls.root).rpartition("/")[0]),
            title=f"{heading} · {shown.site.title}",
            description=shown.site.description,
            language=shown.site.language,
            site=shown.site.title,
            home=urls.absolute(home),
            url=urls.absolute(self.url),
            first=urls.absolute(self._path),
            newer=None,
            older=next_url and urls.absolute(next_url),
            updated=max((entry.updated for entry in entries), default=changed_at),
            entries=entries,
        )
