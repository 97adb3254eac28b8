"""The collections, each with the documents that it holds, and the indexes that queries name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pymongo.asynchronous.collection import AsyncCollection

from everpost.stores.mongo.documents import (
    PostDocument,
    SettledComment,
    ThreadDocument,
    TransferDocument,
)
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.people import BlogDocument, LimitDocument, UserDocument

POSTS = "posts"
COMMENTS = "comments"
THREADS = "threads"
USERS = "users"
LIMITS = "limits"
BLOG = "blog"
TRANSFERS = "transfers"

Index = list[tuple[str, int]]
"""Indexes are named in queries, so that no plan that MongoDB once cached walks a whole list or thread."""

BY_DATE: Index = [("publication_date", 1), ("_id", 1)]
BY_UPDATE: Index = [("updated_at", 1), ("_id", 1)]
OF_STATUS: Index = [("status", 1)]
OF_AUTHOR: Index = [("author_id", 1), ("status", 1)]
OF_TAG: Index = [("tags", 1), ("status", 1)]
"""What an index of posts begins with, and how it ends: there is one of each pair."""

QUEUE: Index = [("comments.status", 1), ("comments.publication_date", -1), ("comments.id", -1)]
QUEUE_OF_AUTHOR: Index = [("author_id", 1), *QUEUE]
"""Read from the front, without a sort, they give the posts with the newest nested comments first: each
where the first of its comments is that the bounds let in.
"""
SETTLED_OF_AUTHOR: Index = [("author_id", 1), ("runs", 1)]

SETTLED_SHOWN: Index = [("_id.thread", 1), ("shown", 1), ("publication_date", 1), ("_id.id", 1)]
SETTLED_REPLIES: Index = [
    *(("_id.thread", 1), ("parent_id", 1)),
    *(("shown", 1), ("publication_date", 1), ("_id.id", 1)),
]
SETTLED_BY_ID: Index = [("_id.id", 1)]
SETTLED_QUEUE: Index = [("status", 1), ("publication_date", 1), ("_id.id", 1)]
SETTLED_QUEUE_OF_THREAD: Index = [("_id.thread", 1), *SETTLED_QUEUE]

USERS_BY_CREATION: Index = [("created_at", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Collections:
    """`posts` with their comments nested in them; `comments` that have settled; `threads`: a record of
    each thread that has such comments; `users` with their tokens; `limits`; `blog`: its settings;
    `transfers`: the latest move of a whole blog into this database.
    """

    posts: AsyncCollection[PostDocument]
    comments: AsyncCollection[SettledComment]
    threads: AsyncCollection[ThreadDocument]
    users: AsyncCollection[UserDocument]
    limits: AsyncCollection[LimitDocument]
    blog: AsyncCollection[BlogDocument]
    transfers: AsyncCollection[TransferDocument]

    @classmethod
    def of(cls, database: Database) -> "Collections":
        return cls(
            posts=cast("AsyncCollection[PostDocument]", database[POSTS]),
            comments=cast("AsyncCollection[SettledComment]", database[COMMENTS]),
            threads=cast("AsyncCollection[ThreadDocument]", database[THREADS]),
            users=cast("AsyncCollection[UserDocument]", database[USERS]),
            limits=cast("AsyncCollection[LimitDocument]", database[LIMITS]),
            blog=cast("AsyncCollection[BlogDocument]", database[BLOG]),
            transfers=cast("AsyncCollection[TransferDocument]", database[TRANSFERS]),
        )


Filter = dict[str, Any]
"""What PyMongo takes for a query, a projection or an update."""


def index_bound(index: Sequence[tuple[str, int]], *values: object) -> list[tuple[str, Any]]:
    """A place in an index, for `min` and `max` of a cursor; PyMongo's type for it knows no dates."""
    return [(name, value) for (name, _), value in zip(index, values, strict=True)]
