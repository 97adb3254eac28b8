"""The state that a post must have to be written."""

from datetime import datetime
from typing import NamedTuple

from everpost.domain.ids import Id
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import EverpostError, Forbidden, InTrash, NotInTrash


class Preconditions(NamedTuple):
    """The revisions, the owner and the place that a post must have to be written; None for any."""

    match: ExpectedRevisions
    owner_id: Id | None
    in_trash: bool | None = False
    trashed_before: datetime | None = None
    """The post must have been moved to the trash before this time."""

    def misplacement(self, status: str) -> EverpostError | None:
        """The error for a post with this status, if it is not where it must be."""
        is_there = status == PostStatus.TRASHED
        if self.in_trash is None or self.in_trash == is_there:
            return None
        return InTrash() if is_there else NotInTrash()


def not_owned() -> Forbidden:
    """The error for a post that does not have the required owner."""
    return Forbidden("This post belongs to another author.")
