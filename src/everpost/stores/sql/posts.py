"""Posts in SQL."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import delete, insert

from everpost.domain.comment_preconditions import CommentContext
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.errors import Busy, Conflict, NotFound
from everpost.stores.batching import Batcher, KeyedLocks
from everpost.stores.port import Validated, Validator
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import (
    AnyRow,
    Values,
    blog_of,
    comment_of,
    comment_values,
    post_of,
    post_values,
    posts_with_threads,
    tag_values,
    validator_of,
)
from everpost.stores.sql.model.tables import CommentRow, PostRow, PostTagRow
from everpost.stores.sql.post_changes import Change, Saver, Terms
from everpost.stores.sql.queries import post_lists, post_queries, selects, writable_ctes
from everpost.stores.sql.queries.conflicts import Claim, resolve
from everpost.stores.sql.queries.preconditions import having, owned

_ADD = insert(PostRow)
_REMOVE = delete(PostRow).where(PostRow.id == selects.ID)
_ADD_TAG = insert(PostTagRow)
_ADD_COMMENTS = insert(CommentRow)
_ATTEMPTS = 100
"""How often other processes may take a slug first; each time, one of their posts gets it."""
_LONGEST_PAUSE = 0.005
"""Seconds."""


class SqlPosts:
    """`Posts` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_postgresql = connections.dialect.name == "postgresql"
        self._bare = Batcher(self._read_bare, most=selects.MOST_HEADS)
        self._grounds = Batcher(self._read_grounds, most=selects.MOST_HEADS)
        self._slugs: KeyedLocks[str | None] = KeyedLocks()
        self._saver = Saver(connections)

    async def get(self, id: Id, *, comments: int) -> Post:
        found = await (self._bare.load(id) if comments == 0 else self.read([id], comments=comments))
        if id not in found:
            raise NotFound("post", id)
        return found[id].post

    async def _read_bare(self, ids: Sequence[Id]) -> Sequence[Mapping[Id, Validated]]:
        """These posts with no comments inside."""
        return [await self.read(list(set(ids)), comments=0)] * len(ids)

    async def comment_context(self, id: Id) -> CommentContext:
        context = await self._grounds.load(id)
        if context is None:
            raise NotFound("post", id)
        return context

    async def _read_grounds(self, ids: Sequence[Id]) -> Sequence[CommentContext | None]:
        rows = await self._connections.fetch(*post_queries.grounds(list(set(ids))))
        found = {
            row.id: CommentContext(post_of(row), blog_of(row, prefix=post_queries.BLOG_PREFIX))
            for row in rows
        }
        return [found.get(each) for each in ids]

    async def find(self, slug: str, *, comments: int) -> Post | None:
        rows = await self._connections.fetch(post_queries.POST_BY_SLUG, {"slug": slug, "comments": comments})
        return next((found.post for found in posts_with_threads(rows).values()), None)

    async def page(self, query: PostQuery) -> Page[Post]:
        rows = await self._page(query, whole=True)
        threads = await self._threads(rows.rows, query.comments)
        return Page(tuple(post_of(row, threads[row.id]) for row in rows.rows), has_more=rows.has_more)

    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Validated]:
        return posts_with_threads(await self._connections.fetch(*post_queries.posts(ids, comments)))

    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        rows = await self._connections.fetch(*post_queries.validators(ids))
        return {row.id: validator_of(row) for row in rows}

    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        rows = await self._page(query, whole=False)
        return Page(tuple((row.id, validator_of(row)) for row in rows.rows), has_more=rows.has_more)

    async def _page(self, query: PostQuery, *, whole: bool) -> Page[AnyRow]:
        narrowed = post_lists.narrow(query.filter)
        if narrowed is None:
            return Page((), has_more=False)
        statement, parameters = post_lists.page_of_posts(query, narrowed, whole=whole)
        bounded = post_lists.is_bounded(query)
        rows = list(await self._connections.fetch(statement, parameters, bounded=bounded))
        return Page.of(post_lists.in_order(rows, query.sort), query.limit)

    async def count(self, filter: PostFilter) -> int:
        narrowed = post_lists.narrow(filter)
        if narrowed is None:
            return 0
        ((count,),) = await self._connections.fetch(
            post_lists.counted(narrowed.shape), narrowed.parameters, bounded=False
        )
        return int(count)

    async def tags(self, query: TagQuery) -> Page[TagCount]:
        rows = await self._connections.fetch(*post_lists.page_of_tags(query), bounded=False)
        return Page.of([TagCount(row.tag, row.posts) for row in rows], query.limit)

    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> Post:
        author_id = None if post.author is None else post.author.id
        claim = Claim(id=post.id, slug=post.slug, author_id=author_id, is_new=True, numbered=numbered)
        kept = replace(post, stamp=new_stamp(), comment_count=post.comment_count if thread else 0)

        async def write(slug: str | None) -> Post:
            numbered_post = replace(kept, slug=slug or kept.slug)
            await self._insert(numbered_post, thread)
            return numbered_post

        return await self._claim(claim, write)

    async def _claim(self, claim: Claim, write: Callable[[str | None], Awaitable[Post]]) -> Post:
        """Write a post, with another slug where its own is taken. Of this process, one after the other looks
        for what is free after one slug: at once, all would find the same, and all but one in vain.
        """
        with suppress(*VIOLATED):
            return await write(claim.slug)
        async with self._slugs.hold(claim.slug):
            for _ in range(_ATTEMPTS):
                slug = await resolve(self._connections, claim)
                with suppress(*VIOLATED):
                    return await write(slug)
                # Another process in step with this one would be the first each time.
                await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - it only spreads tries
        raise Busy

    async def _insert(self, post: Post, thread: Sequence[Comment]) -> None:
        values = post_values(post) | {"stamp": post.stamp}
        tags, comments = tag_values(post), [comment_values(comment) for comment in thread]

        async def work(transaction: Transaction) -> None:
            await transaction.execute_all([(_ADD, values), *((_ADD_TAG, tag) for tag in tags)])
            if comments:
                await _add_thread(transaction, comments)

        if not (tags or comments):
            await self._connections.change(_ADD, values)
        elif self._is_postgresql and not comments:
            tagged = writable_ctes.new(values) | writable_ctes.each_tag(post.tags)
            await self._connections.change_returning(writable_ctes.ADD_TAGGED_POST, tagged)
        else:
            await self._connections.transact(work, time_limited=not comments)

    async def save(
        self,
        id: Id,
        change: PostChange,
        *,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        claim = Claim(id=id, slug=change.slug, author_id=change.author_id, numbered=change.is_slug_numbered)
        wanted = Change(id, change, Terms(match, owner_id), comments)

        async def write(slug: str | None) -> Post:
            return await self._saver.save(wanted._replace(values=replace(change, slug=slug)))

        return await self._claim(claim, write)

    async def remove(self, id: Id, *, match: ExpectedRevisions, owner_id: Id | None = None) -> None:
        statement, parameters = owned(owner_id, *having(match, PostRow, _REMOVE, {"this": id}))
        while not await self._connections.change(statement, parameters, time_limited=False):
            there = await self._connections.fetch(selects.POST_IS_THERE, {"this": id})
            Terms(match, owner_id).require(id, next(iter(there), None))

    async def _threads(self, posts: Sequence[AnyRow], comments: int) -> dict[Id, list[Comment]]:
        """The oldest comments of each of these posts."""
        threads: dict[Id, list[Comment]] = defaultdict(list)
        with_comments = [row.id for row in posts if row.comment_count]
        for start in range(0, len(with_comments) if comments else 0, selects.MOST_HEADS):
            some = with_comments[start : start + selects.MOST_HEADS]
            statement, parameters = selects.oldest_of_threads(some)
            for row in await self._connections.fetch(statement, parameters | {"comments": comments}):
                threads[row.post_id].append(comment_of(row))
        return threads


async def _add_thread(transaction: Transaction, comments: Sequence[Values]) -> None:
    try:
        await transaction.execute(_ADD_COMMENTS, comments)
    except VIOLATED as error:
        raise Conflict("comment", "id") from error
