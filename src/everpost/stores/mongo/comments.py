"""The port's `Comments` on MongoDB. No read returns a comment whose post does not exist."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential
from everpost.domain.comments import Comment, CommentChange, CommentQuery, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import Removal
from everpost.errors import NotFound
from everpost.stores.batching import Batcher
from everpost.stores.comment_additions import Addition, Additions
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import (
    COMMENTS,
    IN_ORDER,
    POSTS,
    QUEUE,
    Collections,
    Filter,
    beyond,
)
from everpost.stores.mongo.model.documents import LIVING, CommentDocument, place_condition, read_comment
from everpost.stores.mongo.queries.authors import AuthorNames, named_comments
from everpost.stores.mongo.threads.comment_changes import CommentUpdater
from everpost.stores.mongo.threads.new_comments import CommentInserter

_OLDEST_FIRST: Filter = {"publication_date": 1, "_id": 1}
_NEWEST_FIRST: Filter = {"publication_date": -1, "_id": -1}
_MOST_TOGETHER = 100
"""The number of comments that one command finds."""
_POST = "post"
"""The field that holds the post in a pipeline."""


class MongoComments(Part):
    """Comments, one document each."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
    ) -> None:
        self._transactions = transactions
        self._posts = collections.posts
        self._comments = collections.comments
        self._authors = authors
        self._garbage = garbage
        self._updater = CommentUpdater(collections, transactions, authors)
        self._additions = Additions(CommentInserter(collections, transactions, authors).add, self._is_free)
        self._found = Batcher(self._find_all, most=_MOST_TOGETHER)

    @reads
    async def get(self, post_id: Id, id: Id) -> Comment:
        (comment,) = await self._find_all([id])
        if comment is not None and comment.post_id == post_id:
            return comment
        if await self._posts.find_one({"_id": ObjectId(post_id), **LIVING}, {"_id": 1}) is None:
            raise NotFound("post", post_id)
        raise NotFound("comment", id)

    @reads
    async def find(self, id: Id) -> Comment | None:
        return await self._found.load(id)

    async def _find_all(self, ids: Sequence[Id]) -> Sequence[Comment | None]:
        joined, these = self._authors.joined("author_id"), [*map(ObjectId, set(ids))]
        cursor: AsyncCommandCursor[Any] = await self._comments.aggregate(
            [{"$match": {"_id": {"$in": these}}}, *_with_living_post("post_id"), joined]
        )
        found = {}
        for document in await cursor.to_list():
            (comment,) = named_comments([document], document["users"])
            found[comment.id] = comment
        return [found.get(each) for each in ids]

    @reads
    async def page(self, query: CommentQuery) -> Page[Comment]:
        """Checks the post again at the end, because the garbage collector may have deleted comments
        meanwhile.
        """
        post_id = ObjectId(query.post_id)
        shown: Filter = {"post_id": post_id, "shown": True}
        if query.branch is not None:
            parent_id = query.branch.parent_id
            shown["parent_id"] = None if parent_id is None else ObjectId(parent_id)
        order = _NEWEST_FIRST if query.newest_first else _OLDEST_FIRST
        wanted = beyond(query.after, [shown], IN_ORDER, descending=query.newest_first)
        comments = _first(query.limit + 1, wanted, order)
        found: AsyncCommandCursor[Any] = await self._posts.aggregate(
            [
                {"$match": {"_id": post_id, **LIVING}},
                {"$project": {"_id": 1}},
                {"$lookup": {"from": COMMENTS, "pipeline": comments, "as": "comments"}},
                self._authors.joined("comments.author_id"),
                *_with_living_post("_id"),
            ]
        )
        for post in await found.to_list():
            return Page.of(named_comments(post["comments"], post["users"]), query.limit)
        raise NotFound("post", query.post_id)

    @reads
    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        """Checks the post again at the end, as `page` does."""
        this, parents = ObjectId(post_id), [*map(ObjectId, dict.fromkeys(parent_ids))]
        replies = _first(limit + 1, {"post_id": this, "shown": True})
        of_parent = {"from": COMMENTS, "localField": "parent", "foreignField": "parent_id"}
        branches: dict[Id | None, list[Comment]] = {parent_id: [] for parent_id in parent_ids}
        living_post: list[Filter] = [{"$match": {"_id": this, **LIVING}}, {"$project": {"_id": 1}}]
        found: AsyncCommandCursor[Any] = await self._posts.aggregate(
            [
                *living_post,
                {"$project": {"_id": 0, "parent": {"$literal": parents}}},
                {"$unwind": "$parent"},
                {"$lookup": {**of_parent, "pipeline": replies, "as": "replies"}},
                {"$unwind": "$replies"},
                {"$replaceWith": "$replies"},
                {"$unionWith": {"coll": POSTS, "pipeline": living_post}},
            ]
        )
        *documents, last = await found.to_list() or [None]
        if last is None or last["_id"] != this:
            raise NotFound("post", post_id)
        for comment in await self._authors.name_comments([read_comment(each) for each in documents]):
            branches[comment.parent_id].append(comment)
        return {parent_id: Page.of(branches[parent_id], limit) for parent_id in parent_ids}

    @reads
    async def queue(self, query: QueueQuery) -> Page[Comment]:
        """Usually, most comments are on matching posts. So a few comments are read at a time, and then their
        posts.
        """
        wanted = beyond(query.after, [{"status": query.status.value}], QUEUE, descending=True)
        most = query.limit + 1
        found: list[CommentDocument] = []
        async with self._transactions.snapshot() as session:
            post: Filter = {**LIVING, **place_condition(in_trash=False)}
            if query.post_author_id is not None:
                author_id = ObjectId(query.post_author_id)
                authors = await self._authors.predecessors(author_id, session=session)
                post["author_id"] = {"$in": list(authors)}
            cursor = self._comments.find(wanted, session=session).hint(QUEUE).sort(_NEWEST_FIRST)
            cursor.batch_size(most)
            while len(found) < most and (some := await cursor.to_list(most)):
                post["_id"] = {"$in": list({comment["post_id"] for comment in some})}
                posts = {each["_id"] async for each in self._posts.find(post, {"_id": 1}, session=session)}
                found += [comment for comment in some if comment["post_id"] in posts]
            await cursor.close()
        comments = [read_comment(document) for document in found[:most]]
        return Page.of(await self._authors.name_comments(comments), query.limit)

    @writes
    async def add(
        self,
        comment: Comment,
        *,
        preconditions: CommentPreconditions | None = None,
        under_hidden: bool = False,
    ) -> Comment:
        return await self._additions.add(Addition(comment, preconditions, under_hidden))

    @writes
    async def save(
        self,
        post_id: Id,
        id: Id,
        change: CommentChange,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
    ) -> Comment:
        saved = await self._updater.save(post_id, id, change, (match, credential))
        (named,) = await self._authors.name_comments([saved])
        return named

    @writes
    async def remove(
        self,
        post_id: Id,
        id: Id,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
        removal: Removal | None = None,
    ) -> None:
        await self._updater.remove(post_id, id, (match, credential), removal)

    async def finish(self) -> None:
        """Wait until all comments that are being added have been added."""
        await self._additions.finish()

    async def _is_free(self, comment: Comment) -> bool:
        """Whether the id is free, after deleting garbage that has it."""
        return await self._garbage.free_comments([ObjectId(comment.id)])


def _first(limit: int, wanted: Filter, order: Filter = _OLDEST_FIRST) -> Sequence[Filter]:
    """The stages that return the first of the wanted comments in this order."""
    return [{"$match": wanted}, {"$sort": order}, {"$limit": limit}]


def _with_living_post(field: str) -> Sequence[Filter]:
    """The stages that drop documents whose post, referenced by this field, does not exist."""
    pipeline = [{"$match": LIVING}, {"$project": {"_id": 1}}]
    by_id = {"from": POSTS, "localField": field, "foreignField": "_id"}
    return [
        {"$lookup": {**by_id, "pipeline": pipeline, "as": _POST}},
        {"$match": {_POST: {"$ne": []}}},
        {"$unset": _POST},
    ]
