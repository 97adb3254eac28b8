"""The port's `Posts` on MongoDB."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.errors import DuplicateKeyError

from everpost.domain.admissions import Ground
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import Match, new_stamp
from everpost.errors import Busy, Conflict, EverpostError, Forbidden, Invalid, NotFound, SchemaMismatch, Stale
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument, matching, read_post
from everpost.stores.mongo.model.people import BLOG, read_blog
from everpost.stores.mongo.publishing import Publisher
from everpost.stores.mongo.queries.authors import Authors, named_posts
from everpost.stores.mongo.queries.listing import Listing
from everpost.stores.mongo.queries.slugs import free_slug
from everpost.stores.mongo.queries.tags import Tags
from everpost.stores.port import Validated, Validator
from everpost.stores.turns import Turns

_MOST_TOGETHER = 100
_ATTEMPTS = 20
_FIELDS: Filter = dict.fromkeys(
    (
        *("title", "content", "publication_date", "updated_at", "version", "slug", "tags"),
        *("format", "status", "author_id", "comment_policy", "comment_count", "stamp"),
    ),
    1,
)
_STATE: Filter = {"version": 1, "stamp": 1}

Terms = tuple[Match, Id | None]
"""The revisions and the owners that a post must have to be written."""


class MongoPosts(Part):
    """Posts, each one a document."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: Authors,
        garbage: GarbageCollector,
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors
        self._garbage = garbage
        self._listing = Listing(collections, transactions, authors)
        self._bare = Turns(self._get_bare, most=_MOST_TOGETHER)
        self._grounds = Turns(self._read_grounds, most=_MOST_TOGETHER)
        self._tags = Tags(collections)
        self._publisher = Publisher(collections, transactions, authors, garbage)

    @reads
    async def get(self, id: Id, *, comments: int) -> Post:
        if comments == 0:
            post = await self._bare.ask(id)
        else:
            post = next(iter(named_posts(await self._read([id], comments))), None)
        if post is None:
            raise NotFound("post", id)
        return post

    async def _get_bare(self, ids: Sequence[Id]) -> Sequence[Post | None]:
        """These posts with no comments inside."""
        found = {post.id: post for post in named_posts(await self._read(ids, 0))}
        return [found.get(each) for each in ids]

    async def _read(self, ids: Sequence[Id], comments: int) -> Sequence[PostDocument]:
        """These posts with their authors."""
        cursor = await self._posts.aggregate(self._joined(ids, comments))
        return await cursor.to_list()

    def _joined(self, ids: Sequence[Id], comments: int) -> list[Filter]:
        """The stages that give these posts with their authors."""
        authors = ["$author_id", "$comments.author_id"] if comments else ["$author_id"]
        return [
            {"$match": {"_id": {"$in": list(map(ObjectId, ids))}, **LIVING}},
            {"$project": _shown(comments)},
            {"$set": {"authors": _concatenated(authors)}},
            self._authors.joined("authors"),
        ]

    @reads
    async def ground(self, id: Id) -> Ground:
        ground = await self._grounds.ask(id)
        if ground is None:
            raise NotFound("post", id)
        return ground

    async def _read_grounds(self, ids: Sequence[Id]) -> Sequence[Ground | None]:
        posts: Filter = {"coll": self._posts.name, "pipeline": self._joined(ids, 0)}
        stages: Sequence[Filter] = [{"$match": {"_id": BLOG}}, {"$unionWith": posts}]
        cursor: AsyncCommandCursor[Any] = await self._collections.blog.aggregate(stages)
        settings, *documents = await cursor.to_list()
        found = {post.id: Ground(post, read_blog(settings)) for post in named_posts(documents)}
        return [found.get(each) for each in ids]

    @reads
    async def find(self, slug: str, *, comments: int) -> Post | None:
        document = await self._posts.find_one({"slug": slug}, _shown(comments))
        return None if document is None else await self._named(document)

    @reads
    async def page(self, query: PostQuery) -> Page[Post]:
        async with self._listing.moment(query.filter) as session:
            choice = await self._listing.choose(query.filter, session)
            if choice is None:
                return Page((), has_more=False)
            cursor = self._listing.cursor(choice, query, _shown(query.comments), session)
            documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
            posts = [read_post(each) for each in documents[: query.limit]]
            named = await self._authors.name_posts(posts, session=session)
            return Page(tuple(named), has_more=len(documents) > query.limit)

    @reads
    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Validated]:
        """The names stamp is read first, so it is never newer than the names."""
        posts = {"coll": self._posts.name, "pipeline": self._joined(ids, comments)}
        names, documents = await self._read_with_names({"$unionWith": posts})
        return {
            post.id: Validated(post, Validator(post.version, post.stamp, names))
            for post in named_posts(documents)
        }

    @reads
    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        these: Filter = {"_id": {"$in": list(map(ObjectId, ids))}, **LIVING}
        posts = {"coll": self._posts.name, "pipeline": [{"$match": these}, {"$project": _STATE}]}
        names, documents = await self._read_with_names({"$unionWith": posts})
        return dict(_validators(documents, names))

    async def _read_with_names(self, stage: Filter) -> tuple[int, Sequence[PostDocument]]:
        """The stamp of the names, and what a stage adds to it."""
        blog: Sequence[Filter] = [{"$match": {"_id": BLOG}}, {"$project": {"names_stamp": 1}}]
        cursor: AsyncCommandCursor[Any] = await self._collections.blog.aggregate([*blog, stage])
        names, *documents = await cursor.to_list()
        return names["names_stamp"], documents

    @reads
    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        async with self._listing.moment(query.filter) as session:
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
            raise SchemaMismatch("The blog's settings are missing: its schema was not created completely.")
        return Page.of([*_validators(documents, blog["names_stamp"])], query.limit)

    @reads
    async def count(self, filter: PostFilter) -> int:
        async with self._listing.moment(filter) as session:
            choice = await self._listing.choose(filter, session)
            return 0 if choice is None else await self._listing.count(choice, session)

    @reads
    async def tags(self, query: TagQuery) -> Page[TagCount]:
        return await self._tags.page(query)

    @writes
    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> Post:
        return await self._publisher.add(post, thread, numbered=numbered)

    @writes
    async def save(
        self, id: Id, change: PostChange, *, match: Match, comments: int, owner_id: Id | None = None
    ) -> Post:
        slug = change.slug
        for _ in range(_ATTEMPTS):
            work = partial(self._save, id, replace(change, slug=slug), comments, (match, owner_id))
            try:
                return await self._named(await self._transactions.run(work))
            except DuplicateKeyError as error:
                if change.slug is None or not change.is_slug_numbered:
                    raise Conflict("post", "slug") from error
                slug = await free_slug(self._collections, change.slug, ObjectId(id))
        raise Busy

    @writes
    async def remove(self, id: Id, *, match: Match, owner_id: Id | None = None) -> None:
        """The garbage collector deletes what is left of it."""
        removal: Sequence[Filter] = [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}]
        await self._transactions.run(partial(self._write, id, removal, {"_id": 1}, (match, owner_id)))
        self._garbage.collect_soon()

    async def _save(
        self, id: Id, change: PostChange, comments: int, terms: Terms, session: Session
    ) -> PostDocument:
        document = await self._write(id, _update(change), _shown(comments), terms, session)
        if change.author_id is not None and not await self._authors.is_user(ObjectId(change.author_id)):
            raise Invalid("author_id", "is not a user")
        return document

    async def _write(
        self,
        id: Id,
        update: Filter | Sequence[Filter],
        projection: Filter,
        terms: Terms,
        session: Session,
    ) -> PostDocument:
        """Change the post if its revision and its owner are as required. NotFound, Forbidden, Stale."""
        write = partial(
            self._posts.find_one_and_update,
            update=update,
            projection=projection,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        match, owner_id = terms
        named: Filter = {"_id": ObjectId(id), **LIVING, **matching(match)}
        owners: Sequence[ObjectId] | None = None
        if owner_id is None:
            document: PostDocument | None = await write(named)
        else:
            document = await write({**named, "author_id": ObjectId(owner_id)})
            if document is None:  # it may still name somebody whose posts this owner inherited
                owners = await self._authors.predecessors(ObjectId(owner_id), session=session)
                document = await write({**named, "author_id": {"$in": owners}})
        if document is None:
            raise await self._mismatch(id, owners, session)
        return document

    async def _mismatch(self, id: Id, owners: Sequence[ObjectId] | None, session: Session) -> EverpostError:
        """Why a post did not have the required revision or owner."""
        named: Filter = {"_id": ObjectId(id), **LIVING}
        document = await self._posts.find_one(named, {"author_id": 1}, session=session)
        if document is None:
            return NotFound("post", id)
        if owners is not None and document.get("author_id") not in owners:
            return Forbidden("This post is somebody else's.")
        return Stale("post", id)

    async def _named(self, document: PostDocument) -> Post:
        (post,) = await self._authors.name_posts([read_post(document)])
        return post


def _shown(comments: int) -> Filter:
    """The projection of a post with this many comments of its preview."""
    return _FIELDS | ({"comments": {"$slice": ["$comments", comments]}} if comments else {})


def _concatenated(fields: Sequence[str]) -> Filter:
    """All ids in these fields, each of which is absent, one id or a list of ids."""
    return {"$concatArrays": [{"$cond": [{"$isArray": each}, each, [each]]} for each in fields]}


def _validators(documents: Iterable[PostDocument], names: int) -> Iterator[tuple[Id, Validator]]:
    for document in documents:
        yield Id(str(document["_id"])), Validator(document["version"], document["stamp"], names)


def _update(change: PostChange) -> Filter:
    values: Filter = {
        "stamp": new_stamp(),
        "updated_at": change.updated_at,
        "title": change.title,
        "content": change.content,
        "publication_date": change.publication_date,
        "slug": change.slug,
        "tags": None if change.tags is None else list(change.tags),
        "format": None if change.format is None else change.format.value,
        "status": None if change.status is None else change.status.value,
        "author_id": None if change.author_id is None else ObjectId(change.author_id),
    }
    update: Filter = {"$inc": {"version": 1}}
    if change.comment_policy == "inherit":
        update["$unset"] = {"comment_policy": ""}
    elif change.comment_policy is not None:
        values["comment_policy"] = change.comment_policy.value
    return update | {"$set": {field: value for field, value in values.items() if value is not None}}
