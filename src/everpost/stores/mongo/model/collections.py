"""The collections with the types of their documents, and the indexes that queries name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection

from everpost.domain.paging import Position
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.model.documents import CommentDocument, PostDocument, TransferDocument
from everpost.stores.mongo.model.media import BytesDocument, ChunkDocument, MediaDocument
from everpost.stores.mongo.model.passkeys import PasskeyDocument
from everpost.stores.mongo.model.people import BlogDocument, LimitDocument, UserDocument
from everpost.stores.mongo.model.removed_comments import RemovedCommentDocument
from everpost.stores.mongo.model.revisions import RevisionDocument
from everpost.stores.mongo.model.working_copies import WorkingCopyDocument

POSTS = "posts"
COMMENTS = "comments"
USERS = "users"
LIMITS = "limits"
BLOG = "blog"
WORKING_COPIES = "working_copies"
PASSKEYS = "passkeys"
REMOVED_COMMENTS = "removed_comments"
REVISIONS = "revisions"
MEDIA = "media"
MEDIA_BYTES = "media_bytes"
MEDIA_CHUNKS = "media_chunks"
TRANSFERS = "transfers"

Index = list[tuple[str, int]]
"""Queries name their index in a hint. Otherwise MongoDB could use a cached plan that scans a whole list or
thread.
"""

BY_DATE: Index = [("publication_date", 1), ("_id", 1)]
BY_UPDATE: Index = [("updated_at", 1), ("_id", 1)]
OF_STATUS: Index = [("status", 1), ("kind", 1)]
OF_AUTHOR: Index = [("author_id", 1), *OF_STATUS]
OF_TAG: Index = [("tags", 1), *OF_STATUS]
"""The beginnings and ends of the indexes on posts: each combination exists."""

IN_ORDER: Index = [("post_id", 1), ("publication_date", 1), ("_id", 1)]
SHOWN: Index = [("post_id", 1), ("shown", 1), ("publication_date", 1), ("_id", 1)]
REPLIES: Index = [("post_id", 1), ("parent_id", 1), ("shown", 1), ("publication_date", 1), ("_id", 1)]
QUEUE: Index = [("status", 1), ("publication_date", 1), ("_id", 1)]
"""The indexes on comments."""

REMOVALS: Index = [("removed_at", 1), ("_id", 1)]
"""The index on removed comments."""

USERS_BY_CREATION: Index = [("created_at", 1), ("_id", 1)]
WORKING_COPIES_OF_USER: Index = [("user_id", 1), ("updated_at", -1), ("post_id", -1)]

REVISIONS_OF_POST: Index = [("post_id", 1), ("number", 1)]
PASSKEYS_OF_USER: Index = [("user_id", 1), ("created_at", 1), ("_id", 1)]

MEDIA_BY_CREATION: Index = [("created_at", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Collections:
    """`posts`, each with a preview of its thread; `comments`; `users` with their tokens; `limits`, the
    counters of rate limits; `working_copies`; `passkeys`; `removed_comments`; `revisions`, the past states
    of posts; `media`, the facts about uploaded files; `media_bytes` and `media_chunks`, their bytes; `blog`,
    the settings; `transfers`, the latest move of a whole blog into this database.
    """

    posts: AsyncCollection[PostDocument]
    comments: AsyncCollection[CommentDocument]
    users: AsyncCollection[UserDocument]
    limits: AsyncCollection[LimitDocument]
    blog: AsyncCollection[BlogDocument]
    working_copies: AsyncCollection[WorkingCopyDocument]
    passkeys: AsyncCollection[PasskeyDocument]
    removed_comments: AsyncCollection[RemovedCommentDocument]
    revisions: AsyncCollection[RevisionDocument]
    media: AsyncCollection[MediaDocument]
    media_bytes: AsyncCollection[BytesDocument]
    media_chunks: AsyncCollection[ChunkDocument]
    transfers: AsyncCollection[TransferDocument]

    @classmethod
    def of(cls, database: Database) -> "Collections":
        return cls(
            posts=cast("AsyncCollection[PostDocument]", database[POSTS]),
            comments=cast("AsyncCollection[CommentDocument]", database[COMMENTS]),
            users=cast("AsyncCollection[UserDocument]", database[USERS]),
            limits=cast("AsyncCollection[LimitDocument]", database[LIMITS]),
            blog=cast("AsyncCollection[BlogDocument]", database[BLOG]),
            working_copies=cast("AsyncCollection[WorkingCopyDocument]", database[WORKING_COPIES]),
            passkeys=cast("AsyncCollection[PasskeyDocument]", database[PASSKEYS]),
            removed_comments=cast("AsyncCollection[RemovedCommentDocument]", database[REMOVED_COMMENTS]),
            revisions=cast("AsyncCollection[RevisionDocument]", database[REVISIONS]),
            media=cast("AsyncCollection[MediaDocument]", database[MEDIA]),
            media_bytes=cast("AsyncCollection[BytesDocument]", database[MEDIA_BYTES]),
            media_chunks=cast("AsyncCollection[ChunkDocument]", database[MEDIA_CHUNKS]),
            transfers=cast("AsyncCollection[TransferDocument]", database[TRANSFERS]),
        )

    @property
    def owned(self) -> Sequence[AsyncCollection[Any]]:
        """The collections whose documents have a `user_id`, and are removed with that user."""
        return (self.working_copies, self.passkeys)


Filter = dict[str, Any]
"""A query, a projection, an update or a pipeline stage."""


def beyond(
    position: Position | None, wanted: Sequence[Filter], order: Index, *, descending: bool = False
) -> Filter:
    """The condition for documents that meet one of the `wanted` conditions and are beyond a position in this
    order, which ends with `_id`. It consists of index ranges, which MongoDB merges in order.
    """
    (moment, _), way = order[-2], "$lt" if descending else "$gt"
    ranges: Sequence[Filter] = [{}]
    if position is not None:
        tie = {moment: position.moment, "_id": {way: ObjectId(position.id)}}
        ranges = [{moment: {way: position.moment}}, tie]
    return {"$or": [{"$and": [each, part]} for each in wanted for part in ranges]}


def index_bound(index: Sequence[tuple[str, int]], *values: object) -> list[tuple[str, Any]]:
    """A key of an index, for `min` and `max` of a cursor. PyMongo's type for it does not include dates."""
    return [(name, value) for (name, _), value in zip(index, values, strict=True)]
