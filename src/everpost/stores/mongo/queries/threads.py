"""Reading threads: pages, branches, the queue. None of them returns comments whose post does not exist.

A page checks the post again at the end: the garbage collector may have deleted a part meanwhile.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.comments import CommentQuery, QueueQuery
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.model.collections import (
    COMMENTS,
    IN_ORDER,
    POSTS,
    QUEUE,
    Collections,
    Filter,
    beyond,
)
from everpost.stores.mongo.model.documents import LIVING, CommentDocument
from everpost.stores.mongo.model.people import UserDocument
from everpost.stores.mongo.queries.authors import Authors

_OLDEST_FIRST = {"publication_date": 1, "_id": 1}
_NEWEST_FIRST = {"publication_date": -1, "_id": -1}
_POST = "post"
"""The field in which a pipeline has the post."""


class Joined(NamedTuple):
    """Comments, and the users who wrote them."""

    comments: Sequence[CommentDocument]
    users: Sequence[UserDocument]


class ThreadReader:
    """Reads comments. Unless they are `Joined`, their authors' names are yet to be looked up."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: Authors) -> None:
        self._transactions = transactions
        self._posts = collections.posts
        self._comments = collections.comments
        self._authors = authors

    async def find(self, id: ObjectId) -> Joined | None:
        """The comment with this id, of whichever post."""
        joined = self._authors.joined("author_id")
        found: AsyncCommandCursor[Any] = await self._comments.aggregate(
            [{"$match": {"_id": id}}, *_with_living_post("post_id"), joined]
        )
        return next((Joined([each], each["users"]) for each in await found.to_list()), None)

    async def has_post(self, id: ObjectId) -> bool:
        return await self._posts.find_one({"_id": id, **LIVING}, {"_id": 1}) is not None

    async def page(self, query: CommentQuery, limit: int) -> Joined | None:
        """Up to this many shown comments of a post; None if it does not exist."""
        post_id = ObjectId(query.post_id)
        shown: Filter = {"post_id": post_id, "shown": True}
        if query.branch is not None:
            parent_id = query.branch.parent_id
            shown["parent_id"] = None if parent_id is None else ObjectId(parent_id)
        pipeline = [
            {"$match": beyond(query.after, [shown], IN_ORDER)},
            {"$sort": _OLDEST_FIRST},
            {"$limit": limit},
        ]
        found: AsyncCommandCursor[Any] = await self._posts.aggregate(
            [
                {"$match": {"_id": post_id, **LIVING}},
                {"$project": {"_id": 1}},
                {"$lookup": {"from": COMMENTS, "pipeline": pipeline, "as": "comments"}},
                self._authors.joined("comments.author_id"),
                *_with_living_post("_id"),
            ]
        )
        return next((Joined(post["comments"], post["users"]) for post in await found.to_list()), None)

    async def branches(
        self, post_id: ObjectId, parents: Sequence[ObjectId], limit: int
    ) -> Mapping[ObjectId, Sequence[CommentDocument]]:
        """Up to this many of the first shown replies to each of these comments of the post."""
        replies = [
            {"$match": {"post_id": post_id, "shown": True}},
            {"$sort": _OLDEST_FIRST},
            {"$limit": limit},
        ]
        of_parent = {"from": COMMENTS, "localField": "parent", "foreignField": "parent_id"}
        found: AsyncCommandCursor[Any] = await self._posts.aggregate(
            [
                {"$match": {"_id": post_id, **LIVING}},
                {"$project": {"_id": 0, "parent": {"$literal": list(parents)}}},
                {"$unwind": "$parent"},
                {"$lookup": {**of_parent, "pipeline": replies, "as": "replies"}},
                {"$unwind": "$replies"},
                {"$replaceWith": "$replies"},
            ]
        )
        branches: dict[ObjectId, list[CommentDocument]] = {parent: [] for parent in parents}
        for comment in await found.to_list():
            branches[comment["parent_id"]].append(comment)
        return branches

    async def queue(self, query: QueueQuery, limit: int) -> Sequence[CommentDocument]:
        """Up to this many comments with the status, newest first. Most of them are usually on posts that
        match, so they are read a few at a time, followed by their posts.
        """
        wanted = beyond(query.after, [{"status": query.status.value}], QUEUE, descending=True)
        found: list[CommentDocument] = []
        async with self._transactions.snapshot() as session:
            post: Filter = dict(LIVING)
            if query.post_author_id is not None:
                author_id = ObjectId(query.post_author_id)
                authors = await self._authors.predecessors(author_id, session=session)
                post["author_id"] = {"$in": list(authors)}
            cursor = self._comments.find(wanted, session=session).hint(QUEUE).sort(_NEWEST_FIRST)
            cursor.batch_size(limit)
            while len(found) < limit and (some := await cursor.to_list(limit)):
                post["_id"] = {"$in": list({comment["post_id"] for comment in some})}
                posts = {each["_id"] async for each in self._posts.find(post, {"_id": 1}, session=session)}
                found += [comment for comment in some if comment["post_id"] in posts]
            await cursor.close()
        return found[:limit]


def _with_living_post(field: str) -> Sequence[Filter]:
    """The stages that drop documents whose post, named by this field, does not exist."""
    pipeline = [{"$match": LIVING}, {"$project": {"_id": 1}}]
    by_id = {"from": POSTS, "localField": field, "foreignField": "_id"}
    return [
        {"$lookup": {**by_id, "pipeline": pipeline, "as": _POST}},
        {"$match": {_POST: {"$ne": []}}},
        {"$unset": _POST},
    ]
