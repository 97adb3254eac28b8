"""Batched additions of comments."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from everpost.domain.comment_preconditions import CommentPreconditions
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.errors import Busy, Conflict, EverpostError
from everpost.stores.batching import KeyedBatcher

_MOST_TOGETHER = 50


class Addition(NamedTuple):
    """A comment to add."""

    comment: Comment
    admission: CommentPreconditions | None
    under_hidden: bool
    """Whether it may reply to a comment that is not approved."""


Write = Callable[[Sequence[Addition]], Awaitable[Sequence[Comment]]]


class Additions:
    """Adds comments. Comments that arrive for a post while others are being added to it are added together in
    the next transaction. Separate transactions would wait for each other, or conflict, because each changes
    the post.
    """

    def __init__(self, write: Write, is_free: Callable[[Comment], Awaitable[bool]]) -> None:
        """`write` adds all of the given comments, which belong to one post, or raises. `is_free` returns
        whether the id of a comment, which conflicted, is free after all; if not, the comment that has it is
        durable by then.
        """
        self._write = write
        self._is_free = is_free
        self._batches: KeyedBatcher[Id, Addition, Comment | EverpostError] = KeyedBatcher(
            self._add_together, most=_MOST_TOGETHER
        )

    async def add(self, addition: Addition) -> Comment:
        """Add the comment, and return it as stored. Raises NotFound, Stale, Conflict, Invalid, Busy."""
        outcome = await self._batches.load(addition.comment.post_id, addition)
        if isinstance(outcome, EverpostError):
            raise outcome
        return outcome

    async def finish(self) -> None:
        """Return when no addition is running any more."""
        await self._batches.finish()

    async def _add_together(self, additions: Sequence[Addition]) -> Sequence[Comment | EverpostError]:
        """Add all of them; if one is refused, add each separately."""
        if len(additions) > 1:
            try:
                return await self._write(additions)
            except Busy:
                raise
            except EverpostError:
                pass
        return [await self._add_alone(addition) for addition in additions]

    async def _add_alone(self, addition: Addition) -> Comment | EverpostError:
        try:
            (added,) = await self._write([addition])
        except Conflict as conflict:
            try:
                is_free = await self._is_free(addition.comment)
            except EverpostError as error:
                return error
            return await self._add_alone(addition) if is_free else conflict
        except EverpostError as error:
            return error
        return added
