"""Comments for posts that are there already."""

from collections.abc import Mapping
from dataclasses import replace

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.stores.port import Store
from everpost.transfer.elsewhere.reports import Report
from everpost.transfer.elsewhere.threads import ORPHANED, Adopted, Thread
from everpost.transfer.elsewhere.writing import Writer


class Growth:
    """Adds to a thread what it has not. A store takes replies only to approved comments: so what others
    answer is approved until they are there, and gets its own status then.
    """

    def __init__(self, store: Store, writer: Writer, report: Report) -> None:
        self._store = store
        self._writer = writer
        self._report = report

    async def grow(self, thread: Thread, post_name: str) -> None:
        """Add the comments that are not there; those that are stay as they are."""
        there = await self._there(thread)
        approved = {each.id for each in there.values() if each.status is CommentStatus.APPROVED}
        undecided: list[Adopted] = []
        for each in thread:
            name = f"{each.source_id} on {post_name}"
            found = there.get(each.comment.id)
            if found is None:
                added = await self._add(each, approved, is_answered=each.comment.id in thread.answered)
                approved.add(added.id)
                self._report.kept("comment", name, each.changes)
                if added.status is not each.comment.status:
                    undecided.append(replace(each, comment=added))
            elif found.post_id != each.comment.post_id:
                self._report.dropped("comment", name, "it is here already, on another post")
                approved.discard(found.id)
            elif _is_undecided(found, each, thread):
                each.changes.add(f"it is {each.comment.status} now, as it is there")
                self._report.kept("comment", name, each.changes)
                undecided.append(replace(each, comment=found))
            else:
                self._report.present("comment", name)
        statuses = {each.id: each.status for each in thread.comments}
        for each in reversed(undecided):
            await self._writer.decide(each.comment, statuses[each.comment.id])

    async def _there(self, thread: Thread) -> Mapping[Id, Comment]:
        found = [await self._store.comments.find(comment.id) for comment in thread.comments]
        return {comment.id: comment for comment in found if comment is not None}

    async def _add(self, each: Adopted, approved: set[Id], *, is_answered: bool) -> Comment:
        comment = replace(each.comment, depth=0, reply_count=0)
        if is_answered:
            comment = replace(comment, status=CommentStatus.APPROVED)
        if comment.parent_id is not None and comment.parent_id not in approved:
            each.changes.add(ORPHANED)
            comment = replace(comment, parent_id=None)
        await self._writer.add_comment(comment)
        return comment


def _is_undecided(found: Comment, each: Adopted, thread: Thread) -> bool:
    """Whether an import was stopped after it had added the comment, before it gave it its status."""
    return (
        found.version == 1
        and found.status is CommentStatus.APPROVED
        and each.comment.status is not CommentStatus.APPROVED
        and found.id in thread.answered
    )
