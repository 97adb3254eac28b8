"""The port's `Posts` on MongoDB."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.errors import DuplicateKeyError

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.revisions import Match, Revision, new_stamp
from everpost.errors import Busy, Conflict, EverpostError, Forbidden, Invalid, NotFound, Stale
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument, matching, read_post
from everpost.stores.mongo.publishing import Publisher
from everpost.stores.mongo.queries.currency import Currency
from everpost.stores.mongo.queries.listing import Choice, Listing
from everpost.stores.mongo.queries.slugs import free_slug
from everpost.stores.mongo.queries.tags import Tags
from everpost.stores.port import Known
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


class MongoPosts:
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
        self._authors = authors
        self._garbage = garbage
        self._listing = Listing(collections, transactions, authors)
        self._bare = Turns(self._get_bare, most=_MOST_TOGETHER)
        self._currency = Currency(collections, authors, self._listing)
        self._tags = Tags(collections)
        self._publisher = Publisher(collections, transactions, authors, garbage)

    @translated
    async def get(self, id: Id, *, comments: int, known: Post | None = None) -> Post:
        if known is not None and await self._currency.holds(known):
            return known
        if comments == 0:
            post = await self._bare.ask(id)
            if post is None:
                raise NotFound("post", id)
            return post
        document = await self._posts.find_one({"_id": ObjectId(id), **LIVING}, _shown(comments))
        if document is None:
            raise NotFound("post", id)
        return await self._named(document)

    async def _get_bare(self, ids: Sequence[Id]) -> Sequence[Post | None]:
        """These posts with no comments inside."""
        these: Filter = {"_id": {"$in": list(map(ObjectId, ids))}, **LIVING}
        joined = self._authors.joined("author_id")
        cursor: AsyncCommandCursor[Any] = await self._posts.aggregate(
            [{"$match": these}, {"$project": _shown(0)}, joined]
        )
        documents = await cursor.to_list()
        users = [user for document in documents for user in document["users"]]
        posts = await self._authors.name_joined_posts(list(map(read_post, documents)), users)
        found = {post.id: post for post in posts}
        return [found.get(each) for each in ids]

    @translated
    async def find(self, slug: str, *, comments: int) -> Post | None:
        document = await self._posts.find_one({"slug": slug}, _shown(comments))
        return None if document is None else await self._named(document)

    @translated
    async def page(self, query: PostQuery, *, known: Known | None = None) -> Page[Post]:
        async with self._listing.moment(query.filter) as session:
            choice = await self._listing.choose(query.filter, session)
            if choice is None:
                return Page((), has_more=False)
            if known is not None and session is None:
                page = await self._currency.page(choice, query, known)
                if page is not None:
                    return page
            return await self._page(choice, query, session)

    @translated
    async def count(self, filter: PostFilter) -> int:
        async with self._listing.moment(filter) as session:
            choice = await self._listing.choose(filter, session)
            return 0 if choice is None else await self._listing.count(choice, session)

    @translated
    async def tags(self, query: TagQuery) -> Page[TagCount]:
        return await self._tags.page(query)

    @translated
    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> str:
        return await self._publisher.add(post, thread, numbered=numbered)

    @translated
    async def save(
        self, id: Id, change: PostChange, *, match: Match, comments: int, owner_id: Id | None = None
    ) -> Post:
        slug = change.slug
        for _ in range(_ATTEMPTS):
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
        for _ in range(_ATTEMPTS):
            try:
                document = await self._posts.find_one_and_update(
                    {"_id": ObjectId(id), **LIVING, **matching(match), **owners},
                    _update(change),
                    projection=_shown(comments),
                    return_document=ReturnDocument.AFTER,
                )
            except DuplicateKeyError as error:
                raise Conflict("post", "slug") from error
            if document is not None:
                return await self._named(document)
            owners = await self._owners_now(id, match, owner_id)
        raise Busy

    @translated
    async def remove(self, id: Id, *, match: Match, owner_id: Id | None = None) -> None:
        owners: Filter = _owned_by(owner_id)
        for _ in range(_ATTEMPTS):
            removed = await self._posts.update_one(
                {"_id": ObjectId(id), **LIVING, **matching(match), **owners},
                [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}],
            )
            if removed.matched_count:
                self._garbage.collect_soon()
                return
            owners = await self._owners_now(id, match, owner_id)
        raise Busy

    async def _page(self, choice: Choice, query: PostQuery, session: Session | None) -> Page[Post]:
        cursor = self._listing.cursor(choice, query, _shown(query.comments), session)
        documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
        posts = [read_post(each) for each in documents[: query.limit]]
        named = await self._authors.name_posts(posts, session=session)
        return Page(tuple(named), has_more=len(documents) > query.limit)

    async def _named(self, document: PostDocument) -> Post:
        (post,) = await self._authors.name_posts([read_post(document)])
        return post

    async def _exists(self, condition: Filter) -> bool:
        return await self._posts.find_one(condition, {"_id": 1}) is not None

    async def _owners_now(self, id: Id, match: Match, owner_id: Id | None) -> Filter:
        """Why a write met no post: NotFound, Forbidden, Stale. Or nothing was in the way: the condition on
        the author with which to try again, where the post still names one whose posts are the owner's now.
        """
        names = {"version": 1, "updated_at": 1, "author_id": 1}
        document = await self._posts.find_one({"_id": ObjectId(id), **LIVING}, names)
        if document is None:
            raise NotFound("post", id)
        author_id = document.get("author_id")
        if owner_id is not None:
            successor = None if author_id is None else await self._authors.successor(author_id)
            if successor is None or str(successor) != owner_id:
                raise Forbidden("This post is somebody else's.")
        if match is not None and Revision(document["version"], document["updated_at"]) not in match:
            raise Stale("post", id)
        return {} if owner_id is None else {"author_id": author_id}

    async def _refusal(self, id: Id, change: PostChange, match: Match, owner_id: Id | None) -> EverpostError:
        """Why a post does not get an author who is no user: that, or what comes before it."""
        await self._owners_now(id, match, owner_id)
        others: Filter = {"slug": change.slug, "_id": {"$ne": ObjectId(id)}}
        if change.slug is not None and await self._exists(others):
            return Conflict("post", "slug")
        return Invalid("author_id", "is not a user")


def _shown(comments: int) -> Filter:
    """The fields of a post with so many comments of its preview."""
    return _FIELDS | ({"comments": {"$slice": comments}} if comments else {})


def _owned_by(owner_id: Id | None) -> Filter:
    return {} if owner_id is None else {"author_id": ObjectId(owner_id)}


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
