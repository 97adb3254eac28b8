"""Adding comments to threads."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bson import ObjectId
from pymongo.errors import BulkWriteError

from everpost.domain.admissions import Admission, together
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.errors import Busy, Conflict, EverpostError, Invalid
from everpost.stores.mongo.engine.errors import is_duplicate
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage import GarbageCollector
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import CommentDocument, comment_document
from everpost.stores.mongo.threads.admissions import Admissions
from everpost.stores.mongo.threads.thread import Thread, count_approved, previewing
from everpost.stores.turns import TurnsByKey

_MOST_TOGETHER = 50
_Parents = Mapping[ObjectId, CommentDocument]


class Addition(NamedTuple):
    """A comment that is to be added."""

    comment: Comment
    admission: Admission | None
    under_hidden: bool
    """Whether it may reply to a comment that is not approved."""

    def may_answer(self, parents: _Parents) -> bool:
        if self.comment.parent_id is None:
            return True
        parent = parents.get(ObjectId(self.comment.parent_id))
        return parent is not None and (self.under_hidden or _is_approved(parent))


class Adder:
    """Adds comments. Those that arrive for a post while others are being added to it are added together, in
    the next transaction: separate ones would conflict, and be retried until the one before was done.
    """

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        admissions: Admissions,
        garbage: GarbageCollector,
    ) -> None:
        self._collections = collections
        self._transactions = transactions
        self._admissions = admissions
        self._garbage = garbage
        self._turns: TurnsByKey[Id, Addition, Comment | EverpostError] = TurnsByKey(
            self._add_together, most=_MOST_TOGETHER
        )

    async def add(self, addition: Addition) -> Comment:
        """The comment as stored. NotFound, Stale, Conflict, Invalid, Busy."""
        outcome = await self._turns.ask(addition.comment.post_id, addition)
        if isinstance(outcome, EverpostError):
            raise outcome
        return outcome

    async def finish(self) -> None:
        """Return once no addition is under way."""
        await self._turns.finish()

    async def _add_together(self, additions: Sequence[Addition]) -> Sequence[Comment | EverpostError]:
        """Add all of them together; if one is refused, each alone."""
        try:
            return await self._write(additions)
        except Busy:
            raise
        except EverpostError as error:
            if len(additions) == 1 and not await self._is_in_the_way(additions[0], error):
                return [error]
        return [await self._add_alone(addition) for addition in additions]

    async def _add_alone(self, addition: Addition) -> Comment | EverpostError:
        try:
            (added,) = await self._write([addition])
        except EverpostError as error:
            if not await self._is_in_the_way(addition, error):
                return error
            return await self._add_alone(addition)
        return added

    async def _write(self, additions: Sequence[Addition]) -> Sequence[Comment]:
        post_id = additions[0].comment.post_id
        return await self._transactions.write_post(post_id, partial(self._add, additions))

    async def _is_in_the_way(self, addition: Addition, error: EverpostError) -> bool:
        """Whether nothing but garbage had the id of the comment; it is deleted then."""
        if not isinstance(error, Conflict):
            return False
        return await self._garbage.free_comments([ObjectId(addition.comment.id)])

    async def _add(self, additions: Sequence[Addition], session: Session) -> Sequence[Comment]:
        """Add the comments to their post, which is the same for all."""
        comments = [replace(addition.comment, depth=0, reply_count=0) for addition in additions]
        documents = [comment_document(comment) for comment in comments]
        has_replies = any("parent_id" in document for document in documents)
        thread = Thread(self._collections, session, documents[0]["post_id"])
        change = {} if has_replies else previewing([each for each in documents if each["shown"]])
        counted = {"$inc": {"comment_count": count_approved(comments)}, **change}
        admission = together([addition.admission for addition in additions])
        post = await self._admissions.take(thread, admission, counted, changes=len(comments))
        parents = await _set_depths(thread, documents) if has_replies else {}
        comments = [
            replace(comment, depth=document["depth"], stamp=document["stamp"])
            for comment, document in zip(comments, documents, strict=True)
        ]
        outcomes = await asyncio.gather(
            self._admissions.require(post, admission),
            self._insert(documents, session),
            return_exceptions=True,
        )
        for error in outcomes:
            if error is not None:
                raise error
        if not all(addition.may_answer(parents) for addition in additions):
            raise Invalid("parent_id", "is not an approved comment of this post")
        if has_replies:
            await _follow(thread, documents, parents)
        return comments

    async def _insert(self, documents: Sequence[CommentDocument], session: Session) -> None:
        try:
            await self._collections.comments.insert_many(documents, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise Conflict("comment", "id") from error
            raise


async def _set_depths(thread: Thread, documents: Sequence[CommentDocument]) -> _Parents:
    """Find the parents of the comments."""
    parents = await thread.find({each["parent_id"] for each in documents if "parent_id" in each})
    for document in documents:
        parent = parents.get(document["parent_id"]) if "parent_id" in document else None
        document["depth"] = 0 if parent is None else parent["depth"] + 1
    return parents


async def _follow(thread: Thread, documents: Sequence[CommentDocument], parents: _Parents) -> None:
    """Update the comments above the replies, and the preview."""
    shown = [document for document in documents if document["shown"]]
    counts = Counter(document["parent_id"] for document in shown if "parent_id" in document)
    if all(_is_approved(parents[parent_id]) for parent_id in counts):
        if counts:
            await thread.count_replies(counts)
        await thread.preview(shown, counts)
        return
    for parent_id, more in counts.items():
        await thread.add_shown_replies(parent_id, more=more)
    await thread.refresh_preview()


def _is_approved(document: CommentDocument) -> bool:
    return document["status"] == CommentStatus.APPROVED
