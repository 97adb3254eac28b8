"""Pages of public posts, newest first."""

from dataclasses import dataclass, replace

from pydantic import BaseModel

from everpost.api.routing.parameters import Cursor
from everpost.domain.clock import HORIZON
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import Post, PostFilter, PostQuery, PostSort
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.site import Presentation
from everpost.web.urls import with_query


class ListQuery(BaseModel):
    """The page of a list: the older posts after a cursor, or the newer posts before one."""

    after: Cursor = None
    before: Cursor = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Some posts of a list, newest first, and whether there are others."""

    path: str
    query: ListQuery
    rows: tuple[Post, ...]
    has_newer: bool
    has_older: bool

    @property
    def url(self) -> str:
        after, before = self.query.after, self.query.before
        return with_query(
            self.path,
            after=None if after is None else encode_cursor(after),
            before=None if before is None else encode_cursor(before),
        )

    @property
    def facts(self) -> tuple[bool, bool]:
        """The facts on which its page depends, besides the posts."""
        return (self.has_newer, self.has_older)

    @property
    def newer(self) -> str | None:
        if not (self.has_newer and self.rows):
            return None
        return with_query(self.path, before=encode_cursor(self.rows[0].position()))

    @property
    def older(self) -> str | None:
        if not (self.has_older and self.rows):
            return None
        return with_query(self.path, after=encode_cursor(self.rows[-1].position()))


async def read_list(
    store: Store,
    shown: Presentation,
    path: str,
    query: ListQuery,
    *,
    tag: str | None = None,
    author_id: Id | None = None,
    limit: int | None = None,
) -> Listed | None:
    """A page of the list; None if it would begin before the newest post: show the first page instead. The
    default length of a page is in the settings of the blog.
    """
    wanted = PostQuery(
        filter=PostFilter(audience=PUBLIC.audience(HORIZON.moment()), tag=tag, author_id=author_id),
        limit=limit or shown.blog.posts_per_page,
        after=query.after,
        comments=0,
    )
    if query.before is None or query.after is not None:
        page = await posts.list_page(store, PUBLIC, wanted)
        return Listed(path, query, page.rows, query.after is not None, page.has_more)
    page = await posts.list_page(store, PUBLIC, replace(wanted, sort=PostSort.OLDEST, after=query.before))
    return Listed(path, query, page.rows[::-1], True, True) if page.has_more else None
