"""The port's `WorkingCopies` on MongoDB."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.saved_copies import SavedCopy, working_copy_id
from everpost.domain.writing.working_copies import (
    FoundWorkingCopy,
    PostState,
    WorkingCopyChange,
    WorkingCopyQuery,
    WorkingCopyState,
)
from everpost.errors import Forbidden, NotFound, Stale
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import WORKING_COPIES_OF_USER, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument, matching
from everpost.stores.mongo.model.working_copies import (
    POST_STATE,
    STATE,
    WorkingCopyDocument,
    new_working_copy,
    read_post_state,
    read_working_copy,
    read_working_copy_state,
    working_copy_update,
)
from everpost.stores.mongo.queries.authors import AuthorNames


class MongoWorkingCopies(Part):
    """Working copies, one document each. A write is one command, and does not touch the post."""

    def __init__(self, collections: Collections, authors: AuthorNames) -> None:
        self._collections = collections
        self._copies = collections.working_copies
        self._authors = authors
        self._posts_joined: Filter = {
            "$lookup": {
                "from": collections.posts.name,
                "localField": "post_id",
                "foreignField": "_id",
                "pipeline": [{"$match": LIVING}, {"$project": POST_STATE}],
                "as": "posts",
            }
        }

    @reads
    async def get(self, user_id: Id, post_id: Id) -> FoundWorkingCopy:
        document, post, owned = await asyncio.gather(
            self._copies.find_one({"_id": working_copy_id(user_id, post_id)}),
            self._find_post(post_id),
            self._authors.predecessors(ObjectId(user_id)),
        )
        if document is None:
            raise NotFound("working copy", post_id)
        return FoundWorkingCopy(copy=read_working_copy(document), post=_state_of(post, user_id, owned))

    @reads
    async def page(self, query: WorkingCopyQuery) -> Page[WorkingCopyState]:
        stages: Sequence[Filter] = [
            {"$match": _beyond(query)},
            {"$sort": dict(WORKING_COPIES_OF_USER[1:])},
            {"$limit": query.limit + 1},
            {"$project": STATE},
            self._posts_joined,
        ]
        cursor, owned = await asyncio.gather(
            self._copies.aggregate(stages, hint=dict(WORKING_COPIES_OF_USER)),
            self._authors.predecessors(ObjectId(query.user_id)),
        )
        found: Sequence[Any] = await cursor.to_list()
        rows = [
            read_working_copy_state(each, _state_of(next(iter(each["posts"]), None), query.user_id, owned))
            for each in found
        ]
        return Page.of(rows, query.limit)

    @writes
    async def add(self, change: WorkingCopyChange, *, own_post_only: bool = False) -> WorkingCopyState:
        post, is_user = await self._prepare(change, own_post_only=own_post_only)
        document = new_working_copy(change)
        if not is_user:
            existing = await self._copies.find_one({"_id": change.id}, STATE)
            raise NotFound("user", change.user_id) if existing is None else _stale(existing)
        try:
            await self._copies.insert_one(document)
        except DuplicateKeyError as error:
            raise await self._mismatch(change) from error
        return read_working_copy_state(document, post)

    @writes
    async def save(
        self, change: WorkingCopyChange, *, match: ExpectedRevisions, own_post_only: bool = False
    ) -> WorkingCopyState:
        post, _ = await self._prepare(change, own_post_only=own_post_only)
        document = await self._copies.find_one_and_update(
            {"_id": change.id, **matching(match)},
            working_copy_update(change),
            projection=STATE,
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            raise await self._mismatch(change)
        return read_working_copy_state(document, post)

    @writes
    async def remove(self, user_id: Id, post_id: Id, *, match: ExpectedRevisions) -> None:
        this: Filter = {"_id": working_copy_id(user_id, post_id)}
        if not (await self._copies.delete_one({**this, **matching(match)})).deleted_count:
            existing = await self._copies.find_one(this, STATE)
            raise NotFound("working copy", post_id) if existing is None else _stale(existing)

    async def _prepare(
        self, change: WorkingCopyChange, *, own_post_only: bool
    ) -> tuple[PostState | None, bool]:
        """The state of the post, and whether the user exists. Raises Forbidden."""
        document, owned = await asyncio.gather(
            self._find_post(change.post_id), self._authors.predecessors(ObjectId(change.user_id))
        )
        post = _state_of(document, change.user_id, owned)
        if own_post_only and post is not None and (post.author is None or post.author.id != change.user_id):
            raise Forbidden("This post belongs to another author.")
        return post, bool(owned)

    async def _find_post(self, id: Id) -> PostDocument | None:
        return await self._collections.posts.find_one({"_id": ObjectId(id), **LIVING}, POST_STATE)

    async def _mismatch(self, change: WorkingCopyChange) -> NotFound | Stale:
        existing = await self._copies.find_one({"_id": change.id}, STATE)
        return NotFound("working copy", change.post_id) if existing is None else _stale(existing)


async def remove_saved_copy(
    collections: Collections, saved_copy: SavedCopy | None, post_id: Id, session: Session
) -> None:
    """Remove a working copy that has been saved into this post, or that is discarded with it, if there is
    one.
    """
    if saved_copy is not None:
        this = {"_id": working_copy_id(saved_copy.user_id, post_id)}
        match = matching(frozenset({saved_copy.revision}))
        await collections.working_copies.delete_one({**this, **match}, session=session)


def _beyond(query: WorkingCopyQuery) -> Filter:
    wanted: Filter = {"user_id": ObjectId(query.user_id)}
    if query.after is not None:
        moment, post_id = query.after.moment, ObjectId(query.after.id)
        wanted["$or"] = [
            {"updated_at": {"$lt": moment}},
            {"updated_at": moment, "post_id": {"$lt": post_id}},
        ]
    return wanted


def _state_of(post: Mapping[str, Any] | None, user_id: Id, owned: Sequence[ObjectId]) -> PostState | None:
    """The state of a post. Posts of the users from whom this user inherited belong to this user."""
    if post is None:
        return None
    author_id = post.get("author_id")
    return read_post_state(post, ObjectId(user_id) if author_id in owned else author_id)


def _stale(existing: WorkingCopyDocument) -> Stale:
    return Stale("working copy", str(existing["post_id"]), changed_at=existing["updated_at"])
