"""Adding comments, those for the same post together."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from everpost.domain.comment_preconditions import CommentPreconditions
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.errors import Conflict, Invalid, NotFound, Stale
from everpost.stores.grouped_writes import GroupedWrites


class Addition(NamedTuple):
    """A comment to add."""

    comment: Comment
    preconditions: CommentPreconditions | None
    under_hidden: bool
    """Whether it may reply to a comment that is not approved."""


Write = Callable[[Sequence[Addition]], Awaitable[Sequence[Comment]]]


class Additions:
    """Adds comments, grouped by post, which each of them changes."""

    def __init__(self, write: Write, is_free: Callable[[Comment], Awaitable[bool]]) -> None:
        """`write` adds all of these comments, which belong to one post, or raises. After a conflict,
        `is_free` says whether the id is free after all; if not, the comment that has it is durable.
        """
        self._write = write
        self._is_free = is_free
        self._groups: GroupedWrites[Id, Addition, Comment] = GroupedWrites(
            self._add, refusals=(NotFound, Stale, Conflict, Invalid)
        )

    async def add(self, addition: Addition) -> Comment:
        """The comment as stored. Raises NotFound, InTrash, Stale, Conflict, Invalid, Busy."""
        return await self._groups.write(addition.comment.post_id, addition)

    async def finish(self) -> None:
        """Return once no addition is in progress."""
        await self._groups.finish()

    async def _add(self, additions: Sequence[Addition]) -> Sequence[Comment]:
        while True:
            try:
                return await self._write(additions)
            except Conflict as conflict:
                if (
                    conflict.field != "id"
                    or len(additions) > 1
                    or not await self._is_free(additions[0].comment)
                ):
                    raise
