"""The public addresses of a blog, for search engines, read without the contents of posts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from everpost.domain.clock import EARLIEST, HORIZON, LATEST
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.actors import PUBLIC
from everpost.domain.posts import PostFilter, PostKind, PostLocation, PostQuery, PostSort, Updates
from everpost.services.posts import list_tags
from everpost.stores.port import Store

_READ = 1_000
"""The number of locations that are read at once."""
_SETTLING = timedelta(minutes=1)
"""More than the clocks of servers should differ."""


async def count_public(store: Store) -> int:
    """The number of public posts and pages."""
    counts = await asyncio.gather(*(store.posts.count(_public(kind)) for kind in PostKind))
    return sum(counts)


async def public_locations(store: Store, *, skip: int, limit: int) -> AsyncIterator[PostLocation]:
    """The public posts, and then the pages, each in the order of their publication: at most `limit`, after
    skipping some.
    """
    for kind in (PostKind.POST, PostKind.PAGE):
        count = await store.posts.count(_public(kind)) if skip else 0
        query = PostQuery(filter=_public(kind), sort=PostSort.OLDEST, limit=_READ, skip=min(skip, count))
        skip -= query.skip
        while limit:
            page = await store.posts.page_locations(replace(query, limit=min(limit, _READ)))
            for location in page.rows:
                yield location
            limit -= len(page.rows)
            if not page.has_more:
                break
            query = replace(query, skip=0, after=page.rows[-1].position())


async def tags_with(store: Store, posts: int) -> AsyncIterator[str]:
    """The tags with at least this number of public posts."""
    after: str | None = None
    while True:
        page = await list_tags(store, limit=MAX_LIMIT, after=after)
        for row in page.rows:
            if row.count >= posts:
                yield row.tag
        if not page.has_more:
            return
        after = page.rows[-1].tag


async def authors_with(store: Store, posts: int) -> Sequence[Id]:
    """The users with at least this number of public posts, except those who are disabled."""
    return await store.posts.authors(moment=HORIZON.moment(), least=posts)


@dataclass(frozen=True, slots=True)
class SitemapState:
    """A summary of the blog that differs if a public address, or its date, does. It cannot tell whether a
    post was updated twice in the same millisecond, so a state read before `settled_at` proves nothing.
    """

    counts: tuple[int, ...]
    """The number of public posts and pages."""
    updates: tuple[Updates, ...]
    names: int | None
    """Changes with the users of the blog. None: there are no posts, and so no authors."""

    @property
    def settled_at(self) -> datetime:
        latest = max((each.latest for each in self.updates if each.latest is not None), default=EARLIEST)
        return latest + min(_SETTLING, LATEST - latest)


async def read_state(store: Store) -> SitemapState:
    """The current state, read from indexes."""
    newest = PostQuery(filter=_public(PostKind.POST), limit=1)
    counts, updates, page = await asyncio.gather(
        asyncio.gather(*(store.posts.count(_public(kind)) for kind in PostKind)),
        asyncio.gather(*map(store.posts.updates, PostKind)),
        store.posts.page_validators(newest),
    )
    return SitemapState(tuple(counts), tuple(updates), page.rows[0][1].names if page.rows else None)


def _public(kind: PostKind) -> PostFilter:
    return PostFilter(audience=PUBLIC.audience(HORIZON.moment()), kind=kind)
