"""The public addresses of a blog, for search engines, read without the contents of posts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from everpost.domain.clock import HORIZON
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.actors import PUBLIC
from everpost.domain.people.users import UserQuery
from everpost.domain.posts import PostFilter, PostKind, PostLocation, PostQuery, PostSort
from everpost.services.posts import list_tags
from everpost.stores.port import Store

_READ = 1_000
"""The number of locations that are read at once."""


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


async def authors_with(store: Store, posts: int) -> AsyncIterator[Id]:
    """The users with at least this number of public posts, except those who are disabled."""
    query = UserQuery(limit=MAX_LIMIT)
    while True:
        page = await store.users.page(query)
        for user in page.rows:
            if user.disabled_at is None:
                wanted = PostQuery(filter=replace(_public(PostKind.POST), author_id=user.id), limit=posts)
                if len((await store.posts.page_locations(wanted)).rows) >= posts:
                    yield user.id
        if not page.has_more:
            return
        query = replace(query, after=page.rows[-1].position)


def _public(kind: PostKind) -> PostFilter:
    return PostFilter(audience=PUBLIC.audience(HORIZON.moment()), kind=kind)
