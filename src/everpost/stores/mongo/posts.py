"""The port's `Posts` on MongoDB."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import Match, Revision, new_stamp
from everpost.errors import Busy, Conflict, EverpostError, Forbidden, Invalid, NotFound, SchemaMismatch, Stale
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import PostDocument, matching, read_post
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.listing import Choice, Listing
from everpost.stores.mongo.people import BLOG
from everpost.stores.mongo.publishing import Publisher
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.slugs import free_slug
from everpost.stores.mongo.sweeping import Sweeper
from everpost.stores.mongo.tags import Tags
from everpost.stores.mongo.threads import ATTEMPTS, STATE, Stretch, Threads
from everpost.stores.port import Validated, Validator
from everpost.stores.turns import Turns

_MOST_TOGETHER = 100
_FIELDS: Filter = dict.fromkeys(
    (
        *("title", "content", "publication_date", "updated_at", "version", "slug", "tags"),
        *("format", "status", "author_id", "comment_policy", "comment_count", "stamp"),
    ),
    1,
)
_STATE: Filter = {"version": 1, "stamp": 1}


class MongoPosts:
    """Posts, each one a document."""

    def __init__(
        self,
        collections: Collections,
        threads: Threads,
        authors: Authors,
        sweeper: Sweeper,
        limits: Limits,
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._threads = threads
        self._authors = authors
        self._sweeper = sweeper
        self._listing = Listing(collections, authors)
        self._bare = Turns(self._get_bare, most=_MOST_TOGETHER)
        self._blog = collections.blog
        self._tags = Tags(collections)
        self._publisher = Publisher(collections, threads, authors, sweeper, limits)

    @translated
    async def get(self, id: Id, *, comments: int) -> Post:
        if comments == 0:
            post = await self._bare.ask(id)
            if post is None:
                raise NotFound("post", id)
            return post
        document = await self._posts.find_one({"_id": ObjectId(id)}, _shown(comments))
        if document is None:
            raise NotFound("post", id)
        return await self._complete(document, comments)

    async def _get_bare(self, ids: Sequence[Id]) -> Sequence[Post | None]:
        """These posts with no comments inside."""
        documents = self._posts.find({"_id": {"$in": list(map(ObjectId, ids))}}, _FIELDS)
        posts = await self._authors.name_posts([read_post(each, ()) for each in await documents.to_list()])
        found = {post.id: post for post in posts}
        return [found.get(each) for each in ids]

    @translated
    async def find(self, slug: str, *, comments: int) -> Post | None:
        document = await self._posts.find_one({"slug": slug}, _shown(comments))
        return None if document is None else await self._complete(document, comments)

    @translated
    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Validated]:
        names = await self._names()
        cursor = self._posts.find({"_id": {"$in": list(map(ObjectId, ids))}}, _shown(comments))
        posts = await asyncio.gather(*(self._fill(each, comments) for each in await cursor.to_list()))
        return {
            post.id: Validated(post, Validator(post.version, post.stamp, names))
            for post in await self._authors.name_posts(posts)
        }

    @translated
    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        names: Filter = {"coll": self._blog.name, "pipeline": [{"$project": {"names_stamp": 1}}]}
        states: list[Filter] = [
            {"$match": {"_id": {"$in": list(map(ObjectId, ids))}}},
            {"$project": _STATE},
            {"$unionWith": names},
        ]
        answer: Sequence[Mapping[str, Any]] = await (await self._posts.aggregate(states)).to_list()
        *found, blog = answer
        return {Id(str(each["_id"])): _validator(each, blog["names_stamp"]) for each in found}

    @translated
    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        choice = await self._listing.choose(query.filter)
        for _ in range(ATTEMPTS):
            if choice is None:
                return Page((), has_more=False)
            cursor = self._listing.cursor(choice, query, _STATE).skip(query.skip).limit(query.limit + 1)
            documents, names = await asyncio.gather(cursor.to_list(), self._names())
            choice, before = await self._again(choice, query.filter), choice
            if choice == before:
                shown = documents[: query.limit]
                rows = tuple((Id(str(each["_id"])), _validator(each, names)) for each in shown)
                return Page(rows, has_more=len(documents) > query.limit)
        raise Busy

    async def _names(self) -> int:
        document = await self._blog.find_one({"_id": BLOG}, {"names_stamp": 1})
        if document is None:
            raise SchemaMismatch("The settings of the blog are missing: the database was not fully made.")
        return document["names_stamp"]

    @translated
    async def page(self, query: PostQuery) -> Page[Post]:
        choice = await self._listing.choose(query.filter)
        for _ in range(ATTEMPTS):
            page: Page[Post] = Page((), has_more=False)
            if choice is not None:
                page = await self._page(choice, query)
            choice, before = await self._again(choice, query.filter), choice
            if choice == before:
                return page
        raise Busy

    @translated
    async def count(self, filter: PostFilter) -> int:
        choice = await self._listing.choose(filter)
        for _ in range(ATTEMPTS):
            count = 0 if choice is None else await self._listing.count(choice)
            choice, before = await self._again(choice, filter), choice
            if choice == before:
                return count
        raise Busy

    @translated
    async def tags(self, query: TagQuery) -> Page[TagCount]:
        return await self._tags.page(query)

    @translated
    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> Post:
        slug = post.slug
        for _ in range(ATTEMPTS):
            try:
                return await self._publisher.add(replace(post, slug=slug), thread)
            except Conflict as conflict:
                if conflict.field != "slug" or not numbered:
                    raise
                slug = await free_slug(self._collections, post.slug, ObjectId(post.id))
        raise Busy

    @translated
    async def save(
        self, id: Id, change: PostChange, *, match: Match, comments: int, owner_id: Id | None = None
    ) -> Post:
        slug = change.slug
        for _ in range(ATTEMPTS):
            try:
                return await self._save(id, replace(change, slug=slug), match, comments, owner_id)
            except Conflict:
                if slug is None or not change.is_slug_numbered:
                    raise
                slug = await free_slug(self._collections, change.slug or slug, ObjectId(id))
        raise Busy

    async def _save(
        self, id: Id, change: PostChange, match: Match, comments: int, owner_id: Id | None
    ) -> Post:
        if change.author_id is not None and not await self._authors.is_user(ObjectId(change.author_id)):
            raise await self._refusal(id, change, match, owner_id)
        owners: Filter = _owned_by(owner_id)
        for _ in range(ATTEMPTS):
            try:
                document = await self._posts.find_one_and_update(
                    {"_id": ObjectId(id), **matching(match), **owners},
                    _update(change),
                    projection=_shown(comments),
                    return_document=ReturnDocument.AFTER,
                )
            except DuplicateKeyError as error:
                raise Conflict("post", "slug") from error
            if document is not None:
                return await self._complete(document, comments)
            owners = await self._owners_now(id, match, owner_id)
        raise Busy

    @translated
    async def remove(self, id: Id, *, match: Match, owner_id: Id | None = None) -> None:
        owners: Filter = _owned_by(owner_id)
        for _ in range(ATTEMPTS):
            document = await self._posts.find_one_and_delete(
                {"_id": ObjectId(id), **matching(match), **owners}, projection={"thread": 1, "runs": 1}
            )
            if document is not None:
                if document["runs"]:
                    self._sweeper.erase_soon(document["thread"])
                return
            owners = await self._owners_now(id, match, owner_id)
        raise Busy

    async def _page(self, choice: Choice, query: PostQuery) -> Page[Post]:
        cursor = self._listing.cursor(choice, query, _shown(query.comments))
        documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
        shown = documents[: query.limit]
        posts = await asyncio.gather(*(self._fill(each, query.comments) for each in shown))
        return Page(tuple(await self._authors.name_posts(posts)), has_more=len(documents) > query.limit)

    async def _again(self, choice: Choice | None, filter: PostFilter) -> Choice | None:
        """The choice as it is now; it changes where an author is removed."""
        has_authors = filter.author_id is not None or filter.audience.author_id is not None
        return await self._listing.choose(filter) if choice is not None and has_authors else choice

    async def _complete(self, document: PostDocument, comments: int) -> Post:
        (post,) = await self._authors.name_posts([await self._fill(document, comments)])
        return post

    async def _fill(self, document: PostDocument, comments: int) -> Post:
        return read_post(document, await self._threads.fill(document, Stretch(comments)))

    async def _exists(self, condition: Filter) -> bool:
        return await self._posts.find_one(condition, {"_id": 1}) is not None

    async def _owners_now(self, id: Id, match: Match, owner_id: Id | None) -> Filter:
        """Why a write met no post: NotFound, Forbidden, Stale. Or nothing was in the way: the condition on
        the author with which to try again, where the post still names one whose posts are the owner's now.
        """
        names = {"version": 1, "stamp": 1, "author_id": 1}
        document = await self._posts.find_one({"_id": ObjectId(id)}, names)
        if document is None:
            raise NotFound("post", id)
        author_id = document.get("author_id")
        if owner_id is not None:
            successor = None if author_id is None else await self._authors.successor(author_id)
            if successor is None or str(successor) != owner_id:
                raise Forbidden("This post is somebody else's.")
        if match is not None and Revision(document["version"], document["stamp"]) not in match:
            raise Stale("post", id)
        return {} if owner_id is None else {"author_id": author_id}

    async def _refusal(self, id: Id, change: PostChange, match: Match, owner_id: Id | None) -> EverpostError:
        """Why a post does not get an author who is no user: that, or what comes before it."""
        await self._owners_now(id, match, owner_id)
        others: Filter = {"slug": change.slug, "_id": {"$ne": ObjectId(id)}}
        if change.slug is not None and await self._exists(others):
            return Conflict("post", "slug")
        return Invalid("author_id", "is not a user")


def _validator(document: Mapping[str, Any], names: int) -> Validator:
    return Validator(document["version"], document["stamp"], names)


def _shown(comments: int) -> Filter:
    return _FIELDS | STATE | Stretch(comments).nested()


def _owned_by(owner_id: Id | None) -> Filter:
    return {} if owner_id is None else {"author_id": ObjectId(owner_id)}


def _update(change: PostChange) -> Filter:
    values: Filter = {
        "updated_at": change.updated_at,
        "stamp": new_stamp(),
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
