"""Editing, moderating and removing comments."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bson import ObjectId
from pymongo import ReturnDocument

from everpost.domain.comment_preconditions import EditCredential, refusal
from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.domain.trash.removed_comments import Removal, is_tombstone
from everpost.errors import NotFound
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import CommentDocument, matching, read_comment
from everpost.stores.mongo.model.removed_comments import kept_document
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.threads.thread import ThreadTransaction

Preconditions = tuple[ExpectedRevisions, EditCredential | None]
"""The revisions that a comment must have to be changed, and the credential that it requires."""
_PERSONAL = ("author_id", "guest_name", "key_digest", "editor_id", "edited_at")


class CommentUpdater:
    """Changes comments, each in a transaction."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: AuthorNames) -> None:
        self._collections = collections
        self._comments = collections.comments
        self._removed = collections.removed_comments
        self._transactions = transactions
        self._authors = authors

    async def save(self, post_id: Id, id: Id, change: CommentChange, preconditions: Preconditions) -> Comment:
        """Change the comment, and return it. Raises NotFound, Stale, Forbidden."""
        work = self._edit if change.status is None else self._decide
        work_on_it = partial(work, post_id, id, change, preconditions)
        return read_comment(await self._transactions.write_post(post_id, work_on_it))

    async def remove(
        self, post_id: Id, id: Id, preconditions: Preconditions, removal: Removal | None
    ) -> None:
        """Remove the comment; if it has replies, a tombstone remains. Raises NotFound, Stale, Forbidden."""
        work = partial(self._remove, post_id, id, preconditions, removal)
        await self._transactions.write_post(post_id, work)

    async def _edit(
        self, post_id: Id, id: Id, change: CommentChange, preconditions: Preconditions, session: Session
    ) -> CommentDocument:
        """Change only the text. The update of the post also changes the copy in the preview."""
        thread = ThreadTransaction(self._collections, self._authors, session, ObjectId(post_id))
        values = _values(change)
        copy: Filter = {
            "$set": {f"comments.$[c].{name}": value for name, value in values.items()},
            "$inc": {"comments.$[c].version": 1},
        }
        await _update_post(thread, preconditions, copy, within=[{"c._id": ObjectId(id)}])
        return await self._write(thread, id, {"$set": values, "$inc": {"version": 1}}, preconditions)

    async def _decide(
        self, post_id: Id, id: Id, change: CommentChange, preconditions: Preconditions, session: Session
    ) -> CommentDocument:
        thread = ThreadTransaction(self._collections, self._authors, session, ObjectId(post_id))
        await _update_post(thread, preconditions)
        before = await self._find(thread, id)
        values = _values(change)
        if change.status is not None:
            values |= {"status": change.status.value, "shown": _is_shown(before, change.status)}
        after = await self._write(thread, id, {"$set": values, "$inc": {"version": 1}}, preconditions)
        await propagate(thread, before, after)
        return after

    async def _remove(
        self,
        post_id: Id,
        id: Id,
        preconditions: Preconditions,
        removal: Removal | None,
        session: Session,
    ) -> None:
        thread = ThreadTransaction(self._collections, self._authors, session, ObjectId(post_id))
        await thread.update_post()
        before = await self._find(thread, id)
        if removal is not None and not is_tombstone(read_comment(before)):
            kept = kept_document(before, removal)
            await self._removed.replace_one({"_id": before["_id"]}, kept, upsert=True, session=session)
        if not await thread.has_replies(before["_id"]):
            deleted = await self._comments.delete_one(_named(thread, id, preconditions), session=session)
            if not deleted.deleted_count:
                raise refusal(id, read_comment(before), preconditions[1])
            await propagate(thread, before, None)
            return
        removed: Filter = {
            "content": "",
            "status": CommentStatus.REMOVED.value,
            "shown": _is_shown(before, CommentStatus.REMOVED),
            "stamp": new_stamp(),
        }
        erased = dict.fromkeys(_PERSONAL, "")
        tombstone = {"$set": removed, "$unset": erased, "$inc": {"version": 1}}
        await propagate(thread, before, await self._write(thread, id, tombstone, preconditions))

    async def _find(self, thread: ThreadTransaction, id: Id) -> CommentDocument:
        found = await thread.find([ObjectId(id)])
        if not found:
            raise NotFound("comment", id)
        return found[ObjectId(id)]

    async def _write(
        self, thread: ThreadTransaction, id: Id, update: Filter, preconditions: Preconditions
    ) -> CommentDocument:
        """Change the comment if it has a required revision and the credential applies to it. Raises NotFound,
        Stale, Forbidden.
        """
        document: CommentDocument | None = await self._comments.find_one_and_update(
            _named(thread, id, preconditions),
            update,
            return_document=ReturnDocument.AFTER,
            session=thread.session,
        )
        if document is None:
            raise refusal(id, read_comment(await self._find(thread, id)), preconditions[1])
        return document


async def _update_post(
    thread: ThreadTransaction,
    preconditions: Preconditions,
    change: Filter | None = None,
    within: Sequence[Filter] = (),
) -> None:
    """Update the post first, if it admits a change of the comment."""
    conditions = None if preconditions[1] is None else preconditions[1].preconditions
    await thread.require(await thread.update_post(conditions, change, within=within), conditions)


def _values(change: CommentChange) -> Filter:
    """The new values of the fields that change."""
    values: Filter = {"stamp": new_stamp()}
    if change.content is not None:
        values |= {"content": change.content, "updated_at": change.updated_at}
    if change.editor_id is not None:
        values |= {"editor_id": ObjectId(change.editor_id), "edited_at": change.updated_at}
    return values


def _named(thread: ThreadTransaction, id: Id, preconditions: Preconditions) -> Filter:
    """The condition for the comment with a required revision, written by the owner of the credential."""
    match, credential = preconditions
    named: Filter = {"_id": ObjectId(id), "post_id": thread.post_id, **matching(match)}
    if credential is None:
        return named
    writers: list[Filter] = []
    if credential.author_id is not None:
        writers.append({"author_id": ObjectId(credential.author_id)})
    if credential.key_digest is not None:
        writers.append({"key_digest": credential.key_digest})
    by_holder: Filter = {"$or": writers} if writers else {"_id": {"$in": []}}
    return {"$and": [named, by_holder, {"publication_date": {"$gte": credential.since}}]}


def _is_shown(before: CommentDocument, status: CommentStatus) -> bool:
    return replace(read_comment(before), status=status).is_shown


async def propagate(
    thread: ThreadTransaction, before: CommentDocument, after: CommentDocument | None
) -> None:
    """Update everything that depends on a changed comment; `after` is None if it was deleted."""
    was_approved = before["status"] == CommentStatus.APPROVED
    is_approved = after is not None and after["status"] == CommentStatus.APPROVED
    is_shown = after is not None and after["shown"]
    if is_shown != before["shown"] and "parent_id" in before:
        await thread.add_shown_replies(before["parent_id"], more=is_shown - before["shown"])
    if is_shown or before["shown"]:
        await thread.refresh_preview(approved=is_approved - was_approved)
