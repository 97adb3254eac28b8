"""Removed comments: restoring their words, and forgetting them."""

from datetime import datetime
from functools import partial

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import new_stamp
from everpost.domain.trash.removed_comments import RemovedComment, RemovedCommentQuery, is_tombstone
from everpost.errors import Conflict, NotFound, ParentRemoved
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import REMOVALS, Collections, Filter, beyond
from everpost.stores.mongo.model.documents import (
    LIVING,
    CommentDocument,
    comment_document,
    place_condition,
    read_comment,
)
from everpost.stores.mongo.model.removed_comments import RemovedCommentDocument, read_removed_comment
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.threads.comment_changes import propagate
from everpost.stores.mongo.threads.thread import ThreadTransaction

_WORDS = ("content", "status", "author_id", "guest_name", "key_digest", "editor_id", "edited_at")
"""The fields that a tombstone has lost."""


class RemovedComments:
    """The part of `Trash` for comments."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
    ) -> None:
        self._collections = collections
        self._removed = collections.removed_comments
        self._posts = collections.posts
        self._comments = collections.comments
        self._transactions = transactions
        self._authors = authors
        self._garbage = garbage

    async def page(self, query: RemovedCommentQuery) -> Page[RemovedComment]:
        """A page of removed comments, a few of which are read at a time, and then their posts."""
        most = query.limit + 1
        found: list[RemovedCommentDocument] = []
        async with self._transactions.snapshot() as session:
            post: Filter = {**LIVING, **place_condition(in_trash=False)}
            if query.post_author_id is not None:
                author_id = ObjectId(query.post_author_id)
                authors = await self._authors.predecessors(author_id, session=session)
                post["author_id"] = {"$in": list(authors)}
            wanted = beyond(query.after, [{}], REMOVALS, descending=True)
            cursor = self._removed.find(wanted, session=session).hint(REMOVALS)
            cursor = cursor.sort([(name, -1) for name, _ in REMOVALS]).batch_size(most)
            while len(found) < most and (some := await cursor.to_list(most)):
                post["_id"] = {"$in": list({each["post_id"] for each in some})}
                posts = {each["_id"] async for each in self._posts.find(post, {"_id": 1}, session=session)}
                found += [each for each in some if each["post_id"] in posts]
            await cursor.close()
        return Page.of([*map(read_removed_comment, found[:most])], query.limit)

    async def restore(self, post_id: Id, id: Id) -> Comment:
        """Restore a comment. Raises NotFound, InTrash, Conflict, ParentRemoved."""
        work = partial(self._restore, post_id, id)
        while True:
            try:
                restored = read_comment(await self._transactions.write_post(post_id, work))
                return (await self._authors.name_comments([restored]))[0]
            except DuplicateKeyError as error:
                if not await self._garbage.free_comments([ObjectId(id)]):
                    raise Conflict("comment", "id") from error

    async def remove_expired(self, before: datetime, limit: int) -> int:
        """Forget comments that were removed before this time, and return their number."""
        expired: Filter = {"removed_at": {"$lt": before}}
        found = self._removed.find(expired, {"_id": 1}).hint(REMOVALS).sort("removed_at").limit(limit)
        ids = [each["_id"] for each in await found.to_list()]
        return (await self._removed.delete_many({"_id": {"$in": ids}, **expired})).deleted_count

    async def _restore(self, post_id: Id, id: Id, session: Session) -> CommentDocument:
        thread = ThreadTransaction(self._collections, self._authors, session, ObjectId(post_id))
        await thread.update_post()
        this: Filter = {"_id": ObjectId(id), "post_id": thread.post_id}
        document = await self._removed.find_one_and_delete(this, session=session)
        if document is None:
            raise NotFound("comment", id)
        before = (await thread.find([ObjectId(id)])).get(ObjectId(id))
        if before is None:
            return await self._add_again(thread, read_removed_comment(document))
        return await self._revive(thread, before, document)

    async def _revive(
        self, thread: ThreadTransaction, before: CommentDocument, document: RemovedCommentDocument
    ) -> CommentDocument:
        """Give a tombstone its text back."""
        if not is_tombstone(read_comment(before)):  # another comment with the same id
            raise Conflict("comment", "id")
        words: Filter = {name: value for name, value in document.items() if name in _WORDS}
        is_shown = document["status"] == CommentStatus.APPROVED or before["reply_count"] > 0
        after: CommentDocument | None = await self._comments.find_one_and_update(
            {"_id": before["_id"]},
            {"$set": {**words, "shown": is_shown, "stamp": new_stamp()}, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
            session=thread.session,
        )
        if after is None:
            raise AssertionError  # the transaction has read it
        await propagate(thread, before, after)
        return after

    async def _add_again(self, thread: ThreadTransaction, removed: RemovedComment) -> CommentDocument:
        """Add a comment again of which no tombstone stayed."""
        depth, parent_id = 0, None if removed.parent_id is None else ObjectId(removed.parent_id)
        if removed.parent_id is not None and parent_id is not None:
            parents = await thread.find([parent_id])
            if parent_id not in parents:
                raise ParentRemoved(removed.parent_id)
            depth = parents[parent_id]["depth"] + 1
        document = comment_document(removed.again(depth=depth, version=removed.version + 1))
        await self._comments.insert_one(document, session=thread.session)
        if document["shown"]:
            if parent_id is not None:
                await thread.add_shown_replies(parent_id, more=1)
            await thread.refresh_preview(approved=1)
        return document
