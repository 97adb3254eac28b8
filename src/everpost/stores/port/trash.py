"""The trash of a blog: posts that can be restored, and the words of removed comments."""

from datetime import datetime
from typing import Protocol

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import RemovedComment, RemovedCommentQuery
from everpost.domain.writing.saved_copies import SavedCopy


class Trash(Protocol):
    """A post in the trash keeps its slug, its paths and everything that belongs to it."""

    async def move_post(
        self,
        id: Id,
        *,
        moment: datetime,
        match: ExpectedRevisions,
        owner_id: Id | None = None,
        discarded_copy: SavedCopy | None = None,
    ) -> None:
        """Move the post to the trash at this time, increment its version, and remove this working copy of it,
        unless that has changed since. Raises, in this order: NotFound (also if it is in the trash already),
        Forbidden (`owner_id` is given and is not the author's), Stale.
        """
        ...

    async def restore_post(
        self,
        id: Id,
        *,
        moment: datetime,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        """Give the post its former status back, increment its version, and return it with at most this many
        comments. Raises, in this order: NotFound, Forbidden (as for `move_post`), NotInTrash, Stale.
        """
        ...

    async def remove_posts(self, before: datetime, *, limit: int) -> int:
        """Remove at most this many posts that were moved to the trash before this time, oldest first, and
        return their number.
        """
        ...

    async def page_comments(self, query: RemovedCommentQuery) -> Page[RemovedComment]:
        """Return a page of removed comments by `(removed_at, id)`, both descending."""
        ...

    async def restore_comment(self, post_id: Id, id: Id) -> Comment:
        """Give a tombstone its text, its author and its status back, and increment its version; if none
        stayed, add the comment again under its id. Return it. Raises, in this order: NotFound (the post),
        InTrash, NotFound (there is no such removed comment), Conflict("comment", "id") (another comment has
        the id by now), ParentRemoved.
        """
        ...

    async def remove_comments(self, before: datetime, *, limit: int) -> int:
        """Forget at most this many comments that were removed before this time, and return their number."""
        ...
