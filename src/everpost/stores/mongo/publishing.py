"""Adding posts, each with its thread."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import compress

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError

from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.errors import Busy, Conflict, EverpostError, Invalid
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.engine.errors import is_duplicate
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import (
    CommentDocument,
    PostDocument,
    comment_document,
    post_document,
    preview_of,
)
from everpost.stores.mongo.threads import count_approved
from everpost.stores.turns import Turns

_MOST_TOGETHER = 50


class Publisher:
    """Adds posts. Those that come while some are being added go together; one with a thread is a transaction
    of its own.
    """

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: Authors,
        garbage: GarbageCollector,
    ) -> None:
        self._posts = collections.posts
        self._comments = collections.comments
        self._transactions = transactions
        self._authors = authors
        self._garbage = garbage
        self._insertions = Turns(self._insert, most=_MOST_TOGETHER)

    async def add(self, post: Post, thread: Sequence[Comment]) -> None:
        """Conflict, Invalid."""
        document = post_document(replace(post, comment_count=count_approved(thread)))
        while fault := await self._try(document, thread):
            if not await self._free(document, thread, fault):
                raise fault

    async def _try(self, document: PostDocument, thread: Sequence[Comment]) -> EverpostError | None:
        """Why it could not be added."""
        if not thread:
            return await self._insertions.ask(document)
        if await self._strangers([document]):
            return Invalid("author_id", "is not a user")
        comments = [comment_document(comment) for comment in thread]
        document["comments"] = preview_of(comments)
        try:
            await self._transactions.run(partial(self._insert_thread, document, comments))
        except Conflict as conflict:
            return conflict
        return None

    async def _insert_thread(
        self, document: PostDocument, comments: Sequence[CommentDocument], session: Session
    ) -> None:
        try:
            await self._posts.insert_one(document, session=session)
        except DuplicateKeyError as error:
            raise Conflict("post", "slug") from error
        try:
            await self._comments.insert_many(comments, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise Conflict("comment", "id") from error
            raise

    async def _insert(self, documents: Sequence[PostDocument]) -> Sequence[EverpostError | None]:
        """Why each could not be inserted."""
        strangers = await self._strangers(documents)
        is_right = [each.get("author_id") not in strangers for each in documents]
        faults = iter(await self._insert_all(list(compress(documents, is_right))))
        return [next(faults) if right else Invalid("author_id", "is not a user") for right in is_right]

    async def _insert_all(self, documents: Sequence[PostDocument]) -> Sequence[EverpostError | None]:
        if not documents:
            return []
        try:
            await self._posts.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise Busy from error  # they are there, but it is not known for how long
            if not is_duplicate(error):
                raise
            refused = {each["index"] for each in error.details["writeErrors"]}
            conflict = Conflict("post", "slug")
            return [conflict if place in refused else None for place in range(len(documents))]
        return [None] * len(documents)

    async def _strangers(self, documents: Sequence[PostDocument]) -> set[ObjectId]:
        """Those of their authors who are no users."""
        authors = {each["author_id"] for each in documents if "author_id" in each}
        return {*authors} - await self._authors.users_among(authors)

    async def _free(self, document: PostDocument, thread: Sequence[Comment], fault: EverpostError) -> bool:
        """Whether nothing but garbage is in the way; it is deleted then. Conflict, where another post is."""
        unique: Filter = {"$or": [{"_id": document["_id"]}, {"slug": document["slug"]}]}
        there = await self._posts.find(unique, {"removed_at": 1}).to_list()
        is_garbage = {each["_id"] == document["_id"]: "removed_at" in each for each in there}
        if is_garbage.get(True) is False:
            raise Conflict("post", "id")
        if False in is_garbage:
            raise Conflict("post", "slug")
        if is_garbage:
            await self._garbage.free_post(document["_id"])
            return True
        if not isinstance(fault, Conflict):
            return False
        return await self._garbage.free_comments([ObjectId(comment.id) for comment in thread])
