"""Changing and removing comments, with all that this changes above them."""

from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.admissions import Hand
from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.revisions import Match, new_stamp
from everpost.errors import Busy, Forbidden, NotFound, Stale
from everpost.stores.mongo.admitting import Admissions
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import CommentEntry
from everpost.stores.mongo.threads import ATTEMPTS, Located, Threads
from everpost.stores.mongo.writing import Change, ThreadWriter


class Changer:
    """Reads what a change is about, writes it on the condition that nothing of that has changed since,
    and starts again where it has.
    """

    def __init__(self, collections: Collections, threads: Threads, admissions: Admissions) -> None:
        self._posts = collections.posts
        self._threads = threads
        self._admissions = admissions
        self._writer = ThreadWriter(collections)

    async def save(
        self, post_id: Id, id: Id, change: CommentChange, match: Match, hand: Hand | None
    ) -> Comment:
        """The comment as it is then. NotFound, Forbidden, Stale, Busy."""
        names = ObjectId(post_id), ObjectId(id)
        admission = None if hand is None else hand.admission
        for _ in range(ATTEMPTS):
            condition = await self._admissions.require(names[0], admission)
            if change.status is None:
                saved = await self._writer.edit_nested(*names, change, (match, hand), condition)
                if saved is not None:
                    return saved
            located = await self.find(post_id, id, match, hand)
            if change.status is None and located.copy is None:
                continue
            changed = _changed(located.comment, change)
            if await self.write(located, changed, condition):
                return changed
        raise Busy

    async def remove(self, post_id: Id, id: Id, match: Match, hand: Hand | None) -> None:
        """NotFound, Forbidden, Stale, Busy."""
        for _ in range(ATTEMPTS):
            located = await self.find(post_id, id, match, hand)
            is_answered = await self._threads.is_answered(located)
            if is_answered is None:
                continue
            if await self.write(located, _tombstone(located.comment) if is_answered else None):
                if located.copy is not None:
                    await self._writer.erase([located.copy])
                return
        raise Busy

    async def take_back(self, located: Located) -> bool:
        """Whether the comment, which ought not to have been added, is gone for good."""
        return await self.write(located, None)

    async def find(self, post_id: Id, id: Id, match: Match = None, hand: Hand | None = None) -> Located:
        """The comment; NotFound, Forbidden, Stale."""
        located = await self._threads.locate(ObjectId(post_id), ObjectId(id))
        if located is None:
            post = await self._posts.find_one({"_id": ObjectId(post_id)}, {"_id": 1})
            raise NotFound("post", post_id) if post is None else NotFound("comment", id)
        comment = located.comment
        if hand is not None and comment.status is CommentStatus.REMOVED and not comment.content:
            raise NotFound("comment", id)
        if hand is not None and not hand.wrote(comment):
            raise Forbidden("This comment is somebody else's.")
        if hand is not None and comment.publication_date < hand.since:
            raise Forbidden("This comment is too old to be changed by who wrote it.")
        if match is not None and comment.revision not in match:
            raise Stale("comment", id)
        return located

    async def write(
        self,
        located: Located,
        becomes: Comment | None,
        condition: Filter | None = None,
        *,
        added: Sequence[CommentEntry] = (),
    ) -> bool:
        """Write it with what is added below it and what changes above, where the condition holds; whether
        nothing was in the way.
        """
        changes = [Change(located, becomes)]
        while (more := _more_shown(changes[-1])) and (parent_id := changes[-1].located.comment.parent_id):
            parent = await self._threads.locate(located.post["_id"], ObjectId(parent_id))
            if parent is None or any(parent.comment.id == each.located.comment.id for each in changes):
                break
            replies = parent.comment.reply_count + more
            changes.append(Change(parent, replace(parent.comment, reply_count=replies)))
        try:
            return await self._writer.write(located.post["_id"], changes, added, condition=condition)
        except DuplicateKeyError:  # somebody is about to find out that this id is taken
            return False


def _more_shown(change: Change) -> int:
    after = change.becomes is not None and change.becomes.is_shown
    return after - change.located.comment.is_shown


def _changed(comment: Comment, change: CommentChange) -> Comment:
    is_edited = change.editor_id is not None
    return replace(
        comment,
        editor_id=change.editor_id if is_edited else comment.editor_id,
        edited_at=change.updated_at if is_edited else comment.edited_at,
        content=comment.content if change.content is None else change.content,
        updated_at=comment.updated_at if change.content is None else change.updated_at,
        status=change.status or comment.status,
        version=comment.version + 1,
        stamp=new_stamp(),
    )


def _tombstone(comment: Comment) -> Comment:
    """What stays of a comment that others answer."""
    return replace(
        comment,
        status=CommentStatus.REMOVED,
        content="",
        author=None,
        guest_name=None,
        key_digest=None,
        editor_id=None,
        edited_at=None,
        version=comment.version + 1,
        stamp=new_stamp(),
    )
