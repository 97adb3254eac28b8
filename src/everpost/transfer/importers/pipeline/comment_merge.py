"""Adding comments to posts that already exist."""

from collections.abc import Mapping
from dataclasses import replace

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.stores.port import Store
from everpost.transfer.importers.pipeline.threads import ORPHANED, ImportedComment, ImportedThread
from everpost.transfer.importers.pipeline.writer import Writer
from everpost.transfer.importers.reports.import_report import NoteSink


class CommentMerge:
    """Adds the missing comments to a thread, each with its final status at once."""

    def __init__(self, store: Store, writer: Writer, notes: NoteSink) -> None:
        self._store = store
        self._writer = writer
        self._notes = notes

    async def merge(self, thread: ImportedThread, post_name: str) -> None:
        """Add the comments that do not exist yet; existing ones stay unchanged."""
        existing = await self._existing(thread)
        open_to_replies = {
            each.comment.id for each in thread if _is_open(existing.get(each.comment.id), each)
        }
        for each in thread:
            name = f"{each.source_id} on {post_name}"
            found = existing.get(each.comment.id)
            if found is None:
                await self._add(each, open_to_replies)
                self._notes.imported("comment", name, each.changes)
            elif found.post_id != each.comment.post_id:
                self._notes.dropped("comment", name, "it has already been imported, on another post")
            else:
                self._notes.already_present("comment", name)

    async def _existing(self, thread: ImportedThread) -> Mapping[Id, Comment]:
        found = [await self._store.comments.find(comment.id) for comment in thread.comments]
        return {comment.id: comment for comment in found if comment is not None}

    async def _add(self, each: ImportedComment, open_to_replies: set[Id]) -> None:
        comment = replace(each.comment, depth=0, reply_count=0)
        if comment.parent_id is not None and comment.parent_id not in open_to_replies:
            each.changes.add(ORPHANED)
            comment = replace(comment, parent_id=None)
        await self._writer.add_comment(comment)


def _is_open(found: Comment | None, each: ImportedComment) -> bool:
    """Whether replies may be added: not if the comment has been hidden here, or is on another post."""
    if found is None:
        return True
    is_unmoderated = found.status in {CommentStatus.APPROVED, each.comment.status}
    return found.post_id == each.comment.post_id and is_unmoderated
