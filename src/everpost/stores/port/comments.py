"""The comments of a blog."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential
from everpost.domain.comments import Comment, CommentChange, CommentQuery, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import Removal


class Comments(Protocol):
    """A change of a thread also changes its post: the version is incremented, `updated_at` stays. The shown
    part of a thread, and every count in it, is right after each change.
    """

    async def get(self, post_id: Id, id: Id) -> Comment:
        """Return the comment, shown or not. Raises NotFound, of the post if that is missing."""
        ...

    async def find(self, id: Id) -> Comment | None:
        """Return the comment with this id, shown or not, of any post."""
        ...

    async def page(self, query: CommentQuery) -> Page[Comment]:
        """Return a page of the shown comments, by `(publication_date, id)`, oldest first unless the query
        says otherwise. Raises NotFound (the post).
        """
        ...

    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        """Return the first page of the shown replies to each of these comments of the post, at most 1,000.
        Raises NotFound (the post), also if the post is removed during the call.
        """
        ...

    async def queue(self, query: QueueQuery) -> Page[Comment]:
        """Return a page over all posts that are not in the trash, newest first, by `(publication_date, id)`,
        both descending.
        """
        ...

    async def add(
        self,
        comment: Comment,
        *,
        preconditions: CommentPreconditions | None = None,
        under_hidden: bool = False,
    ) -> Comment:
        """Add a comment to its post, and return it with its depth, and with the author as given. Raises, in
        this order: NotFound (the post), InTrash (only with preconditions), Invalid("name"), Stale("post")
        (the preconditions do not hold), Conflict("id") (a comment of any post has it, and is as durable as
        one that was added), Invalid("parent_id") (not an approved comment of this post; with `under_hidden`,
        which is for imports, not a comment of this post).
        """
        ...

    async def save(
        self,
        post_id: Id,
        id: Id,
        change: CommentChange,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
    ) -> Comment:
        """Change the comment, and increment its version. Raises, in this order: NotFound (the post), InTrash,
        Stale("post") (the credential's preconditions do not hold), NotFound (also if a credential is given
        and the comment is a tombstone), Forbidden (the credential does not fit the comment, or the time for
        edits is over), Stale("comment").
        """
        ...

    async def remove(
        self,
        post_id: Id,
        id: Id,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
        removal: Removal | None = None,
    ) -> None:
        """Remove the comment. If it has replies, whatever their status, it stays as a tombstone: its status
        becomes `removed`, its content empty, its author, name and key are deleted, its version is
        incremented. With `removal`, the comment as it was goes to the trash. Raises NotFound, InTrash,
        Forbidden, Stale, as for `save`.
        """
        ...
