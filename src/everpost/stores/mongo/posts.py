"""The port's `Posts` on MongoDB."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

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
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import NotFound, SchemaMismatch
from everpost.stores.batching import Batcher, KeyedLocks
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import (
    LIVING,
    LOCATION,
    PostDocument,
    post_projection,
    read_location,
    read_post,
)
from everpost.stores.mongo.model.people import BLOG, read_blog
from everpost.stores.mongo.new_posts import PostInserter
from everpost.stores.mongo.post_changes import Change, PostUpdater
from everpost.stores.mongo.queries.authors import AuthorNames, named_posts
from everpost.stores.mongo.queries.post_lists import Listing
from everpost.stores.mongo.queries.published import PublishedPosts
from everpost.stores.mongo.queries.tags import Tags
from everpost.stores.port import Validator
from everpost.stores.preconditions import Preconditions

_MOST_TOGETHER = 100
_STATE: Filter = {"version": 1, "stamp": 1}
_FIELDS = {PostKey.SLUG: "slug", PostKey.PATH: "paths"}


class MongoPosts(Part):
    """Posts, one document each."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors
        self._garbage = garbage
        self._listing = Listing(collections, transactions, authors)
        self._bare = Batcher(self._get_bare, most=_MOST_TOGETHER)
        self._contexts = Batcher(self._read_contexts, most=_MOST_TOGETHER)
        self._tags, self._published = Tags(collections), PublishedPosts(collections)
        slugs: KeyedLocks[str] = KeyedLocks()
        """Searches of this process for a free number run one after the other: concurrent ones would all find
        the same number.
        """
        self._inserter = PostInserter(collections, transactions, authors, garbage, slugs)
        self._updater = PostUpdater(collections, transactions, authors, slugs)

    @reads
    async def get(self, id: Id, *, comments: int) -> Post:
        if comments == 0:
            post = await self._bare.load(id)
        else:
            post = next(iter(named_posts(await self._read([id], comments))), None)
        if post is None:
            raise NotFound("post", id)
        return post

    async def _get_bare(self, ids: Sequence[Id]) -> Sequence[Post | None]:
        """These posts, without comments."""
        found = {post.id: post for post in named_posts(await self._read(ids, 0))}
        return [found.get(each) for each in ids]

    async def _read(self, ids: Sequence[Id], comments: int) -> Sequence[PostDocument]:
        """The documents of these posts, joined with their authors."""
        cursor = await self._posts.aggregate(self._joined(_living(ids), comments))
        return await cursor.to_list()

    def _joined(self, these: Filter, comments: int) -> list[Filter]:
        """The stages that return these posts, joined with their authors."""
        authors = ["$author_id", "$comments.author_id"] if comments else ["$author_id"]
        return [
            {"$match": these},
            {"$project": post_projection(comments)},
            {"$set": {"authors": _concatenated(authors)}},
            self._authors.joined("authors"),
        ]

    @reads
    async def comment_context(self, id: Id) -> CommentContext:
        context = await self._contexts.load(id)
        if context is None:
            raise NotFound("post", id)
        return context

    async def _read_contexts(self, ids: Sequence[Id]) -> Sequence[CommentContext | None]:
        posts: Filter = {"coll": self._posts.name, "pipeline": self._joined(_living(ids), 0)}
        stages: Sequence[Filter] = [{"$match": {"_id": BLOG}}, {"$unionWith": posts}]
        cursor: AsyncCommandCursor[Any] = await self._collections.blog.aggregate(stages)
        settings, *documents = await cursor.to_list()
        found = {post.id: CommentContext(post, read_blog(settings)) for post in named_posts(documents)}
        return [found.get(each) for each in ids]

    @reads
    async def find(self, slug: str, *, comments: int) -> Post | None:
        return await self._find(PostKey.SLUG, slug, comments)

    @reads
    async def find_by_path(self, path: str, *, comments: int) -> Post | None:
        return await self._find(PostKey.PATH, path, comments)

    async def _find(self, key: PostKey, value: str, comments: int) -> Post | None:
        return next(iter(await self._read_stamped({_FIELDS[key]: value}, comments)), None)

    @reads
    async def page(self, query: PostQuery) -> Page[Post]:
        async with self._listing.session(query.filter) as session:
            choice = await self._listing.choose(query.filter, session)
            if choice is None:
                return Page((), has_more=False)
            cursor = self._listing.cursor(choice, query, post_projection(query.comments), session)
            documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
            posts = [read_post(each) for each in documents[: query.limit]]
            named = await self._authors.name_posts(posts, session=session)
            return Page(tuple(named), has_more=len(documents) > query.limit)

    @reads
    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Post]:
        return {post.id: post for post in await self._read_stamped(_living(ids), comments)}

    async def _read_stamped(self, these: Filter, comments: int) -> Sequence[Post]:
        """Reads the names stamp first, so that it is never newer than the names."""
        posts = {"coll": self._posts.name, "pipeline": self._joined(these, comments)}
        names, documents = await self._read_with_names({"$unionWith": posts})
        return [replace(post, names_stamp=names) for post in named_posts(documents)]

    @reads
    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        posts = {"coll": self._posts.name, "pipeline": [{"$match": _living(ids)}, {"$project": _STATE}]}
        names, documents = await self._read_with_names({"$unionWith": posts})
        return dict(_validators(documents, names))

    @reads
    async def find_validators(
        self, key: PostKey, values: Sequence[str]
    ) -> Mapping[str, tuple[Id, Validator]]:
        field, wanted = _FIELDS[key], set(values)
        these: Filter = {field: {"$in": list(wanted)}}
        pipeline = [{"$match": these}, {"$project": {**_STATE, field: 1}}]
        names, documents = await self._read_with_names(
            {"$unionWith": {"coll": self._posts.name, "pipeline": pipeline}}
        )
        return {
            value: validator
            for document, validator in zip(documents, _validators(documents, names), strict=True)
            for value in wanted & _values(document, field)
        }

    async def _read_with_names(self, stage: Filter) -> tuple[int, Sequence[PostDocument]]:
        """The stamp of the names, and the documents that a stage adds."""
        blog: Sequence[Filter] = [{"$match": {"_id": BLOG}}, {"$project": {"names_stamp": 1}}]
        cursor: AsyncCommandCursor[Any] = await self._collections.blog.aggregate([*blog, stage])
        names, *documents = await cursor.to_list()
        return names["names_stamp"], documents

    @reads
    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        async with self._listing.session(query.filter) as session:
            choice = await self._listing.choose(query.filter, session)
            if choice is None:
                return Page((), has_more=False)
            cursor = self._listing.cursor(choice, query, _STATE, session)
            reading = cursor.skip(query.skip).limit(query.limit + 1).to_list()
            names = self._collections.blog.find_one({"_id": BLOG}, {"names_stamp": 1}, session=session)
            if session is None:
                documents, blog = await asyncio.gather(reading, names)
            else:
                documents, blog = await reading, await names
        if blog is None:
            raise SchemaMismatch("The settings of the blog are missing: the schema is incomplete.")
        return Page.of([*_validators(documents, blog["names_stamp"])], query.limit)

    @reads
    async def page_locations(self, query: PostQuery) -> Page[PostLocation]:
        async with self._listing.session(query.filter) as session:
            choice = await self._listing.choose(query.filter, session)
            if choice is None:
                return Page((), has_more=False)
            cursor = self._listing.cursor(choice, query, LOCATION, session)
            documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
        return Page.of([*map(read_location, documents)], query.limit)

    @reads
    async def count(self, filter: PostFilter) -> int:
        async with self._listing.session(filter) as session:
            choice = await self._listing.choose(filter, session)
            return 0 if choice is None else await self._listing.count(choice, session)

    @reads
    async def authors(self, *, moment: datetime, least: int) -> Sequence[Id]:
        return await self._published.authors(moment, least)

    @reads
    async def updates(self, kind: PostKind) -> Updates:
        return await self._published.updates(kind)

    @reads
    async def tags(self, query: TagQuery) -> Page[TagCount]:
        return await self._tags.page(query)

    @writes
    async def add(
        self,
        post: Post,
        *,
        thread: Sequence[Comment] = (),
        numbered: bool = False,
        saved_copy: SavedCopy | None = None,
    ) -> Post:
        return await self._inserter.add(post, thread, numbered=numbered, saved_copy=saved_copy)

    @writes
    async def save(
        self,
        id: Id,
        change: PostChange,
        *,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        change_of_post = Change(id, change, Preconditions(match, owner_id), comments)
        return await self._named(await self._updater.save(change_of_post))

    @writes
    async def remove(
        self,
        id: Id,
        *,
        match: ExpectedRevisions,
        owner_id: Id | None = None,
        discarded_copy: SavedCopy | None = None,
    ) -> None:
        await self._updater.remove(id, Preconditions(match, owner_id, in_trash=None), discarded_copy)
        self._garbage.collect_soon()

    async def finish(self) -> None:
        """Wait until all changes have been made."""
        await self._updater.finish()

    async def _named(self, document: PostDocument) -> Post:
        (post,) = await self._authors.name_posts([read_post(document)])
        return post


def _living(ids: Sequence[Id]) -> Filter:
    """The condition for these posts."""
    return {"_id": {"$in": list(map(ObjectId, ids))}, **LIVING}


def _values(document: Mapping[str, Any], field: str) -> set[str]:
    """The texts in a field, which is a text or a list."""
    value = document[field]
    return {value} if isinstance(value, str) else set(value)


def _concatenated(fields: Sequence[str]) -> Filter:
    """All ids in these fields. Each is absent, an id or a list of ids."""
    return {"$concatArrays": [{"$cond": [{"$isArray": each}, each, [each]]} for each in fields]}


def _validators(documents: Iterable[PostDocument], names: int) -> Iterator[tuple[Id, Validator]]:
    for document in documents:
        yield Id(str(document["_id"])), Validator(document["version"], document["stamp"], names)
