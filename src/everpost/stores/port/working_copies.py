"""The working copies of users."""

from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.working_copies import (
    FoundWorkingCopy,
    WorkingCopyChange,
    WorkingCopyQuery,
    WorkingCopyState,
)


class WorkingCopies(Protocol):
    """A working copy belongs to a user and the id of a post, which need not exist. Writing one neither
    changes nor locks the post. It is removed with the user, but stays if somebody removes the post.
    """

    async def get(self, user_id: Id, post_id: Id) -> FoundWorkingCopy:
        """Return the working copy. Raises NotFound."""
        ...

    async def page(self, query: WorkingCopyQuery) -> Page[WorkingCopyState]:
        """Return a page of the user's working copies, by `(updated_at, post_id)`, both descending."""
        ...

    async def add(self, change: WorkingCopyChange, *, own_post_only: bool = False) -> WorkingCopyState:
        """Add a working copy. Raises, in this order: Forbidden (with `own_post_only`, a post with this id
        exists, and the user is not its author), Stale (the user already has a working copy of the post),
        NotFound("user").
        """
        ...

    async def save(
        self, change: WorkingCopyChange, *, match: ExpectedRevisions, own_post_only: bool = False
    ) -> WorkingCopyState:
        """Overwrite the working copy, and increment its version. Raises, in this order: Forbidden (as for
        `add`), NotFound, Stale.
        """
        ...

    async def remove(self, user_id: Id, post_id: Id, *, match: ExpectedRevisions) -> None:
        """Remove the working copy. Raises NotFound, Stale."""
        ...
