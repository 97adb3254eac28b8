"""Adding comments to threads."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bson import ObjectId
from pymongo.errors import BulkWriteError

from everpost.domain.comment_preconditions import combined_preconditions
from everpost.domain.comments import Comment, CommentStatus
from everpost.errors import Conflict, Invalid
from everpost.stores.comment_additions import Addition
from everpost.stores.mongo.engine.errors import is_duplicate
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import CommentDocument, comment_document
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.threads.thread import ThreadTransaction, count_approved, previewing

_Parents = Mapping[ObjectId, CommentDocument]


class CommentInserter:
    """Adds comments, in transactions."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: AuthorNames) -> None:
        self._collections = collections
        self._transactions = transactions
        self._authors = authors

    async def add(self, additions: Sequence[Addition]) -> Sequence[Comment]:
        """Add comments, all to the same post. Raises NotFound, Stale, Conflict, Invalid."""
        post_id = additions[0].comment.post_id
        return await self._transactions.write_post(post_id, partial(self._add, additions))

    async def _add(self, additions: Sequence[Addition], session: Session) -> Sequence[Comment]:
        comments = [replace(addition.comment, depth=0, reply_count=0) for addition in additions]
        documents = [comment_document(comment) for comment in comments]
        has_replies = any("parent_id" in document for document in documents)
        thread = ThreadTransaction(self._collections, self._authors, session, documents[0]["post_id"])
        change = {} if has_replies else previewing([each for each in documents if each["shown"]])
        counted = {"$inc": {"comment_count": count_approved(comments)}, **change}
        preconditions = combined_preconditions([addition.preconditions for addition in additions])
        post = await thread.update_post(
            preconditions, counted, changes=len(comments), is_import=preconditions is None
        )
        parents = await _set_depths(thread, documents) if has_replies else {}
        comments = [
            replace(comment, depth=document["depth"], stamp=document["stamp"])
            for comment, document in zip(comments, documents, strict=True)
        ]
        outcomes = await asyncio.gather(
            thread.require(post, preconditions),
            self._insert(documents, session),
            return_exceptions=True,
        )
        for error in outcomes:
            if error is not None:
                raise error
        if not all(_may_reply(addition, parents) for addition in additions):
            raise Invalid("parent_id", "should be the id of an approved comment on this post")
        if has_replies:
            await _propagate(thread, documents, parents)
        return comments

    async def _insert(self, documents: Sequence[CommentDocument], session: Session) -> None:
        try:
            await self._collections.comments.insert_many(documents, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise Conflict("comment", "id") from error
            raise


def _may_reply(addition: Addition, parents: _Parents) -> bool:
    if addition.comment.parent_id is None:
        return True
    parent = parents.get(ObjectId(addition.comment.parent_id))
    return parent is not None and (addition.under_hidden or _is_approved(parent))


async def _set_depths(thread: ThreadTransaction, documents: Sequence[CommentDocument]) -> _Parents:
    """Set the depths of the comments. Returns their parents."""
    parents = await thread.find({each["parent_id"] for each in documents if "parent_id" in each})
    for document in documents:
        parent = parents.get(document["parent_id"]) if "parent_id" in document else None
        document["depth"] = 0 if parent is None else parent["depth"] + 1
    return parents


async def _propagate(
    thread: ThreadTransaction, documents: Sequence[CommentDocument], parents: _Parents
) -> None:
    """Update the ancestors of new replies, and the preview."""
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
