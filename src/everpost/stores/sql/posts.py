"""Posts in SQL."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.admissions import Ground
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import Match, Revision, new_stamp
from everpost.errors import Busy, Conflict, Forbidden, NotFound, Stale
from everpost.stores.port import Validated, Validator
from everpost.stores.sql import listing, post_queries, reading, writable_ctes
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.matching import STAMP, changing, having, owned, owner, renewed, revisions
from everpost.stores.sql.obstacles import Claim, resolve
from everpost.stores.sql.rows import (
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
from everpost.stores.sql.tables import CommentRow, PostRow, PostTagRow
from everpost.stores.sql.types import IdText
from everpost.stores.turns import Turns, TurnsByKey

_ADD = insert(PostRow)
_REMOVE = delete(PostRow).where(PostRow.id == reading.ID)
_SAVE = update(PostRow).where(PostRow.id == reading.ID).values(version=PostRow.version + 1, stamp=STAMP)
_TAGS_OF = bindparam("tags_of", type_=IdText)
_LISTED = (PostRow.status, PostRow.publication_date, PostRow.updated_at)
_ADD_TAG = insert(PostTagRow)
_ADD_COMMENTS = insert(CommentRow)
_REMOVE_TAGS = delete(PostTagRow).where(PostTagRow.post_id == _TAGS_OF)
_TAG = insert(PostTagRow).from_select(
    ["post_id", "tag", *(column.key for column in _LISTED)],
    select(PostRow.id, bindparam("each_tag", type_=PostTagRow.tag.type), *_LISTED).where(
        PostRow.id == _TAGS_OF
    ),
)
_OF_POST = select(PostRow.id).where(PostRow.id == PostTagRow.post_id)
_LIST_TAGS_ANEW = (
    update(PostTagRow)
    .where(PostTagRow.post_id == _TAGS_OF)
    .values({column.key: _OF_POST.with_only_columns(column).scalar_subquery() for column in _LISTED})
)
_TRIES_AT_ONCE = 5
"""How often other writers may be faster, before the row is locked."""
_ATTEMPTS = 20
"""How often others may take a slug first."""
_LONGEST_PAUSE = 0.005
"""Seconds."""


_Repeat = Callable[[], Awaitable[Post]]


class _Terms(NamedTuple):
    """The revisions and the owners that a post must have to be written; None: any."""

    match: Match
    owner_id: Id | None


class SqlPosts:
    """`Posts` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_postgresql = connections.dialect.name == "postgresql"
        self._bare = Turns(self._read_bare, most=reading.MOST_HEADS)
        self._grounds = Turns(self._read_grounds, most=reading.MOST_HEADS)
        self._repeats: TurnsByKey[str | None, _Repeat, Post] = TurnsByKey(_repeat, most=1)

    async def get(self, id: Id, *, comments: int) -> Post:
        found = await (self._bare.ask(id) if comments == 0 else self.read([id], comments=comments))
        if id not in found:
            raise NotFound("post", id)
        return found[id].post

    async def _read_bare(self, ids: Sequence[Id]) -> Sequence[Mapping[Id, Validated]]:
        """These posts with no comments inside."""
        return [await self.read(list(set(ids)), comments=0)] * len(ids)

    async def ground(self, id: Id) -> Ground:
        ground = await self._grounds.ask(id)
        if ground is None:
            raise NotFound("post", id)
        return ground

    async def _read_grounds(self, ids: Sequence[Id]) -> Sequence[Ground | None]:
        rows = await self._connections.fetch(*post_queries.grounds(list(set(ids))))
        found = {row.id: Ground(post_of(row), blog_of(row, prefix=post_queries.BLOG_PREFIX)) for row in rows}
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
        narrowed = listing.narrow(query.filter)
        if narrowed is None:
            return Page((), has_more=False)
        statement, parameters = listing.page_of_posts(query, narrowed, whole=whole)
        bounded = listing.is_bounded(query)
        rows = list(await self._connections.fetch(statement, parameters, bounded=bounded))
        return Page.of(listing.in_order(rows, query.sort), query.limit)

    async def count(self, filter: PostFilter) -> int:
        narrowed = listing.narrow(filter)
        if narrowed is None:
            return 0
        ((count,),) = await self._connections.fetch(
            listing.counted(narrowed.shape), narrowed.parameters, bounded=False
        )
        return int(count)

    async def tags(self, query: TagQuery) -> Page[TagCount]:
        rows = await self._connections.fetch(*listing.page_of_tags(query), bounded=False)
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

        async def repeat() -> Post:
            for _ in range(_ATTEMPTS):
                slug = await resolve(self._connections, claim)
                with suppress(*VIOLATED):
                    return await write(slug)
                # Another process in step with this one would be the first each time.
                await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - it only spreads tries
            raise Busy

        try:
            return await write(claim.slug)
        except VIOLATED:
            return await self._repeats.ask(claim.slug, repeat)

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
            await self._connections.transact(work, hurried=not comments)

    async def save(
        self, id: Id, change: PostChange, *, match: Match, comments: int, owner_id: Id | None = None
    ) -> Post:
        claim = Claim(id=id, slug=change.slug, author_id=change.author_id, numbered=change.is_slug_numbered)
        terms = _Terms(match, owner_id)
        return await self._claim(
            claim, lambda slug: self._save(id, replace(change, slug=slug), terms, comments)
        )

    async def _save(self, id: Id, change: PostChange, terms: _Terms, comments: int) -> Post:
        match, owner_id = terms
        saving, values = changing(_SAVE, _changes(change))
        statement = owned(owner_id, having(match, PostRow, saving))
        parameters = {"this": id} | values | revisions(match) | owner(owner_id)

        async def work(transaction: Transaction) -> Post:
            while not (await transaction.execute(statement, parameters | renewed())).matched:
                there = await transaction.execute(reading.POST_IS_THERE, {"this": id})
                _require_match(id, there.first(), match, owner_id)
            calls = [*_tagging(id, change.tags), post_queries.posts([id], comments)]
            saved = (await transaction.execute_all(calls))[-1]
            return posts_with_threads(saved.rows)[id].post

        at_once = writable_ctes.saving_post(
            statement, has_tags=change.tags is not None, has_comments=comments > 0
        )
        given = parameters | {"comments": comments} | writable_ctes.each_tag(change.tags or ())
        for _ in range(_TRIES_AT_ONCE if self._is_postgresql else 0):
            if rows := await self._connections.change_returning(at_once, given | renewed()):
                return posts_with_threads(rows)[id].post
            there = await self._connections.fetch(reading.POST_IS_THERE, {"this": id})
            _require_match(id, next(iter(there), None), match, owner_id)
        return await self._connections.transact(work)

    async def remove(self, id: Id, *, match: Match, owner_id: Id | None = None) -> None:
        statement = owned(owner_id, having(match, PostRow, _REMOVE))
        parameters = {"this": id} | revisions(match) | owner(owner_id)
        while not await self._connections.change(statement, parameters, hurried=False):
            there = await self._connections.fetch(reading.POST_IS_THERE, {"this": id})
            _require_match(id, next(iter(there), None), match, owner_id)

    async def _threads(self, posts: Sequence[AnyRow], comments: int) -> dict[Id, list[Comment]]:
        """The oldest comments of each of these posts."""
        threads: dict[Id, list[Comment]] = defaultdict(list)
        with_comments = [row.id for row in posts if row.comment_count]
        for start in range(0, len(with_comments) if comments else 0, reading.MOST_HEADS):
            some = with_comments[start : start + reading.MOST_HEADS]
            statement, parameters = reading.oldest_of_threads(some)
            for row in await self._connections.fetch(statement, parameters | {"comments": comments}):
                threads[row.post_id].append(comment_of(row))
        return threads


async def _repeat(works: Sequence[_Repeat]) -> Sequence[Post]:
    return [await work() for work in works]


async def _add_thread(transaction: Transaction, comments: Sequence[Values]) -> None:
    try:
        await transaction.execute(_ADD_COMMENTS, comments)
    except VIOLATED as error:
        raise Conflict("comment", "id") from error


def _tagging(id: Id, tags: Sequence[str] | None) -> Sequence[Call]:
    """Statements for lists by tag to show a post as it is after a change; under these tags, if given."""
    of_post = {"tags_of": id}
    if tags is None:
        return [(_LIST_TAGS_ANEW, of_post)]
    return [(_REMOVE_TAGS, of_post), *((_TAG, of_post | {"each_tag": tag}) for tag in tags)]


def _require_match(id: Id, there: AnyRow | None, match: Match, owner_id: Id | None) -> None:
    """Why no row was as it should have been; `there` is that of `POST_IS_THERE`. Nothing is raised where
    the row has become so in between.
    """
    if there is None:
        raise NotFound("post", id)
    if owner_id is not None and there.author_id != owner_id:
        raise Forbidden("This post is somebody else's.")
    if match is not None and Revision(there.version, there.stamp) not in match:
        raise Stale("post", id)


def _changes(change: PostChange) -> dict[str, object]:
    """The columns that get another value."""
    names = ("title", "content", "publication_date", "slug", "tags", "format", "status", "author_id")
    given = {name: getattr(change, name) for name in names}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if change.comment_policy is not None:
        changes["comment_policy"] = None if change.comment_policy == "inherit" else change.comment_policy
    return {"updated_at": change.updated_at, **changes}
