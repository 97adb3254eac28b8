"""Posts in SQL."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, update

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import Match, Revision
from everpost.errors import Busy, Conflict, Forbidden, NotFound, Stale
from everpost.stores.port import Known
from everpost.stores.sql import listing, reading
from everpost.stores.sql.currency import Currency
from everpost.stores.sql.engine import VIOLATED, Connections, Rows, Transaction
from everpost.stores.sql.matching import changing, having, owned, owner, revisions
from everpost.stores.sql.obstacles import Claim, resolve
from everpost.stores.sql.rows import (
    AnyRow,
    Values,
    comment_of,
    comment_values,
    post_of,
    post_values,
    post_with_thread,
    tag_values,
)
from everpost.stores.sql.tables import CommentRow, PostRow, PostTagRow
from everpost.stores.sql.types import IdText
from everpost.stores.turns import Turns

_ADD = insert(PostRow)
_REMOVE = delete(PostRow).where(PostRow.id == reading.ID)
_SAVE = update(PostRow).where(PostRow.id == reading.ID).values(version=PostRow.version + 1)
_OF_THE_POST = PostTagRow.post_id == bindparam("tags_of", type_=IdText)
_ADD_TAGS = insert(PostTagRow)
_ADD_COMMENTS = insert(CommentRow)
_REMOVE_TAGS = delete(PostTagRow).where(_OF_THE_POST)
_LIST_TAGS_ANEW = update(PostTagRow).where(_OF_THE_POST)
_LISTED_BY = ("status", "publication_date", "updated_at")
_ATTEMPTS = 20
"""How often others may take a slug first."""


class _Terms(NamedTuple):
    """In which states, and whose, a post must be to be written; None: any."""

    match: Match
    owner_id: Id | None


class SqlPosts:
    """`Posts` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._currency = Currency(connections)
        self._bare = Turns(self._get_bare, most=reading.MOST_HEADS)

    async def get(self, id: Id, *, comments: int, known: Post | None = None) -> Post:
        if known is not None and await self._currency.holds(known):
            return known
        if comments == 0:
            post = await self._bare.ask(id)
            if post is None:
                raise NotFound("post", id)
            return post
        rows = await self._connections.fetch(reading.POST_BY_ID, {"this": id, "comments": comments})
        return _found(rows, id)

    async def _get_bare(self, ids: Sequence[Id]) -> Sequence[Post | None]:
        """These posts with no comments inside."""
        size, parameters = reading.padded("post", list(set(ids)))
        rows = await self._connections.fetch(listing.bare(size), parameters)
        found = {row.id: post_of(row) for row in rows}
        return [found.get(each) for each in ids]

    async def find(self, slug: str, *, comments: int) -> Post | None:
        rows = await self._connections.fetch(reading.POST_BY_SLUG, {"slug": slug, "comments": comments})
        return post_with_thread(rows)

    async def page(self, query: PostQuery, *, known: Known | None = None) -> Page[Post]:
        narrowed = listing.narrow(query.filter)
        if narrowed is None:
            return Page((), has_more=False)
        if known is not None and (page := await self._currency.page(query, narrowed, known)) is not None:
            return page
        statement, parameters = listing.page_of_posts(query, narrowed)
        bounded = listing.is_bounded(query)
        rows: list[Any] = [*await self._connections.fetch(statement, parameters, bounded=bounded)]
        shown = listing.in_order(rows, query.sort)[: query.limit]
        threads = await self._threads(shown, query.comments)
        posts = tuple(post_of(row, threads[row.id]) for row in shown)
        return Page(posts, has_more=len(rows) > len(shown))

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
        tags = tuple(TagCount(row.tag, row.posts) for row in rows[: query.limit])
        return Page(tags, has_more=len(rows) > len(tags))

    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> str:
        author_id = None if post.author is None else post.author.id
        claim = Claim(id=post.id, slug=post.slug, author_id=author_id, is_new=True, numbered=numbered)
        slug = post.slug
        for _ in range(_ATTEMPTS):
            try:
                await self._insert(replace(post, slug=slug), thread)
            except VIOLATED:
                slug = await resolve(self._connections, claim) or slug
            else:
                return slug
        raise Busy

    async def _insert(self, post: Post, thread: Sequence[Comment]) -> None:
        values = post_values(post) | ({} if thread else {"comment_count": 0})
        tags, comments = tag_values(post), [comment_values(comment) for comment in thread]

        async def work(transaction: Transaction) -> None:
            await transaction.execute(_ADD, values)
            if tags:
                await transaction.execute(_ADD_TAGS, tags)
            if comments:
                await _add_thread(transaction, comments)

        if tags or comments:
            await self._connections.transact(work, hurried=not comments)
        else:
            await self._connections.change(_ADD, values)

    async def save(
        self, id: Id, change: PostChange, *, match: Match, comments: int, owner_id: Id | None = None
    ) -> Post:
        claim = Claim(id=id, slug=change.slug, author_id=change.author_id, numbered=change.is_slug_numbered)
        terms = _Terms(match, owner_id)
        for _ in range(_ATTEMPTS):
            try:
                return await self._save(id, change, terms, comments)
            except VIOLATED:
                change = replace(change, slug=await resolve(self._connections, claim))
        raise Busy

    async def _save(self, id: Id, change: PostChange, terms: _Terms, comments: int) -> Post:
        match, owner_id = terms
        saving, values = changing(_SAVE, _changes(change))
        statement = owned(owner_id, having(match, PostRow, saving))
        parameters = {"this": id} | values | revisions(match) | owner(owner_id)

        async def work(transaction: Transaction) -> Post:
            while not (await transaction.execute(statement, parameters)).matched:
                there = await transaction.execute(reading.POST_IS_THERE, {"this": id})
                _require_match(id, there.first(), match, owner_id)
            rows = await transaction.execute(reading.POST_BY_ID, {"this": id, "comments": comments})
            post = _found(rows.rows, id)
            await _list_by_tags(transaction, post, change)
            return post

        return await self._connections.transact(work)

    async def remove(self, id: Id, *, match: Match, owner_id: Id | None = None) -> None:
        statement = owned(owner_id, having(match, PostRow, _REMOVE))
        parameters = {"this": id} | revisions(match) | owner(owner_id)
        while not await self._connections.change(statement, parameters, hurried=False):
            there = await self._connections.fetch(reading.POST_IS_THERE, {"this": id})
            _require_match(id, next(iter(there), None), match, owner_id)

    async def _threads(self, posts: list[AnyRow], comments: int) -> dict[Id, list[Comment]]:
        """The oldest comments of each of these posts."""
        threads: dict[Id, list[Comment]] = defaultdict(list)
        with_comments = [row.id for row in posts if row.comment_count]
        for start in range(0, len(with_comments) if comments else 0, reading.MOST_HEADS):
            some = with_comments[start : start + reading.MOST_HEADS]
            statement, parameters = reading.oldest_of_threads(some)
            for row in await self._connections.fetch(statement, parameters | {"comments": comments}):
                threads[row.post_id].append(comment_of(row))
        return threads


async def _add_thread(transaction: Transaction, comments: Sequence[Values]) -> None:
    try:
        await transaction.execute(_ADD_COMMENTS, comments)
    except VIOLATED as error:
        raise Conflict("comment", "id") from error


async def _list_by_tags(transaction: Transaction, post: Post, change: PostChange) -> None:
    """Let lists by tag show the post as it is after the change."""
    if change.tags is not None:
        await transaction.execute(_REMOVE_TAGS, {"tags_of": post.id})
        if post.tags:
            await transaction.execute(_ADD_TAGS, tag_values(post))
    elif post.tags:
        listed = {name: getattr(post, name) for name in _LISTED_BY}
        listing_anew, values = changing(_LIST_TAGS_ANEW, listed)
        await transaction.execute(listing_anew, {"tags_of": post.id} | values)


def _require_match(id: Id, there: AnyRow | None, match: Match, owner_id: Id | None) -> None:
    """Why no row was as it should have been; `there` is that of `POST_IS_THERE`. Nothing is raised where
    the row has become so in between.
    """
    if there is None:
        raise NotFound("post", id)
    if owner_id is not None and there.author_id != owner_id:
        raise Forbidden("This post is somebody else's.")
    if match is not None and Revision(there.version, there.updated_at) not in match:
        raise Stale("post", id)


def _found(rows: Rows, id: Id) -> Post:
    post = post_with_thread(rows)
    if post is None:
        raise NotFound("post", id)
    return post


def _changes(change: PostChange) -> dict[str, object]:
    """The columns that get another value."""
    names = ("title", "content", "publication_date", "slug", "tags", "format", "status", "author_id")
    given = {name: getattr(change, name) for name in names}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if change.comment_policy is not None:
        changes["comment_policy"] = None if change.comment_policy == "inherit" else change.comment_policy
    return {"updated_at": change.updated_at, **changes}
