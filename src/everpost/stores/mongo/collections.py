"""The collections, each with the documents that it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pymongo.asynchronous.collection import AsyncCollection

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.documents import PostDocument, SettledComment, ThreadDocument

POSTS = "posts"
COMMENTS = "comments"
THREADS = "threads"

POSTS_BY_POSITION = [("publication_date", 1), ("_id", 1)]
SETTLED_BY_POSITION = [("_id.thread", 1), ("publication_date", 1), ("_id.id", 1)]
SETTLED_BY_ID = [("_id.id", 1)]
"""Indexes that queries name, so that no plan that MongoDB once cached makes them walk a whole thread."""


@dataclass(frozen=True, slots=True)
class Collections:
    """`posts` with their comments nested in them; `comments` that have settled; `threads`: a record of
    each thread that has such comments.
    """

    posts: AsyncCollection[PostDocument]
    comments: AsyncCollection[SettledComment]
    threads: AsyncCollection[ThreadDocument]

    @classmethod
    def of(cls, database: Database) -> "Collections":
        return cls(
            posts=cast("AsyncCollection[PostDocument]", database[POSTS]),
            comments=cast("AsyncCollection[SettledComment]", database[COMMENTS]),
            threads=cast("AsyncCollection[ThreadDocument]", database[THREADS]),
        )


Filter = dict[str, Any]
"""What PyMongo takes for a query, a projection or an update."""


def index_bound(index: Sequence[tuple[str, int]], *values: object) -> list[tuple[str, Any]]:
    """A place in an index, for `min` and `max` of a cursor; PyMongo's type for it knows no dates."""
    return [(name, value) for (name, _), value in zip(index, values, strict=True)]
