"""Posts in SQL."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from everpost.domain.comment_preconditions import CommentContext
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import (
    Post,
    PostChange,
    PostFilter,
    PostKey,
    PostKind,
    PostLocation,
    PostQuery,
    TagCount,
    TagQuery,
    Updates,
)
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Busy, NotFound
from everpost.stores.batching import Batcher, KeyedLocks
from everpost.stores.port import Validator
from everpost.stores.preconditions import Preconditions
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import (
    AnyRow,
    blog_of,
    comment_of,
    location_of,
    post_of,
    posts_with_threads,
    validator_of,
)
from everpost.stores.sql.new_posts import insert_post
from everpost.stores.sql.post_changes import Change, PostUpdater
from everpost.stores.sql.post_paths import permalink_rule
from everpost.stores.sql.queries import post_lists, post_queries, selects
from everpost.stores.sql.queries.conflicts import Claim, resolve
from everpost.stores.sql.queries.post_lists import Columns

_ATTEMPTS = 100
"""The maximum number of attempts to find a free slug, each lost to another process."""
_LONGEST_PAUSE = 0.005
"""The maximum pause between attempts, in seconds."""


class SqlPosts:
    """`Posts` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._bare = Batcher(self._read_bare, most=selects.MAX_IDS)
        self._contexts = Batcher(self._read_contexts, most=selects.MAX_IDS)
        self._slugs: KeyedLocks[str | None] = KeyedLocks()
        self._updater = PostUpdater(connections)

    async def get(self, id: Id, *, comments: int) -> Post:
        found = await (self._bare.load(id) if comments == 0 else self.read([id], comments=comments))
        if id not in found:
            raise NotFound("post", id)
        return found[id]

    async def _read_bare(self, ids: Sequence[Id]) -> Sequence[Mapping[Id, Post]]:
        """Return these posts without comments."""
        return [await self.read(list(set(ids)), comments=0)] * len(ids)

    async def comment_context(self, id: Id) -> CommentContext:
        context = await self._contexts.load(id)
        if context is None:
            raise NotFound("post", id)
        return context

    async def _read_contexts(self, ids: Sequence[Id]) -> Sequence[CommentContext | None]:
        rows = await self._connections.fetch(*post_queries.comment_contexts(list(set(ids))))
        found = {
            row.id: CommentContext(post_of(row), blog_of(row, prefix=post_queries.BLOG_PREFIX))
            for row in rows
        }
        return [found.get(each) for each in ids]

    async def find(self, slug: str, *, comments: int) -> Post | None:
        return await self._find(PostKey.SLUG, slug, comments)

    async def find_by_path(self, path: str, *, comments: int) -> Post | None:
        return await self._find(PostKey.PATH, path, comments)

    async def _find(self, key: PostKey, value: str, comments: int) -> Post | None:
        parameters = {"value": value, "comments": comments}
        rows = await self._connections.fetch(post_queries.post_by(key), parameters)
        return next(iter(posts_with_threads(rows).values()), None)

    async def find_validators(
        self, key: PostKey, values: Sequence[str]
    ) -> Mapping[str, tuple[Id, Validator]]:
        rows = await self._connections.fetch(*post_queries.key_validators(key, values))
        return {row.value: (row.id, validator_of(row)) for row in rows}

    async def page(self, query: PostQuery) -> Page[Post]:
        async def work(transaction: Transaction) -> Page[Post]:
            rows = await _page(query, transaction)
            threads = await _threads(rows.rows, query.comments, transaction)
            return Page(tuple(post_of(row, threads[row.id]) for row in rows.rows), has_more=rows.has_more)

        return await self._connections.read_together(work)

    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Post]:
        return posts_with_threads(await self._connections.fetch(*post_queries.posts(ids, comments)))

    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        rows = await self._connections.fetch(*post_queries.validators(ids))
        return {row.id: validator_of(row) for row in rows}

    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        rows = await self._bare_page(query, Columns.VALIDATOR)
        return Page(tuple((row.id, validator_of(row)) for row in rows.rows), has_more=rows.has_more)

    async def page_locations(self, query: PostQuery) -> Page[PostLocation]:
        rows = await self._bare_page(query, Columns.LOCATION)
        return Page(tuple(map(location_of, rows.rows)), has_more=rows.has_more)

    async def _bare_page(self, query: PostQuery, columns: Columns) -> Page[AnyRow]:
        normalized = post_lists.normalize(query.filter)
        if normalized is None:
            return Page((), has_more=False)
        statement, parameters = post_lists.page_of_posts(query, normalized, columns=columns)
        bounded = post_lists.is_bounded(query)
        rows = await self._connections.fetch(statement, parameters, bounded=bounded)
        return Page.of(post_lists.in_order(list(rows), query.sort), query.limit)

    async def count(self, filter: PostFilter) -> int:
        normalized = post_lists.normalize(filter)
        if normalized is None:
            return 0
        ((count,),) = await self._connections.fetch(
            post_lists.count_query(normalized.shape), normalized.parameters, bounded=False
        )
        return int(count)

    async def authors(self, *, moment: datetime, least: int) -> Sequence[Id]:
        rows = await self._connections.fetch(*post_lists.authors(moment, least), bounded=False)
        return [row.id for row in rows]

    async def updates(self, kind: PostKind) -> Updates:
        (row,) = await self._connections.fetch(*post_lists.updates(kind), bounded=False)
        return Updates(int(row.count), int(row.checksum), row.latest)

    async def tags(self, query: TagQuery) -> Page[TagCount]:
        rows = await self._connections.fetch(*post_lists.page_of_tags(query), bounded=False)
        return Page.of([TagCount(row.tag, row.posts) for row in rows], query.limit)

    async def add(
        self,
        post: Post,
        *,
        thread: Sequence[Comment] = (),
        numbered: bool = False,
        saved_copy: SavedCopy | None = None,
    ) -> Post:
        author_id = None if post.author is None else post.author.id
        claim = Claim(
            id=post.id,
            slug=post.slug,
            author_id=author_id,
            paths=post.paths,
            is_new=True,
            numbered=numbered,
        )
        kept = replace(post, stamp=new_stamp(), comment_count=post.comment_count if thread else 0)

        rule = await permalink_rule(self._connections) if post.paths else None

        async def write(slug: str | None) -> Post:
            new = replace(kept, slug=slug or kept.slug)
            if rule is not None:
                new = replace(new, paths=rule.without_permalink(new, kept.paths))
            await insert_post(self._connections, new, thread, saved_copy)
            return new

        return await self._write_with_free_slug(claim, write)

    async def _write_with_free_slug(
        self, claim: Claim, write: Callable[[str | None], Awaitable[Post]]
    ) -> Post:
        """Write a post, with a free slug if its own is taken. One task at a time looks for the same one."""
        with suppress(*VIOLATED):
            return await write(claim.first_slug)
        async with self._slugs.hold(claim.slug):
            for _ in range(_ATTEMPTS):
                slug = await resolve(self._connections, claim)
                with suppress(*VIOLATED):
                    return await write(slug)
                # Otherwise a process in step with this one could be first each time.
                await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - it only spreads retries
        raise Busy

    async def save(
        self,
        id: Id,
        change: PostChange,
        *,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        claim = Claim(
            id=id,
            slug=change.slug,
            author_id=change.author_id,
            paths=change.paths or (),
            numbered=change.is_slug_numbered,
        )
        wanted = Change(id, change, Preconditions(match, owner_id), comments)

        async def write(slug: str | None) -> Post:
            return await self._updater.save(wanted._replace(values=replace(change, slug=slug)))

        return await self._write_with_free_slug(claim, write)

    async def remove(
        self,
        id: Id,
        *,
        match: ExpectedRevisions,
        owner_id: Id | None = None,
        discarded_copy: SavedCopy | None = None,
    ) -> None:
        await self._updater.remove(id, Preconditions(match, owner_id, in_trash=None), discarded_copy)


async def _page(query: PostQuery, transaction: Transaction) -> Page[AnyRow]:
    normalized = post_lists.normalize(query.filter)
    if normalized is None:
        return Page((), has_more=False)
    rows = (await transaction.execute(*post_lists.page_of_posts(query, normalized))).rows
    return Page.of(post_lists.in_order(list(rows), query.sort), query.limit)


async def _threads(
    posts: Sequence[AnyRow], comments: int, transaction: Transaction
) -> dict[Id, list[Comment]]:
    """Return the oldest comments of each of these posts."""
    threads: dict[Id, list[Comment]] = defaultdict(list)
    with_comments = [row.id for row in posts if row.comment_count]
    for start in range(0, len(with_comments) if comments else 0, selects.MAX_IDS):
        some = with_comments[start : start + selects.MAX_IDS]
        statement, parameters = selects.oldest_of_threads(some)
        for row in (await transaction.execute(statement, {**parameters, "comments": comments})).rows:
            threads[row.post_id].append(comment_of(row))
    return threads
